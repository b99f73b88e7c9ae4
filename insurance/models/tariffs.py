"""Dated amounts and the code lists of the BHYT card."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from insurance.models.dated import Dated, edits


class BenefitLevel(Dated):
    """The digit on a BHYT card that says what the fund pays (QĐ 1351/QĐ-BHXH; Luật BHYT Đ22)."""

    level = models.SmallIntegerField(_("level"), primary_key=True)
    pays_percent = models.SmallIntegerField(_("the fund pays, in percent"))
    ratio_limits_apply = models.BooleanField(_("payment ratios of medicines and services apply"))
    meaning = models.CharField(_("meaning"), max_length=300)

    class Meta(Dated.Meta):
        verbose_name = _("benefit level")
        verbose_name_plural = _("benefit levels")
        ordering = ["level"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="benefit_level_is_1_to_5"),
            models.CheckConstraint(
                condition=models.Q(pays_percent__range=(0, 100)), name="benefit_percent_is_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return str(self.level)


class CardObject(Dated):
    """The two letters on a BHYT card that say why a person is insured (QĐ 1351/QĐ-BHXH)."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    level = models.SmallIntegerField(_("usual benefit level"), null=True, blank=True)
    payer_group = models.CharField(_("payer group"), max_length=40)
    name = models.CharField(_("name"), max_length=160)

    class Meta(Dated.Meta):
        verbose_name = _("card object code")
        verbose_name_plural = _("card object codes")
        ordering = ["code"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=models.Q(code__regex=r"^[A-Z]{2}$"), name="card_object_is_2_letters"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="card_object_level_is_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.name}"


class BaseSalary(models.Model):
    """Lương cơ sở (since 2025-07-01 also the mức tham chiếu, Luật BHXH 2024 Đ141.13), đồng a month, from a day on."""

    from_date = models.DateField(_("from"), primary_key=True)
    amount = models.IntegerField(_("amount in đồng"))
    legal_basis = models.CharField(_("legal basis"), max_length=80)
    confidence = models.CharField(_("how sure"), max_length=200, blank=True, db_default="")

    history = edits()

    class Meta:
        verbose_name = _("base salary")
        verbose_name_plural = _("base salaries")
        ordering = ["from_date"]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="base_salary_is_positive")]

    def __str__(self) -> str:
        return f"{self.from_date:%d/%m/%Y}: {self.amount}"


class ContributionRate(Dated):
    """What one payer pays into one part of a fund, in percent of the base that the law names.

    Of the state's support of voluntary contributions: percent of 22 % of the rural poverty line.
    """

    class Scheme(models.TextChoices):
        BHXH = "bhxh", _("social insurance (BHXH)")
        TNLD = "tnld", _("accident and disease insurance (TNLĐ-BNN)")
        BHYT = "bhyt", _("health insurance (BHYT)")
        BHTN = "bhtn", _("unemployment insurance (BHTN)")
        VOLUNTARY = "voluntary", _("voluntary social insurance")
        VOLUNTARY_SUPPORT = "voluntary_support", _("support of voluntary social insurance")
        HOUSEHOLD = "household", _("health insurance of a household")

    class Payer(models.TextChoices):
        EMPLOYEE = "employee", _("employee")
        EMPLOYER = "employer", _("employer")
        SELF = "self", pgettext_lazy("payer", "oneself")
        STATE = "state", pgettext_lazy("payer", "state")

    scheme = models.CharField(_("scheme"), max_length=20, choices=Scheme)
    payer = models.CharField(_("payer"), max_length=8, choices=Payer)
    part = models.CharField(_("part of the fund, or group"), max_length=60)
    applies_to = models.CharField(_("applies to"), max_length=120, blank=True)
    standard = models.BooleanField(
        _("what everybody pays"),
        default=False,
        db_default=False,
        help_text=_("Not a special rate of a group; these rates stand on confirmations."),
    )
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)

    class Meta(Dated.Meta):
        verbose_name = _("contribution rate")
        verbose_name_plural = _("contribution rates")
        ordering = ["scheme", "payer", "part", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["scheme", "payer", "part", "applies_to", "valid_from"], name="contribution_rate_is_unique"
            ),
            models.CheckConstraint(condition=models.Q(percent__range=(0, 100)), name="rate_percent_is_0_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.payer} {self.part}: {self.percent}"


class MinimumWage(Dated):
    """Lương tối thiểu vùng, đồng a month and an hour, of one of the four regions."""

    region = models.CharField(_("region"), max_length=3, choices=[(name, name) for name in ("I", "II", "III", "IV")])
    monthly = models.IntegerField(_("đồng a month"))
    hourly = models.IntegerField(_("đồng an hour"), null=True, blank=True)

    class Meta(Dated.Meta):
        verbose_name = _("regional minimum wage")
        verbose_name_plural = _("regional minimum wages")
        ordering = ["valid_from", "region"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["region", "valid_from"], name="minimum_wage_is_unique"),
            models.CheckConstraint(condition=models.Q(monthly__gt=0), name="minimum_wage_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.region}: {self.monthly}"


class SalaryCoefficient(Dated):
    """By what a salary of one year counts when a benefit is settled in another (hệ số trượt giá).

    The year 1994 stands for all years before 1995. Dated by the year of settlement.
    """

    class Scheme(models.TextChoices):
        COMPULSORY = "compulsory", _("compulsory")
        VOLUNTARY = "voluntary", _("voluntary")

    scheme = models.CharField(_("scheme"), max_length=10, choices=Scheme)
    settled_in = models.SmallIntegerField(_("year of settlement"))
    year = models.SmallIntegerField(_("year of contribution"))
    coefficient = models.DecimalField(_("coefficient"), max_digits=5, decimal_places=2)

    class Meta(Dated.Meta):
        verbose_name = _("adjustment coefficient of salaries")
        verbose_name_plural = _("adjustment coefficients of salaries")
        ordering = ["scheme", "settled_in", "year"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["scheme", "settled_in", "year"], name="salary_coefficient_is_unique"),
            models.CheckConstraint(condition=models.Q(coefficient__gt=0), name="salary_coefficient_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.settled_in}: {self.year} × {self.coefficient}"


class RetirementAge(Dated):
    """The normal retirement age of those who reach it in a year, in months. Dated by that year."""

    year = models.SmallIntegerField(_("year"), primary_key=True)
    men_months = models.SmallIntegerField(_("men, in months"))
    women_months = models.SmallIntegerField(_("women, in months"))

    class Meta(Dated.Meta):
        verbose_name = _("retirement age")
        verbose_name_plural = _("retirement ages")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
