"""What looks odd in a contribution history, found by plain comparison; nothing here says that somebody did wrong.

Pure: months are numbers (`contributions.month_number`), money is in đồng. The counting rules behind it: Luật BHXH
41/2024/QH15 Đ5.3, Đ5.6 (a month counts once), Luật Việc làm (BHTN since 2009), Luật An toàn, vệ sinh lao động
84/2015/QH13 (TNLĐ-BNN a fund of its own since 07/2016), Luật BHYT 25/2008/QH12 (since 07/2009).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from insurance.rules.contributions import OWED, SETTLED, Totals, month_states, runs, totals

BHXH, BHTN, TNLD, BHYT = 1, 2, 3, 4
"""Funds, as stored."""

SINCE = {BHTN: 2009 * 12, TNLD: 2016 * 12 + 6, BHYT: 2009 * 12 + 6}
"""First month in which an employer that pays BHXH has to pay this fund as well."""

SMALLEST_FALL = 10
"""Falls of a salary by less than this many percent are everyday changes of allowances and are not told."""

Record = tuple[int, int, int, str, int, int]
"""Fund, first month, last month (both included), employer, salary in đồng, status as stored."""


class Kind(StrEnum):
    """What was found, the most urgent first."""

    OWED = "owed"
    HOLE = "hole"
    FUND = "fund"
    TWICE = "twice"
    FELL = "fell"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Finding:
    """One stretch of months of one fund that looks odd.

    `employer` is where, "" when it is nobody's; `other` the second employer (TWICE); `before` and `after` are salaries
    around a fall (FELL), of which `first` is the first month with the lower one.
    """

    kind: Kind
    fund: int
    first: int
    last: int
    employer: str = ""
    other: str = ""
    before: int = 0
    after: int = 0

    @property
    def months(self) -> int:
        """How many months it concerns."""
        return self.last - self.first + 1


def findings(records: Iterable[Record], *, foreign: bool = False) -> list[Finding]:
    """Everything odd in a whole history, the most urgent and the newest first.

    `foreign` is somebody who is no citizen of Viet Nam; unemployment insurance is for citizens (Luật Việc làm
    38/2013/QH13 Đ3.1, 74/2025/QH15 Đ2.1), so its months are not missed.

    The funds of one employment mirror each other, so stretches are told of BHXH alone (of BHYT when there is no BHXH),
    and of the others only what they lack beside BHXH.
    """
    by_fund: dict[int, list[Record]] = {}
    for record in records:
        by_fund.setdefault(record[0], []).append(record)
    main = BHXH if BHXH in by_fund else min(by_fund, default=BHXH)
    found = findings_of_fund(by_fund.get(main, []))
    if BHXH in by_fund:
        found += _missing_funds(by_fund, SINCE.keys() - ({BHTN} if foreign else set()))
    return _in_order(found)


def findings_of_fund(records: Iterable[Record], total: Totals | None = None) -> list[Finding]:
    """What is odd within one fund; every record is of that fund, and so is `total` where it is counted already."""
    records = sorted(records)
    if not records:
        return []
    fund = records[0][0]
    if total is None:
        total = totals(month_states((first, last, status) for _fund, first, last, _name, _salary, status in records))
    found = [] if not (total.owed or total.gaps) else _stretches(fund, records, total.owed, total.gaps)
    return _in_order([*found, *_twice(fund, records), *_falls(fund, records)])


def _in_order(found: list[Finding]) -> list[Finding]:
    ranks = {kind: rank for rank, kind in enumerate(Kind)}
    return sorted(found, key=lambda one: (ranks[one.kind], -one.last, -one.first, one.fund, one.employer))


def _stretches(
    fund: int, records: list[Record], owed: Iterable[tuple[int, int]], gaps: Iterable[tuple[int, int]]
) -> list[Finding]:
    """Months owed, and months without any record: a hole when the same employer stands on both sides, else a gap."""
    found = []
    for first, last in owed:
        names = [
            name for _, start, end, name, _, status in records if status == OWED and start <= last and end >= first
        ]
        found.append(Finding(Kind.OWED, fund, first, last, names[-1]))
    for first, last in gaps:
        before = {name for _, start, end, name, _, _ in records if start < first <= end + 1}
        after = [name for _, start, end, name, _, _ in records if start <= last + 1 <= end]
        same = next((name for name in after if name in before), "")
        found.append(Finding(Kind.HOLE if same else Kind.GAP, fund, first, last, same))
    return found


def _twice(fund: int, records: list[Record]) -> list[Finding]:
    """Months for which two employers stand in one fund."""
    ordered = sorted(records, key=lambda record: (record[1], record[2]))
    shared: dict[tuple[str, str], set[int]] = {}
    running: list[Record] = []
    for record in ordered:
        running = [earlier for earlier in running if earlier[2] >= record[1]]
        for earlier in running:
            if earlier[3] != record[3]:
                both = range(record[1], min(earlier[2], record[2]) + 1)
                shared.setdefault((earlier[3], record[3]), set()).update(both)
        running.append(record)
    # The same two may stand in the other order later: one pair, named as it began.
    for pair in list(shared):
        if (turned := pair[::-1]) in shared and pair in shared:
            shared[pair] |= shared.pop(turned)
    return [
        Finding(Kind.TWICE, fund, first, last, employer, other)
        for (employer, other), months in shared.items()
        for first, last in runs(months)
    ]


def _falls(fund: int, records: list[Record]) -> list[Finding]:
    """Salaries that fall between two records of one employer that follow each other."""
    found, latest = [], dict[str, Record]()
    for record in sorted(records, key=lambda record: (record[1], record[2])):
        _fund, first, last, employer, salary, _status = record
        earlier = latest.get(employer)
        if earlier and earlier[2] + 1 == first and salary * 100 <= earlier[4] * (100 - SMALLEST_FALL):
            found.append(Finding(Kind.FELL, fund, first, last, employer, before=earlier[4], after=salary))
        latest[employer] = record
    return found


def _missing_funds(by_fund: Mapping[int, list[Record]], expected: Iterable[int]) -> list[Finding]:
    """Months in which an employer stands in BHXH and not in an expected fund.

    Who reports nothing but BHXH for somebody is the collector of voluntary BHXH and no employer: it lacks nothing.
    With two contracts in one month one employer pays BHTN and BHYT for both (QĐ 595/QĐ-BHXH); TNLĐ-BNN is paid by
    each.
    """
    insured = _months_by_employer(record for record in by_fund[BHXH] if record[5] != SETTLED)
    employers = {name for fund, records in by_fund.items() if fund != BHXH for _, _, _, name, _, _ in records}
    found = []
    for fund in sorted(expected):
        present = _months_by_employer(by_fund.get(fund, []))
        anywhere = set().union(*present.values()) if fund != TNLD else set()
        for employer, months in insured.items():
            if employer in employers:
                lacking = {month for month in months - anywhere - present.get(employer, set()) if month >= SINCE[fund]}
                found += [Finding(Kind.FUND, fund, first, last, employer) for first, last in runs(lacking)]
    return found


def _months_by_employer(records: Iterable[Record]) -> dict[str, set[int]]:
    months: dict[str, set[int]] = {}
    for _fund, first, last, employer, _salary, _status in records:
        months.setdefault(employer, set()).update(range(first, last + 1))
    return months
