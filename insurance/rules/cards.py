"""What a BHYT card gives, and the counter of five continuous years.

Sources: Luật BHYT Đ22 and NĐ 02/2025 (100 % for care at the commune, for cheap visits, and after five continuous
years once the co-payments of a year pass six months of base salary); NĐ 146/2018 Đ12.5 (continuity).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

FIVE_YEARS = 60
"""Months."""
LONGEST_BREAK = 3
"""Months without a card that do not end the counter; one day more does."""

LONG_BREAK_DAYS = 90
WAITING_DAYS = 30
"""A household's first card, and one after a long break, holds only after so many days from the payment."""

Stretch = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Counter:
    """The counter of five continuous years and how it was counted.

    `breaks`: the short ones it bridges. `broken_by`: the long one before which nothing counts, if there is one.
    `from_cards`: worked out from the cards, because the record says no day or a day before the long break.
    """

    since: date
    full_on: date
    breaks: tuple[Stretch, ...]
    broken_by: Stretch | None
    from_cards: bool


def cheap_visit(base_salary: int) -> int:
    """Below this cost in đồng one visit is paid in full: 15 % of the base salary."""
    return base_salary * 15 // 100


def copayment_ceiling(base_salary: int) -> int:
    """Co-payments of a calendar year above this amount in đồng are paid in full after five years: six base salaries."""
    return base_salary * 6


def household_card_from(last_day: date | None, paid_on: date) -> date:
    """The first day of a household's card: without a break after the card in force, else the day of payment, and after
    90 days or more without a card (or for the first one) 30 days later.

    `last_day` is that of the last card, None without one. Source: Luật BHYT Đ16.3 as it is commonly cited.
    """
    if last_day is not None and last_day >= paid_on:
        return last_day + timedelta(days=1)
    if last_day is not None and (paid_on - last_day).days < LONG_BREAK_DAYS:
        return paid_on
    return paid_on + timedelta(days=WAITING_DAYS)


def months_towards_five_years(five_years_from: date, on: date) -> int:
    """How many of the 60 months lie behind on a day; the day on which they are full comes from the record."""
    months_left = (five_years_from.year - on.year) * 12 + five_years_from.month - on.month
    if five_years_from.day > on.day:
        months_left += 1
    return min(max(FIVE_YEARS - months_left, 0), FIVE_YEARS)


def five_years(recorded: date | None, cards: Iterable[Stretch]) -> Counter | None:
    """Count five continuous years over somebody's cards, in any order; None without a card.

    `recorded` is the day the agency's record says they are full. It decides, for the agency knows older cards too,
    unless a later break of more than three months began the counter anew (NĐ 146/2018 Đ12.5).
    """
    held = _joined(cards)
    if not held:
        return None
    gaps = [(end + timedelta(days=1), start - timedelta(days=1)) for (_s, end), (start, _e) in pairwise(held)]
    long = [gap for gap in gaps if gap[1] >= months_later(gap[0], LONGEST_BREAK)]
    anew = long[-1][1] + timedelta(days=1) if long else held[0][0]
    told = _years_later(recorded, -5) if recorded else None
    from_cards = told is None or (bool(long) and told < anew)
    since = anew if told is None or from_cards else told
    full_on = recorded if recorded and not from_cards else _years_later(since, 5)
    return Counter(
        since=since,
        full_on=full_on,
        breaks=tuple(gap for gap in gaps if gap[0] > since and gap not in long),
        broken_by=long[-1] if long and since == anew else None,
        from_cards=from_cards,
    )


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order, those that meet or overlap made one."""
    joined: list[Stretch] = []
    for first, last in sorted(stretches):
        if joined and first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def months_later(day: date, months: int) -> date:
    """Return the same day some months later; a month that is too short gives the first of the next one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month + 1)
    except ValueError:
        return date(year + month // 11, (month + 1) % 12 + 1, 1)


def _years_later(day: date, years: int) -> date:
    return months_later(day, 12 * years)
