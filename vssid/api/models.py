"""Answers kept for repeated requests."""

from django.db import models

from vssid.crypto import EncryptedTextField


class KeptAnswer(models.Model):
    """The first answer to a write with an Idempotency-Key; without one while the write goes on."""

    digest = models.BinaryField(max_length=32, unique=True, help_text="keyed hash of the client and its key")
    fingerprint = models.BinaryField(max_length=32, help_text="hash of what was asked")
    began_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    # The answer may hold personal data and one-time tokens.
    body = EncryptedTextField(null=True)

    def __str__(self) -> str:
        return f"{self.pk}"
