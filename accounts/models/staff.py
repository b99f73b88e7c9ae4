"""Staff: what they may do (role) and where (posting)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Names of the groups a migration makes; a group's permissions are set there."""

    OFFICER = "officer", _("Officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class StaffPosting(models.Model):
    """A member of staff works for an office, and so for those under it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="postings")
    office = models.ForeignKey("insurance.Office", on_delete=models.PROTECT, related_name="postings")

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "office"], name="accounts_staffposting_once")]

    def __str__(self) -> str:
        return f"{self.user_id} – {self.office_id}"
