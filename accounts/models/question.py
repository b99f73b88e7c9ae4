"""Questions of citizens about who looked at their records."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessQuestion(models.Model):
    """What a citizen asks about one entry of the audit log, and the answer. The entry is named by its number: the log
    is nobody's relation.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_questions", verbose_name=_("account")
    )
    event_id = models.BigIntegerField(_("entry of the audit log"))
    text = models.CharField(_("question"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question about a reading")
        verbose_name_plural = _("questions about readings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "event_id"], name="accounts_question_once_an_entry")
        ]

    def __str__(self) -> str:
        return f"{self.event_id}"
