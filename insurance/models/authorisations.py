"""Authorisations to collect for somebody else (13-HSB)."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from insurance.models.people import InsuredPerson


class Authorisation(models.Model):
    """One person lets another act for them: what for, from when until when. It counts once the agent has accepted it,
    until its last day or until one of the two ends it. What was done with it is in the audit log.
    """

    class Benefit(models.TextChoices):
        PENSION = "pension", _("Pension or monthly allowance")
        ONCE = "once", _("Lump sum")
        SHORT = "short", _("Sick pay or maternity pay")
        UNEMPLOYMENT = "unemployment", _("Unemployment benefit")

    class Scope(models.TextChoices):
        COLLECT = "collect", _("Collect the money")
        FILE = "file", _("File papers and collect the money")

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("authorisation", "Waiting for the answer of the other person")
        DECLINED = "declined", pgettext_lazy("authorisation", "Declined")
        ACCEPTED = "accepted", pgettext_lazy("authorisation", "Accepted, not begun")
        IN_FORCE = "in_force", pgettext_lazy("authorisation", "In force")
        ENDED = "ended", pgettext_lazy("authorisation", "Ended early")
        OVER = "over", pgettext_lazy("authorisation", "Over")

    source_key = models.CharField(_("number of the request"), max_length=24, unique=True)
    principal = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="+", verbose_name=_("principal"))
    agent = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="+", verbose_name=_("agent"))
    benefit = models.CharField(_("benefit"), max_length=12, choices=Benefit)
    scope = models.CharField(_("scope"), max_length=8, choices=Scope)
    from_day = models.DateField(_("from"))
    to_day = models.DateField(_("until"))
    offered_at = models.DateTimeField(_("offered"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    declined_at = models.DateTimeField(_("declined"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("authorisation")
        verbose_name_plural = _("authorisations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(from_day__lte=F("to_day")), name="authorisation_days_are_in_order"),
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="authorisation_of_another_person"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(declined_at__isnull=True), name="authorisation_has_one_answer"
            ),
        ]

    def __str__(self) -> str:
        return self.source_key

    @property
    def subject(self) -> str:
        """What the audit log calls it."""
        return f"authorisation:{self.pk}"

    def state(self, today: date) -> State:
        """Where it stands on a day."""
        if self.declined_at is not None:
            return self.State.DECLINED
        if self.ended_at is not None:
            return self.State.ENDED
        if self.to_day < today:
            return self.State.OVER
        if self.accepted_at is None:
            return self.State.OFFERED
        return self.State.IN_FORCE if self.from_day <= today else self.State.ACCEPTED
