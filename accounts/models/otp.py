"""One-time codes (OTP): only a keyed hash is kept; one use, counted tries, bound to purpose, subject and browser."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OneTimeCode(models.Model):
    """A code sent to a phone or an e-mail address.

    `closed_at` is set when it was replaced or locked; `consumed_at` when it was used.
    """

    class Purpose(models.TextChoices):
        REGISTRATION = "registration", _("Registration")
        TRACKING = "tracking", _("Following a dossier")
        RESUME = "resume", _("Going on with a declaration")
        LOGIN = "login", _("Login on a new browser")
        PASSWORD_RESET = "password_reset", _("Forgotten password")
        VNEID_LINK = "vneid_link", _("Linking VNeID")
        STEP_UP = "step_up", _("Confirmation before a sensitive change")
        NEW_CONTACT = "new_contact", _("Changing phone or e-mail: the new one")
        RECOVERY = "recovery", _("New phone after its loss")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=20, choices=Purpose)
    subject = models.CharField(max_length=80)
    browser_hash = models.BinaryField(max_length=32)
    # Of the phone or e-mail address it went to; of whom it is about (BHXH code), who asked, the phone's neighbours.
    phone_hash = models.BinaryField(max_length=32)
    owner_hash = models.BinaryField(max_length=32, null=True)
    address_hash = models.BinaryField(max_length=32, null=True)
    block_hash = models.BinaryField(max_length=32, null=True)
    # A decoy was never sent and fits nothing.
    decoy = models.BooleanField(default=False, db_default=False)
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    consumed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        indexes: ClassVar = [
            models.Index(fields=["purpose", "subject", "-created_at"], name="accounts_otp_subject"),
            models.Index(fields=["phone_hash", "-created_at"], name="accounts_otp_phone"),
            models.Index(fields=["owner_hash", "-created_at"], name="accounts_otp_owner"),
            models.Index(fields=["address_hash", "-created_at"], name="accounts_otp_address"),
            models.Index(fields=["block_hash", "-created_at"], name="accounts_otp_block"),
            models.Index(fields=["-created_at"], name="accounts_otp_sent", condition=Q(decoy=False)),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
