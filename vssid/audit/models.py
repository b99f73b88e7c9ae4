"""The audit log: rows that are only ever added, and the seals that chain them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from vssid.audit.events import DECISIONS, Event

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def event_choices() -> "Sequence[tuple[str, StrOrPromise]]":
    """Return the events as choices; a function, so that a new event needs no migration."""
    return Event.choices


class AuditEvent(models.Model):
    """One thing that happened: no foreign keys, so that it outlives its subject; no personal data.

    The database refuses to change or delete rows (migration 0001).
    """

    at = models.DateTimeField(_("time"))
    event = models.CharField(_("event"), max_length=40, choices=event_choices)
    actor = models.CharField(_("actor"), max_length=100)
    subject = models.CharField(_("subject"), max_length=100, blank=True)
    office = models.CharField(_("office"), max_length=5, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_of_subject"),
            models.Index(fields=["actor", "-at"], name="audit_of_actor"),
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(
                fields=["office", "at"],
                include=["event"],
                name="audit_of_decisions",
                condition=models.Q(event__in=[str(event.value) for event in DECISIONS]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.event} {self.actor} {self.subject}".rstrip()


class AuditSeal(models.Model):
    """The place of one event in the chain: `hash` covers the event and the hash before it."""

    event_id = models.BigIntegerField(_("event"), unique=True)
    day = models.DateField(_("day of sealing, UTC"))
    position = models.PositiveIntegerField(_("position"))
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        constraints = [
            models.UniqueConstraint(fields=["day", "position"], name="audit_seal_place"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.position}"
