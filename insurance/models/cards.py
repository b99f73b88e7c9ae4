"""BHYT cards: what is printed on them, from when to when."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from insurance.models.people import InsuredPerson
from insurance.models.places import Facility

EXPIRING_DAYS = 30


class ValidityRange(models.Func):
    """The days from the first to the last, both included, as a PostgreSQL daterange."""

    function = "DATERANGE"
    output_field = DateRangeField()


class HealthCard(models.Model):
    """A BHYT card for a stretch of time; a renewal is a new row with the same number. At most one holds on any day."""

    class Status(models.TextChoices):
        VALID = "valid", _("valid")
        EXPIRING = "expiring", _("expiring")
        ENDED = "ended", pgettext_lazy("card", "ended")
        NONE = "none", _("not yet valid")

    person = models.ForeignKey(InsuredPerson, models.CASCADE, related_name="cards", verbose_name=_("insured person"))
    number = models.CharField(_("card number"), max_length=15)
    # Read off the number by the database, so that they cannot disagree with it.
    object_code = models.GeneratedField(
        expression=Substr("number", 1, 2),
        output_field=models.CharField(_("object code"), max_length=2),
        db_persist=True,
    )
    level = models.GeneratedField(
        expression=Cast(Substr("number", 3, 1), models.SmallIntegerField()),
        output_field=models.SmallIntegerField(_("benefit level")),
        db_persist=True,
    )
    province_code = models.GeneratedField(
        expression=Substr("number", 4, 2),
        output_field=models.CharField(_("issuing province"), max_length=2),
        db_persist=True,
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name=_("facility of first care"))
    five_years_from = models.DateField(_("five continuous years from"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    source_key = models.CharField(_("key in the source"), max_length=40)

    class Meta:
        verbose_name = _("health insurance card")
        verbose_name_plural = _("health insurance cards")
        indexes = [
            models.Index(
                fields=["valid_to"], name="card_revoked_not_over", condition=models.Q(revoked_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source_key"], name="card_source_key_is_unique"),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^[A-Z]{2}[1-5]\d{12}$"), name="card_number_is_well_formed"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__lte=models.F("valid_to")), name="card_dates_are_in_order"
            ),
            ExclusionConstraint(
                name="card_one_unrevoked_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (
                        ValidityRange("valid_from", "valid_to", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.source_key

    def status(self, on: date) -> "HealthCard.Status":
        """How the card stands on a day; a revoked card is `ended`, one that begins later is `none`."""
        return card_status(self.valid_from, self.valid_to, revoked=self.revoked_at is not None, on=on)


def card_status(valid_from: date, valid_to: date, *, revoked: bool, on: date) -> HealthCard.Status:
    """The status of a card with these dates on a day; the last 30 days, the last one included, are `expiring`."""
    if revoked or on > valid_to:
        return HealthCard.Status.ENDED
    if on < valid_from:
        return HealthCard.Status.NONE
    if (valid_to - on).days <= EXPIRING_DAYS:
        return HealthCard.Status.EXPIRING
    return HealthCard.Status.VALID


class WithdrawnPrints(models.Model):
    """The printed codes of a card that were made up to `at` are good no longer; those printed later are."""

    card = models.OneToOneField(HealthCard, models.CASCADE, primary_key=True, related_name="withdrawn_prints")
    at = models.DateTimeField(_("withdrawn at"))

    class Meta:
        verbose_name = _("withdrawn printed codes of a card")
        verbose_name_plural = _("withdrawn printed codes of cards")

    def __str__(self) -> str:
        return str(self.pk)
