"""Notices to a person, kept until they are old, read or not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vssid.notices import texts
from vssid.notices.kinds import Kind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def kind_choices() -> Sequence[tuple[str, StrOrPromise]]:
    """Return the kinds as choices; a function, so that a new kind needs no migration."""
    return Kind.choices


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Whose notices."""

    def of_family(self, person_id: int, children: Sequence[int] = ()) -> Self:
        """Those of a person and of the children under the account, whose own log-ins are their own affair."""
        if not children:
            return self.filter(person_id=person_id)
        return self.filter(Q(person_id=person_id) | Q(person_id__in=children, private=False))

    def unread(self) -> Self:
        """Those nobody has marked as read."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing told to one person (InsuredPerson's key; no foreign key: this application knows no persons).

    `facts` fill the words of the kind: no personal numbers. `url` is a path of this portal, or "". What is `private`
    is not for the account above a child.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id = models.BigIntegerField(_("person"))
    kind = models.CharField(_("kind"), max_length=40, choices=kind_choices)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    private = models.BooleanField(_("private"), default=False)
    url = models.CharField(_("page"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["person_id", "-created_at"], name="notices_of_person"),
            models.Index(fields=["person_id"], name="notices_unread", condition=Q(read_at__isnull=True)),
            BrinIndex(fields=["created_at"], name="notices_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"

    @property
    def title(self) -> str:
        """What happened."""
        return texts.title(self.kind, self.facts)

    @property
    def body(self) -> str:
        """What to do, or what it means."""
        return texts.body(self.kind, self.facts)
