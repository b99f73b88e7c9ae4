"""How contribution months are counted.

Months are whole numbers, `year * 12 + month - 1`, so that ranges and gaps are plain arithmetic. The rules are those of
the loose sheet of the BHXH book (sổ BHXH tờ rời, form C14-TS): Luật BHXH 41/2024/QH15 Đ5.3 (a month settled as a
lump sum never counts again), Đ5.6 (months and years), Luật Việc làm for unemployment months already used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

PAID, OWED, SETTLED = 1, 2, 3
"""Status of a period, as stored. A later one in `_RANK` wins where periods of several employers overlap."""

_RANK = {OWED: 1, PAID: 2, SETTLED: 3}

Span = tuple[int, int, int]
"""First month, last month (both included), status."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The count of one fund, in months; gaps are stretches between the first and the last month without any record."""

    months: int
    owed_months: int
    settled_months: int
    missing_months: int
    owed: tuple[tuple[int, int], ...]
    gaps: tuple[tuple[int, int], ...]


def month_number(day: date) -> int:
    """The number of the month in which a day lies."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month given by its number."""
    return date(month // 12, month % 12 + 1, 1)


def month_states(spans: Iterable[Span]) -> dict[int, int]:
    """The one status of each recorded month of one fund, in order of time.

    A month counts once, whatever the number of employers: paid beats owed (it is paid somewhere), and settled beats
    both (Đ5.3: it is gone for ever).
    """
    states: dict[int, int] = {}
    for first, last, status in sorted(spans, key=lambda span: _RANK[span[2]]):
        states.update(dict.fromkeys(range(first, last + 1), status))
    return dict(sorted(states.items()))


def totals(states: Mapping[int, int]) -> Totals:
    """Counts of one fund from the status of its months (see `month_states`); gaps lower no total, they only show."""
    found = list(states.values())
    gaps = runs(set(range(min(states), max(states))) - states.keys()) if states else ()
    return Totals(
        months=found.count(PAID),
        owed_months=found.count(OWED),
        settled_months=found.count(SETTLED),
        missing_months=sum(last - first + 1 for first, last in gaps),
        owed=runs(month for month, status in states.items() if status == OWED),
        gaps=gaps,
    )


def runs(months: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The months as stretches without holes, in order of time: (first, last), both included."""
    stretches: list[tuple[int, int]] = []
    for month in sorted(months):
        if stretches and stretches[-1][1] == month - 1:
            stretches[-1] = (stretches[-1][0], month)
        else:
            stretches.append((month, month))
    return tuple(stretches)


def unused_unemployment_months(states: Mapping[int, int], decisions: Iterable[tuple[int, int]]) -> int:
    """Paid BHTN months that no benefit has used yet (Luật Việc làm: counting begins anew after each decision).

    `decisions`: the month in which each unemployment benefit began, and the months it kept for later.
    """
    begun, kept = max(decisions, default=(0, 0))
    return kept + sum(1 for month, status in states.items() if status == PAID and month >= begun)
