"""Changes of phone and e-mail under way, and recoveries that an office opened."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vssid.crypto import EncryptedTextField


class ContactChange(models.Model):
    """A new phone or e-mail that its owner asked for; it lapses when the account's sessions are ended meanwhile.

    For a day after it was made, whoever had the old phone can undo it by the code of the notice.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contact_changes")
    kind = models.CharField(max_length=5, choices=Kind)
    old = EncryptedTextField(null=True)
    new = EncryptedTextField()
    session_version = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    undo_hash = models.BinaryField(max_length=32, null=True)
    undo_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("change of phone or e-mail")
        verbose_name_plural = _("changes of phone or e-mail")
        indexes: ClassVar = [models.Index(fields=["user", "kind", "-asked_at"], name="accounts_contact_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class OfficeRecovery(models.Model):
    """A new phone for somebody who lost theirs and showed a paper at an office: asked for by one officer, confirmed by
    another; then a code by SMS to the new phone lets its holder set a password, once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="office_recoveries")
    phone = EncryptedTextField()
    document = models.CharField(_("document that was shown"), max_length=8)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    code_hash = models.BinaryField(max_length=32, null=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery by an office")
        verbose_name_plural = _("recoveries by an office")
        indexes: ClassVar = [models.Index(fields=["user", "-asked_at"], name="accounts_recovery_user")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_recovery_two_officers",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
