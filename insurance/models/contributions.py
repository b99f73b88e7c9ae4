"""Contribution periods, and the employers and occupations they name."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from insurance.models.dated import Dated
from insurance.models.people import InsuredPerson
from insurance.models.places import Office, words_index


class Employer(Dated):
    """A unit that pays contributions, by its unit code (CV 1804/BHXH-QLT since 2025-08, older ones as issued)."""

    code = models.CharField(_("unit code"), max_length=16)
    name = models.CharField(_("name"), max_length=160)
    address = models.CharField(_("address"), max_length=200, blank=True)
    tax_code = models.CharField(_("tax code"), max_length=14, blank=True, db_default="")
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("social insurance office"),
    )
    made_up = models.BooleanField(_("made up for the demonstration"), default=False)

    class Meta(Dated.Meta):
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["name"]
        indexes = [
            words_index("employer_words"),
            models.Index(fields=["office", "code"], name="employer_office"),
            models.Index(fields=["tax_code"], name="employer_tax_code", condition=~models.Q(tax_code="")),
        ]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["code"], name="employer_code_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Occupation(models.Model):
    """A job title as the sources write it. Kept once, because millions of periods share a few thousand titles."""

    id = models.SmallAutoField(primary_key=True)
    title = models.CharField(_("title"), max_length=160)

    class Meta:
        verbose_name = _("occupation")
        verbose_name_plural = _("occupations")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["title"], name="occupation_title_is_unique")]

    def __str__(self) -> str:
        return self.title


class ContributionPeriod(models.Model):
    """Months in a row for which one employer owed one fund contributions on one salary.

    The largest table: a natural key, no surrogate id, small types, columns in order of width and no index beside
    the key, so that a history is one or two pages of disk when a person's rows are loaded together. Two periods of
    one employment must not overlap; the importer sees to that, because an exclusion constraint would need a GiST
    index of some 500 bytes a person.
    """

    class Kind(models.IntegerChoices):
        BHXH = 1, _("social insurance (BHXH)")
        BHTN = 2, _("unemployment insurance (BHTN)")
        TNLD = 3, _("accident and disease insurance (TNLĐ-BNN)")
        BHYT = 4, _("health insurance (BHYT)")

    class Status(models.IntegerChoices):
        PAID = 1, pgettext_lazy("contribution", "paid")
        OWED = 2, pgettext_lazy("contribution", "owed")
        SETTLED = 3, pgettext_lazy("contribution", "settled")

    pk = models.CompositePrimaryKey("person", "kind", "from_month", "employer")
    person = models.ForeignKey(
        InsuredPerson, models.CASCADE, related_name="periods", db_index=False, verbose_name=_("insured person")
    )
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+", db_index=False, verbose_name=_("employer"))
    from_month = models.DateField(_("from month"))
    to_month = models.DateField(_("to month"))
    salary = models.IntegerField(_("salary in đồng"))
    occupation = models.ForeignKey(
        Occupation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("occupation"),
    )
    kind = models.SmallIntegerField(_("fund"), choices=Kind)
    status = models.SmallIntegerField(_("status"), choices=Status)
    # In the bytes that a row's alignment leaves unused.
    voluntary = models.BooleanField(_("voluntary"), default=False, db_default=False)

    class Meta:
        verbose_name = _("contribution period")
        verbose_name_plural = _("contribution periods")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__range=(1, 4)), name="period_kind_is_known"),
            models.CheckConstraint(condition=models.Q(status__range=(1, 3)), name="period_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(from_month__day=1, to_month__day=1), name="period_months_are_first_days"
            ),
            models.CheckConstraint(
                condition=models.Q(from_month__lte=models.F("to_month")), name="period_months_are_in_order"
            ),
            models.CheckConstraint(condition=models.Q(salary__gte=0), name="period_salary_is_not_negative"),
            # Voluntary social insurance, and health insurance of a household; the employer is the collecting unit.
            models.CheckConstraint(
                condition=models.Q(voluntary=False) | models.Q(kind__in=(1, 4)), name="period_voluntary_fits_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_month:%m/%Y} – {self.to_month:%m/%Y}"
