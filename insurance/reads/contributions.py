"""The reads of a contribution history, one SELECT each, as plain tuples."""

from collections.abc import Iterable
from datetime import date

from insurance.models.contributions import ContributionPeriod
from insurance.models.people import InsuredPerson
from insurance.replica import select
from insurance.rules.contributions import Span, Totals, month_number, month_states, totals
from insurance.rules.findings import Finding, Record, findings

KIND_WORDS = {int(kind): kind.name.lower() for kind in ContributionPeriod.Kind}
"""Stored number of a fund → its word in addresses and the API: bhxh, bhtn, tnld, bhyt."""
KINDS = {word: number for number, word in KIND_WORDS.items()}
FUND_NAMES = {1: "BHXH", 2: "BHTN", 3: "BHTNLĐ-BNN", 4: "BHYT"}
"""Stored number of a fund → the name people know it by, in either language."""
STATUS_WORDS = {int(status): status.name.lower() for status in ContributionPeriod.Status}
"""Stored number of a status → its word in the API: paid, owed, settled."""

PeriodRow = tuple[int, date, date, str, str, int, int, str]
"""Kind, first month, last month (as first days), employer, occupation or "", salary in đồng, status, place of work."""


_PERIODS = """
SELECT period.kind, period.from_month, period.to_month, employer.name, coalesce(occupation.title, ''),
       period.salary, period.status, employer.address
FROM insurance_contributionperiod period
JOIN insurance_employer employer ON employer.id = period.employer_id
LEFT JOIN insurance_occupation occupation ON occupation.id = period.occupation_id
WHERE period.person_id = %s
"""
_IN_ORDER = "ORDER BY period.kind, period.from_month, period.employer_id"

_VOLUNTARY = """
SELECT period.kind, period.from_month, employer.name
FROM insurance_contributionperiod period
JOIN insurance_employer employer ON employer.id = period.employer_id
WHERE period.person_id = %s AND period.voluntary
"""

_SPANS = "SELECT kind, from_month, to_month, status FROM insurance_contributionperiod WHERE person_id = %s"

_RECORDS = """
SELECT period.kind, period.from_month, period.to_month, employer.name, period.salary, period.status
FROM insurance_contributionperiod period
JOIN insurance_employer employer ON employer.id = period.employer_id
WHERE period.person_id = %s
"""


def contributions_of(person_id: int, kind: int | None = None) -> list[PeriodRow]:
    """The periods of a person, of one fund or of all, by fund and then by time."""
    if kind is None:
        return select(_PERIODS + _IN_ORDER, [person_id])
    return select(_PERIODS + "AND period.kind = %s " + _IN_ORDER, [person_id, kind])


def voluntary_of(person_id: int) -> set[tuple[int, date, str]]:
    """The voluntary periods of a person: fund, first month, and the unit that collected."""
    return set(select(_VOLUNTARY, [person_id]))


def spans_by_kind(rows: Iterable[tuple[int, date, date, int]]) -> dict[int, list[Span]]:
    """Periods as month spans, sorted by fund; rows are (kind, first month, last month, status)."""
    spans: dict[int, list[Span]] = {}
    for kind, first, last, status in rows:
        spans.setdefault(kind, []).append((month_number(first), month_number(last), status))
    return spans


def records_of(rows: Iterable[PeriodRow]) -> list[Record]:
    """Periods as the rules of findings take them."""
    return [
        (kind, month_number(first), month_number(last), employer, salary, status)
        for kind, first, last, employer, _occupation, salary, status, _place in rows
    ]


def summary_of(person_id: int) -> dict[int, Totals]:
    """The totals of each fund in which the person has any period, by the fund's number."""
    spans = spans_by_kind(select(_SPANS, [person_id]))
    return {kind: totals(month_states(of_kind)) for kind, of_kind in sorted(spans.items())}


def overview_of(person: InsuredPerson) -> tuple[dict[int, Totals], list[Finding]]:
    """The totals of each fund, and what is odd in the whole history, from one SELECT."""
    rows = select(_RECORDS, [person.pk])
    records: list[Record] = [
        (kind, month_number(first), month_number(last), employer, salary, status)
        for kind, first, last, employer, salary, status in rows
    ]
    spans: dict[int, list[Span]] = {}
    for kind, first, last, _employer, _salary, status in records:
        spans.setdefault(kind, []).append((first, last, status))
    return {kind: totals(month_states(of_kind)) for kind, of_kind in sorted(spans.items())}, findings(
        records, foreign=person.foreign
    )
