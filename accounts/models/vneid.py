"""What binds an account to a VNeID identity, and the cases that staff must look at."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class VNeIDLink(models.Model):
    """One account, one VNeID identity of level 2: found by (issuer, subject) and by nothing else.

    `citizen_hash` is the personal number VNeID told when the link was made; `certified_at` when VNeID last told what
    agreed with the record: number and birth date always, the name when `name_certified`.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vneid_link")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    citizen_hash = models.BinaryField(max_length=32, null=True)
    linked_at = models.DateTimeField()
    last_login_at = models.DateTimeField(null=True, blank=True)
    certified_at = models.DateTimeField(null=True)
    name_certified = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("VNeID link")
        verbose_name_plural = _("VNeID links")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_vneidlink_one_account")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class VNeIDCase(models.Model):
    """A refused log-in that only staff can put right. The identity is kept so that it can be linked by them."""

    class Kind(models.TextChoices):
        MISMATCH = "mismatch", _("The number fits, the birth date does not")
        TWO_MATCHES = "two_matches", _("Two accounts fit the number")
        OTHER_LINKED = "other_linked", _("The account is linked to another VNeID account")
        SUBJECT_CHANGED = "subject_changed", _("A linked VNeID account came with another personal number")

    class Outcome(models.TextChoices):
        RELEASED = "released", _("Link released")
        RELINKED = "relinked", _("Linked to the new VNeID account")
        DISMISSED = "dismissed", _("Nothing to change")

    kind = models.CharField(_("case"), max_length=20, choices=Kind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vneid_cases")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    citizen_hash = models.BinaryField(max_length=32)
    first_at = models.DateTimeField(_("first time"))
    last_at = models.DateTimeField(_("last time"))
    times = models.PositiveIntegerField(_("times"), default=1)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("VNeID case")
        verbose_name_plural = _("VNeID cases")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "kind", "issuer", "subject"],
                condition=Q(closed_at=None),
                name="accounts_vneidcase_one_open",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="accounts_vneidcase_closed_with_outcome",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-last_at"], condition=Q(closed_at=None), name="accounts_vneidcase_open")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"
