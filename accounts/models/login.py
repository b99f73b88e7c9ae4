"""What slows guessing down, and the browsers a citizen has proved."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class LoginThrottle(models.Model):
    """Consecutive failures of one user name, kept by keyed hash whether or not the account exists.

    One row a name and neighbourhood of the network, one a name and known browser, one for the name from anywhere;
    `name_key` is the same in all of them.
    """

    key = models.BinaryField(max_length=32, primary_key=True)
    name_key = models.BinaryField(max_length=32, null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["name_key"], name="accounts_throttle_name")]

    def __str__(self) -> str:
        return f"{self.failures}"


class TrustedBrowser(models.Model):
    """A browser that has once answered a code: not asked again for 30 days. Only the token's keyed hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="browsers")
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="accounts_browser_expiry")]

    def __str__(self) -> str:
        return f"{self.user_id}"
