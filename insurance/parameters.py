"""The dated tables of rates and amounts, as plain data for a day. What a table does not hold is None or absent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from insurance.models import BaseSalary, ContributionRate, MinimumWage, RetirementAge, SalaryCoefficient

REFERENCE_SINCE = date(2025, 7, 1)
"""Luật BHXH 2024 Đ141.13: from here on the reference level (mức tham chiếu) is the base salary while there is one."""

FOREIGNERS = "NLĐ nước ngoài"
"""Whom a rate is for, as the table says it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a payer pays into a part of a fund, in percent; words as in ContributionRate."""

    scheme: str
    payer: str
    part: str
    applies_to: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Parameters:
    """Amounts in đồng on a day. `minimum_wages` and `hourly_wages` by region: I, II, III, IV."""

    on: date
    base_salary: int | None
    minimum_wages: dict[str, int]
    hourly_wages: dict[str, int]
    rates: tuple[Rate, ...]

    @property
    def reference(self) -> int | None:
        """The reference level (mức tham chiếu); None before there was one."""
        return self.base_salary if self.on >= REFERENCE_SINCE else None


def at(on: date) -> Parameters:
    """What holds on a day; three queries."""
    holds = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    base = BaseSalary.objects.filter(from_date__lte=on).order_by("-from_date").values_list("amount", flat=True).first()
    wages = list(MinimumWage.objects.filter(holds).values_list("region", "monthly", "hourly"))
    rates = ContributionRate.objects.filter(holds).values_list("scheme", "payer", "part", "applies_to", "percent")
    return Parameters(
        on,
        base,
        {region: monthly for region, monthly, _hourly in wages},
        {region: hourly for region, _monthly, hourly in wages if hourly is not None},
        tuple(Rate(*rate) for rate in rates),
    )


@dataclass(frozen=True, slots=True)
class StandardRate:
    """What somebody without a special rate pays into a part of a fund, in percent, on both days and between them."""

    scheme: str
    valid_from: date
    valid_to: date | None
    percent: Decimal


def standard_rates(*, foreign: bool = False) -> list[StandardRate]:
    """Of all times and payers; what is paid into a fund on a day is the sum of those that hold.

    A foreigner's social insurance began in parts (NĐ 143/2018): it has rows of its own.
    """
    rates = ContributionRate.objects.filter(standard=True)
    if foreign:
        own = Q(scheme=ContributionRate.Scheme.BHXH, applies_to=FOREIGNERS)
        rates = ContributionRate.objects.filter(own | Q(standard=True) & ~Q(scheme=ContributionRate.Scheme.BHXH))
    return [
        StandardRate(scheme, first, last, percent)
        for scheme, first, last, percent in rates.values_list("scheme", "valid_from", "valid_to", "percent")
        if first is not None
    ]


def coefficients(settled_in: int, *, voluntary: bool = False) -> dict[int, Decimal]:
    """Year of contribution → coefficient for a benefit settled in a year; 1994 stands for all years before 1995.

    Empty when no table of that year is known.
    """
    scheme = SalaryCoefficient.Scheme.VOLUNTARY if voluntary else SalaryCoefficient.Scheme.COMPULSORY
    return dict(
        SalaryCoefficient.objects.filter(scheme=scheme, settled_in=settled_in).values_list("year", "coefficient")
    )


def retirement_ages() -> dict[int, tuple[int, int]]:
    """Year → normal retirement age of men and of women in that year, in months."""
    return {
        year: (men, women)
        for year, men, women in RetirementAge.objects.values_list("year", "men_months", "women_months")
    }
