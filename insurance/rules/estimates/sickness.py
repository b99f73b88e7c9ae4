"""Ốm đau: sick pay, its yearly limit, and leave for a sick child.

Source: Luật BHXH 41/2024/QH15 Đ42–Đ46.
"""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from insurance.rules.estimates.lines import Estimate, Line, days, dong, percent, share, whole

DAYS_A_MONTH = 24
RATE = 75
LAW = "Luật BHXH 41/2024/QH15, Điều 45"


def yearly_limit(years_paid: int, *, heavy: bool) -> int:
    """Working days of sick leave a year: 30, 40, 60 below 15, below 30, and from 30 years; ten more for heavy work
    (Đ43.1).

    Decisive are the conditions of work when the leave begins.
    """
    base = 30 if years_paid < 15 else 40 if years_paid < 30 else 60
    return base + (10 if heavy else 0)


def days_left(limit: int, used: Decimal, wanted: Decimal) -> Decimal:
    """How many of the wanted days are still within the year's limit."""
    return max(min(wanted, limit - used), Decimal(0))


def paid_days(first: date, last: date, days_off: Collection[date]) -> int:
    """Days of leave that are paid: all from first to last, without holidays and the weekly days of rest given."""
    return sum(first + timedelta(days=step) not in days_off for step in range((last - first).days + 1))


def long_rate(years_paid: int) -> int:
    """Percent for a long illness once the year's limit is used up: 65, 55, 50 by years of contributions (Đ45.2)."""
    return 65 if years_paid >= 30 else 55 if years_paid >= 15 else 50


def child_limit(age: int) -> int:
    """Working days a year for a sick child: 20 below three years, 15 below seven, none later (Đ44)."""
    return 20 if age < 3 else 15 if age < 7 else 0


def estimate(
    salary: int, wanted: Decimal, *, years_paid: int, heavy: bool, used: Decimal, long_illness: bool
) -> Estimate:
    """Sick pay in đồng for `wanted` working days (halves allowed), on the salary of the month before the leave.

    `used` are days already taken this year. Days above the limit are paid for a long illness only, at a lower rate.
    """
    limit = yearly_limit(years_paid, heavy=heavy)
    within = days_left(limit, used, wanted)
    beyond = wanted - within if long_illness else Decimal(0)
    lines, total = [], 0
    for count, rate, what in (
        (within, RATE, _("Sick pay")),
        (beyond, long_rate(years_paid), _("Long illness, above the year's days")),
    ):
        if count:
            a_day = share(salary, rate) / DAYS_A_MONTH
            amount = whole(a_day * count)
            total += amount
            because = _("A day is the monthly pay divided by 24.")
            lines.append(
                Line(
                    what,
                    dong(amount),
                    LAW,
                    (percent(rate), dong(whole(Decimal(salary) / 24)), days(count)),
                    because=because,
                )
            )
    notes = [] if within + beyond == wanted else [_("The days above the year's limit are not paid.")]
    return Estimate(tuple(lines), total, notes=tuple(notes))


def child(salary: int, wanted: Decimal, *, age: int, used: Decimal) -> Estimate:
    """Pay for days with a sick child (Đ44, Đ45); of days above the year's limit a note tells."""
    count = days_left(child_limit(age), used, wanted)
    if not child_limit(age):
        return Estimate(notes=(_("Leave for a sick child is paid below the age of seven."),))
    amount = whole(share(salary, RATE) / DAYS_A_MONTH * count)
    law = "Luật BHXH 41/2024/QH15, Điều 44, Điều 45"
    line = Line(
        _("Pay for a sick child"), dong(amount), law, (percent(RATE), dong(whole(Decimal(salary) / 24)), days(count))
    )
    notes = () if count == wanted else (_("The days above the year's limit are not paid."),)
    return Estimate((line,), amount, notes=notes)
