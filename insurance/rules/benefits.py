"""What benefits come to in a calendar year, by their decisions. Amounts are in đồng."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One benefit: paid once (`monthly` false) on its day, or every month from its day on.

    A monthly one ends after `months` of them, else with `last`, else not. `steps`: from which day which amount; where
    there are steps, the amount before the first is not known.
    """

    day: date
    amount: int
    monthly: bool = False
    last: date | None = None
    months: int | None = None
    steps: tuple[tuple[date, int], ...] = ()


def yearly_sums(entitlements: Iterable[Entitlement], on: date) -> dict[int, int | None]:
    """The sum of each year up to a day, newest first; None where an amount of that year is not known.

    A month counts in the year in which it begins: the first on the day itself, the others a month later each
    (TT 28/2015/TT-BLĐTBXH for unemployment benefit; for pensions the month is what is paid).
    """
    sums: dict[int, int | None] = {}
    for one in entitlements:
        for day in _days(one, on):
            amount, before = _amount(one, day), sums.get(day.year, 0)
            sums[day.year] = None if amount is None or before is None else before + amount
    return dict(sorted(sums.items(), reverse=True))


def _days(one: Entitlement, on: date) -> Iterable[date]:
    if not one.monthly:
        yield one.day
        return
    number, until = 0, min(one.last or on, on)
    while (one.months is None or number < one.months) and (day := _later(one.day, number)) <= until:
        yield day
        number += 1


def _later(day: date, months: int) -> date:
    """The day as many months later; the 28th stands for days that a month may not have."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def _amount(one: Entitlement, day: date) -> int | None:
    if not one.steps:
        return one.amount
    return next((amount for first, amount in reversed(one.steps) if first <= day), None)
