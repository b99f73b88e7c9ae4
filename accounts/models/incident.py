"""A breach of personal data: when it was noticed, whom it touches, by when the authority must know."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

REPORT_WITHIN = timedelta(hours=72)
"""From noticing to the report to the authority: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 Đ23."""


class Incident(models.Model):
    """What happened, in a window of time: by an account that was misused, in an office, or to everybody."""

    title = models.CharField(_("what happened"), max_length=160)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"is_staff": True},
        verbose_name=_("account that was misused"),
    )
    office = models.ForeignKey(
        "insurance.Office", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"))
    noticed_at = models.DateTimeField(_("noticed"))
    measures = models.TextField(_("what was done"), max_length=3000, blank=True)
    reported_at = models.DateTimeField(_("reported to the authority"), null=True, blank=True)
    told_at = models.DateTimeField(_("persons told"), null=True, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering: ClassVar = ["-noticed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="accounts_incident_times_in_order", condition=Q(ended_at__gte=F("began_at")))
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def report_by(self) -> datetime:
        """Until when the authority must know."""
        return self.noticed_at + REPORT_WITHIN
