"""BHXH một lần: the lump sum for those who leave the scheme.

Source: Luật BHXH 41/2024/QH15 Đ70 (compulsory), Đ102 (voluntary, the same sums); NĐ 158/2025. There is no statutory
rounding of
the average; the worked examples in use drop what is below one đồng, and so does this.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insurance.rules.contributions import month_number
from insurance.rules.estimates.counting import Paid, adjusted, benefit_years, by_month
from insurance.rules.estimates.lines import Estimate, Line, dong, floored, months, percent, refused, share, times, years

LAW = "Luật BHXH 41/2024/QH15, Điều 70 khoản 3"
FROM_2014 = 2014 * 12
FUND_RATE = 22
"""What of a salary goes into the pension fund, in percent (Đ32, Đ33: 8 + 14)."""
LAW_2024_FROM = date(2025, 7, 1)
FEWER_YEARS = 15 * 12
FEWER_YEARS_OLD = 20 * 12
PAUSE = 12


class Reason(StrEnum):
    """Why somebody may ask for a lump sum (Đ70.1, points a to e)."""

    RETIREMENT_AGE = "a"
    EMIGRATION = "b"
    ILLNESS = "c"
    DISABILITY = "d"
    PAUSE = "dd"
    DISCHARGED = "e"


KEEPS_SUPPORT = frozenset({Reason.ILLNESS, Reason.DISABILITY})
"""Who keeps what the state paid towards voluntary contributions (Đ102.4)."""


@dataclass(frozen=True, slots=True)
class Parts:
    """How the months fall before and from 2014, in years as they count."""

    before: Decimal
    after: Decimal


def parts(paid: Iterable[int]) -> Parts:
    """Split months at 1 January 2014; odd months before it move to the later part where there is one (Đ70.3.a)."""
    months_ = list(paid)
    before = sum(month < FROM_2014 for month in months_)
    after = len(months_) - before
    if after == 0:
        return Parts(benefit_years(before), Decimal(0))
    return Parts(Decimal(before // 12), benefit_years(after + before % 12))


def estimate(periods: Iterable[Paid], coefficients: Mapping[int, Decimal], *, reason: Reason) -> Estimate:
    """The lump sum in đồng. `coefficients` is the table of the year of settlement (see `counting.adjusted`)."""
    paid = by_month(periods)
    if not paid:
        return Estimate(notes=(_("No paid month is left to settle."),), total=0)
    total, missing = adjusted(paid, coefficients)
    if missing:
        return refused(missing)
    average = total / len(paid)
    lines = [
        Line(_("Sum of salaries, each at today's value"), dong(floored(total)), "NĐ 158/2025/NĐ-CP, Điều 16"),
        Line(
            _("Average salary a month"),
            dong(floored(average)),
            LAW,
            (dong(floored(total)), months(len(paid))),
            operator="÷",
        ),
    ]
    if len(paid) < 12:
        return _under_a_year(paid, average, lines, reason)
    split, base = parts(paid), floored(average)
    amount = Decimal(0)
    for count, rate, what in (
        (split.before, Decimal("1.5"), _("For the years before 2014")),
        (split.after, Decimal(2), _("For the years from 2014")),
    ):
        if count:
            part = rate * count * base
            amount += part
            lines.append(Line(what, dong(floored(part)), LAW, (times(rate), years(count), dong(base))))
    return _less_support(paid, floored(amount), lines, reason)


def _under_a_year(paid: Mapping[int, Paid], average: Decimal, lines: list[Line], reason: Reason) -> Estimate:
    """Below one year: what was paid in, at most two averages (Đ70.3.c)."""
    salaries = sum(period.salary for period in paid.values())
    put_in, cap = floored(share(salaries, FUND_RATE)), floored(2 * average)
    lines += [
        Line(_("What was paid in"), dong(put_in), LAW, (percent(FUND_RATE), dong(salaries))),
        Line(_("At most two average months"), dong(cap), LAW, (times(2), dong(floored(average)))),
    ]
    return _less_support(paid, min(put_in, cap), lines, reason)


def _less_support(paid: Mapping[int, Paid], amount: int, lines: list[Line], reason: Reason) -> Estimate:
    support = 0 if reason in KEEPS_SUPPORT else sum(period.support for period in paid.values())
    if support:
        lines.append(Line(_("Less what the state paid"), dong(-support), "Luật BHXH 41/2024/QH15, Điều 102 khoản 4"))
    return Estimate(tuple(lines), max(amount - support, 0))


def refusals(
    *, reason: Reason, paid_months: int, first_month: int, last_month: int, retirement_age_reached: bool, at: date
) -> list[str | Promise]:
    """Why a claim would be refused, empty when nothing speaks against it (Đ70.1; months as numbers, `at` the day of
    filing).
    """
    found: list[str | Promise] = []
    if reason == Reason.RETIREMENT_AGE:
        if not retirement_age_reached:
            found.append(_("The retirement age is not reached yet."))
        if paid_months >= FEWER_YEARS:
            found.append(_("With 15 years or more there is a pension instead."))
    if reason == Reason.PAUSE:
        if first_month >= month_number(LAW_2024_FROM):
            found.append(_("This way is only for those who paid before 1 July 2025."))
        if paid_months >= FEWER_YEARS_OLD:
            found.append(_("With 20 years or more this way is closed."))
        if month_number(at) - 1 - last_month < PAUSE:
            found.append(_("Twelve months without contributions must have passed."))
    return found
