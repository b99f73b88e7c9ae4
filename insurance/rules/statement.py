"""The lines of form C14-TS: what an employer paid for somebody, month by month, joined where nothing changes.

The form stands on one line for all funds, so the periods of the four funds are laid over each other. Months are
numbers (`contributions.month_number`), money is in đồng, rates are in percent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

FUNDS = (1, 2, 3, 4)
"""BHXH, BHTN, TNLĐ-BNN, BHYT in the order of the form."""

Period = tuple[int, int, int, str, str, int, int, str, bool]
"""Fund, first month, last month (both included), employer, occupation, salary, status as stored, place, voluntary."""

Rate = tuple[int, bool, int, int, Decimal]
"""Fund, whether of voluntary periods, first month, last month (both included), percent. Those of a month add up."""


@dataclass(frozen=True, slots=True)
class Line:
    """Months in a row at one employer with one salary; `statuses` by fund in the order of FUNDS, 0 for none.

    `rates` by fund as well: what all payers together pay by law, None where there is nothing or it is not known.
    """

    first: int
    last: int
    employer: str
    occupation: str
    place: str
    salary: int
    statuses: tuple[int, ...]
    rates: tuple[Decimal | None, ...]


def lines(periods: Iterable[Period], rates: Sequence[Rate] = ()) -> list[Line]:
    """Lay the funds' periods over each other; by time, then by employer. The first fund has the word."""
    months: dict[tuple[str, int], list[tuple[str, str, int, int, Decimal | None] | None]] = {}
    for fund, first, last, employer, occupation, salary, status, place, voluntary in periods:
        of_fund = [rate for rate in rates if rate[:2] == (fund, voluntary)]
        for month in range(first, last + 1):
            funds = months.setdefault((employer, month), [None] * len(FUNDS))
            funds[fund - 1] = (occupation, place, salary, status, _paid(of_fund, month))
    done: list[Line] = []
    for (employer, month), funds in sorted(months.items()):
        shown = next(entry for entry in funds if entry)
        statuses = tuple(entry[3] if entry else 0 for entry in funds)
        line = Line(month, month, employer, *shown[:3], statuses, tuple(entry and entry[4] for entry in funds))
        if done and _goes_on(done[-1], line):
            line = Line(done.pop().first, month, *_what(line))
        done.append(line)
    return sorted(done, key=lambda line: (line.first, line.last, line.employer))


def _paid(rates: Iterable[Rate], month: int) -> Decimal | None:
    percent = [percent for _fund, _voluntary, first, last, percent in rates if first <= month <= last]
    return sum(percent, Decimal()) if percent else None


def _goes_on(before: Line, line: Line) -> bool:
    return before.last + 1 == line.first and _what(before) == _what(line)


def _what(line: Line) -> tuple[str, str, str, int, tuple[int, ...], tuple[Decimal | None, ...]]:
    return line.employer, line.occupation, line.place, line.salary, line.statuses, line.rates
