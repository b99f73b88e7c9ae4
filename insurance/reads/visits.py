"""The reads of medical visits: one SELECT each, plain tuples. Amounts are in đồng."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from insurance.replica import select


class VisitRow(NamedTuple):
    """A visit; total = fund + other + copayment + self_paid."""

    id: int
    admitted_on: date
    discharged_on: date | None
    paid_on: date | None
    facility_code: str
    facility: str
    disease_code: str
    disease: str
    department: str
    outcome: str
    right_level: bool
    total: int
    fund: int
    other: int
    copayment: int
    self_paid: int


class LineRow(NamedTuple):
    """One line of a bill; total = fund + other + copayment + self_paid."""

    line: int
    code: str
    name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    percent: int
    total: int
    fund: int
    other: int
    copayment: int
    self_paid: int


class PaperRow(NamedTuple):
    """A paper that a facility issued."""

    kind: str
    serial: str
    issued_on: date
    facility_code: str
    facility: str
    status: str


_VISITS = """
SELECT visit.id, admitted_on, discharged_on, paid_on, facility.code, facility.name, disease_code, disease, department,
       outcome, right_level, total, fund, other, copayment, self_paid
FROM insurance_visit visit JOIN insurance_facility facility ON facility.code = visit.facility_id
WHERE person_id = %s
ORDER BY admitted_on DESC, visit.id DESC
"""

_LINES = """
SELECT line, line.code, line.name, unit, quantity, unit_price, percent, line.total, line.fund, line.other,
       line.copayment, line.self_paid
FROM insurance_visitline line JOIN insurance_visit visit ON visit.id = line.visit_id
WHERE visit.person_id = %s AND visit.id = %s
ORDER BY line
"""

_ALL_LINES = """
SELECT visit.id, line, line.code, line.name, unit, quantity, unit_price, percent, line.total, line.fund, line.other,
       line.copayment, line.self_paid
FROM insurance_visitline line JOIN insurance_visit visit ON visit.id = line.visit_id
WHERE visit.person_id = %s
ORDER BY visit.id, line
"""

_PAPERS = """
SELECT paper.kind, serial, issued_on, facility.code, facility.name, status
FROM insurance_medicalpaper paper JOIN insurance_facility facility ON facility.code = paper.facility_id
WHERE person_id = %s
ORDER BY issued_on DESC, serial
"""


def visits_of(person_id: int) -> list[VisitRow]:
    """The visits of all years, the latest first."""
    return [VisitRow._make(row) for row in select(_VISITS, [person_id])]


def visit_lines_of(person_id: int, visit_id: int) -> list[LineRow]:
    """The bill of one visit of this person; empty when it has none or the visit is somebody else's."""
    return [LineRow._make(row) for row in select(_LINES, [person_id, visit_id])]


def all_visit_lines_of(person_id: int) -> list[tuple[int, LineRow]]:
    """The bills of all visits of a person, each line with its visit."""
    return [(visit, LineRow._make(row)) for visit, *row in select(_ALL_LINES, [person_id])]


def papers_of(person_id: int) -> list[PaperRow]:
    """The papers of all years, the latest first."""
    return [PaperRow._make(row) for row in select(_PAPERS, [person_id])]
