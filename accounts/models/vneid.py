"""The link between an account and a VNeID identity: found by (issuer, subject) and by nothing else."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class VNeIDLink(models.Model):
    """One account, one VNeID identity of level 2."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vneid_link")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    last_login_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("VNeID link")
        verbose_name_plural = _("VNeID links")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_vneidlink_one_account")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
