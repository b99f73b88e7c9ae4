"""One person under several numbers: what is known beside the insurance record, and two records that are one person."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.registration import RegistrationDossier
from insurance.models import InsuredPerson


class IdentityNumber(models.Model):
    """A number other than code and personal number by which a person is known since a dossier was approved.

    Found by its keyed hash (kind `known_cmnd`, `known_passport`); the number itself is in the dossier.
    """

    class Kind(models.TextChoices):
        CMND = "cmnd", _("Former identity number (CMND)")
        PASSPORT = "passport", _("Passport")

    person = models.ForeignKey(InsuredPerson, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    number_hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("identity number")
        verbose_name_plural = _("identity numbers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number_hash"], name="accounts_identitynumber_one_person")
        ]

    def __str__(self) -> str:
        return self.kind


class IdentityMerge(models.Model):
    """Two insurance records are one person: `kept` is the one that counts, if a second officer agrees.

    `duplicate` is None when the dossier had no record and is about `kept`. Records stay where the agency's system has
    them; what is declared with the duplicate's numbers is about `kept` from then on.
    """

    class Outcome(models.TextChoices):
        WAITING = "", _("Waits for a supervisor")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    dossier = models.ForeignKey(RegistrationDossier, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey(InsuredPerson, on_delete=models.PROTECT, related_name="+")
    duplicate = models.ForeignKey(InsuredPerson, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("why they are one person"), max_length=300)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("identity merge")
        verbose_name_plural = _("identity merges")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_identitymerge_two_records", condition=Q(duplicate=None) | ~Q(duplicate=F("kept"))
            ),
            models.CheckConstraint(
                name="accounts_identitymerge_two_officers",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="accounts_identitymerge_decided",
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | Q(outcome__in=("approved", "refused"), decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(outcome=""), name="accounts_identitymerge_one_waits"
            ),
            models.UniqueConstraint(
                fields=["duplicate"], condition=Q(outcome="approved"), name="accounts_identitymerge_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.kept_id}"
