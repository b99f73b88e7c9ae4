"""Medical visits, the lines of their bills, and the papers that facilities issued."""

import re

from django.utils.translation import gettext_lazy as _

from insurance.actions.records import fields
from insurance.actions.records.fields import Row, RowRefused, Value
from insurance.actions.records.kind import UNKNOWN_FACILITY, UNKNOWN_PERSON, Check, Kind, repeated
from insurance.models import MedicalPaper, Visit

_DISEASE = re.compile(r"[A-Z]\d\d(\.\d{1,2})?")
_OUTCOMES = {"": "", **{word: word for word in Visit.Outcome.values}}
_RIGHT_LEVEL = fields.YES | {"": True}
_PAPERS = {word: word for word in MedicalPaper.Kind.values}
_PAPER_STATES = {"": "valid", **{word: word for word in MedicalPaper.Status.values}}
_AMOUNTS = ("total", "fund", "other", "copayment", "self_paid")
_AMOUNT_COLUMNS = "total bigint, fund bigint, other bigint, copayment bigint, self_paid bigint"


def _amounts(row: Row) -> list[str]:
    amounts = [fields.money(row, name, default="0" if name in ("other", "self_paid") else "") for name in _AMOUNTS]
    total, *parts = map(int, amounts)
    if total != sum(parts):
        raise RowRefused("total", _("The parts do not add up to the total."))
    return amounts


def read_visit(row: Row) -> tuple[Value, ...]:
    first, last = fields.day(row, "admitted_on"), fields.optional_day(row, "discharged_on")
    if last:
        fields.in_order(first, last, "discharged_on")
    return (
        fields.source_key(row),
        fields.bhxh_code(row),
        fields.text(row, "facility", 5, required=True),
        first,
        last,
        fields.optional_day(row, "paid_on"),
        fields.matching(row, "disease_code", _DISEASE, _("Write the disease code of ICD-10, for example J06.9.")),
        fields.text(row, "disease", 200, required=True),
        fields.text(row, "department", 120),
        fields.choice(row, "outcome", _OUTCOMES),
        fields.choice(row, "right_level", _RIGHT_LEVEL),
        *_amounts(row),
    )


VISITS = Kind(
    columns=(
        "source_key",
        "bhxh_code",
        "facility",
        "admitted_on",
        "discharged_on",
        "paid_on",
        "disease_code",
        "disease",
        "department",
        "outcome",
        "right_level",
        *_AMOUNTS,
    ),
    required=frozenset(
        {"source_key", "bhxh_code", "facility", "admitted_on", "disease_code", "disease", "total", "fund", "copayment"}
    ),
    optional=frozenset({"discharged_on", "paid_on", "department", "outcome", "right_level", "other", "self_paid"}),
    together="bhxh_code",
    table="source_key text, bhxh_code text, facility text, admitted_on date, discharged_on date, paid_on date,"
    " disease_code text, disease text, department text, outcome text, right_level boolean, " + _AMOUNT_COLUMNS,
    read=read_visit,
    checks=(repeated("bhxh_code", "source_key", field="source_key"), UNKNOWN_PERSON, UNKNOWN_FACILITY),
    merge=(
        """
        INSERT INTO insurance_visit AS target (
            person_id, source_key, facility_id, admitted_on, discharged_on, paid_on, disease_code, disease, department,
            outcome, right_level, total, fund, other, copayment, self_paid)
        SELECT person.id, source_key, facility, admitted_on, discharged_on, paid_on, disease_code, disease,
               coalesce(department, ''), coalesce(outcome, ''), right_level, total, fund, other, copayment, self_paid
        FROM incoming JOIN insurance_insuredperson person USING (bhxh_code)
        ORDER BY person.id, admitted_on
        ON CONFLICT (person_id, source_key) DO UPDATE
        SET facility_id = excluded.facility_id, admitted_on = excluded.admitted_on,
            discharged_on = excluded.discharged_on, paid_on = excluded.paid_on, disease_code = excluded.disease_code,
            disease = excluded.disease, department = excluded.department, outcome = excluded.outcome,
            right_level = excluded.right_level, total = excluded.total, fund = excluded.fund, other = excluded.other,
            copayment = excluded.copayment, self_paid = excluded.self_paid
        WHERE (target.facility_id, target.admitted_on, target.discharged_on, target.paid_on, target.disease_code,
               target.disease, target.department, target.outcome, target.right_level, target.total, target.fund,
               target.other, target.copayment, target.self_paid)
           IS DISTINCT FROM (excluded.facility_id, excluded.admitted_on, excluded.discharged_on, excluded.paid_on,
               excluded.disease_code, excluded.disease, excluded.department, excluded.outcome, excluded.right_level,
               excluded.total, excluded.fund, excluded.other, excluded.copayment, excluded.self_paid)
        """,
    ),
    news="target.xmax = 0",
)


def read_line(row: Row) -> tuple[Value, ...]:
    number = fields.whole(row, "line", 30_000)
    if number == "0":
        raise RowRefused("line", _("Lines count from 1."))
    return (
        fields.bhxh_code(row),
        fields.source_key(row),
        number,
        fields.text(row, "code", 40, required=True),
        fields.text(row, "name", 200, required=True),
        fields.text(row, "unit", 30),
        fields.decimal(row, "quantity"),
        fields.decimal(row, "unit_price"),
        fields.whole(row, "percent", 100),
        *_amounts(row),
    )


VISIT_LINES = Kind(
    columns=(
        "bhxh_code",
        "source_key",
        "number",
        "code",
        "name",
        "unit",
        "quantity",
        "unit_price",
        "percent",
        *_AMOUNTS,
    ),
    required=frozenset(
        {
            "bhxh_code",
            "source_key",
            "line",
            "code",
            "name",
            "quantity",
            "unit_price",
            "percent",
            "total",
            "fund",
            "copayment",
        }
    ),
    optional=frozenset({"unit", "other", "self_paid"}),
    together="bhxh_code",
    table="bhxh_code text, source_key text, number smallint, code text, name text, unit text, quantity numeric,"
    " unit_price numeric, percent smallint, " + _AMOUNT_COLUMNS,
    read=read_line,
    checks=(
        repeated("bhxh_code", "source_key", "number", field="line"),
        Check(
            "source_key",
            _("This person has no visit with this key."),
            """
            SELECT line FROM incoming WHERE NOT EXISTS (
                SELECT FROM insurance_visit visit JOIN insurance_insuredperson person ON person.id = visit.person_id
                WHERE person.bhxh_code = incoming.bhxh_code AND visit.source_key = incoming.source_key
            )
            """,
        ),
    ),
    merge=(
        """
        INSERT INTO insurance_visitline AS target (
            visit_id, line, code, name, unit, quantity, unit_price, percent, total, fund, other, copayment, self_paid)
        SELECT visit.id, number, incoming.code, incoming.name, coalesce(unit, ''), quantity, unit_price, percent,
               incoming.total, incoming.fund, incoming.other, incoming.copayment, incoming.self_paid
        FROM incoming
        JOIN insurance_insuredperson person USING (bhxh_code)
        JOIN insurance_visit visit ON visit.person_id = person.id AND visit.source_key = incoming.source_key
        ORDER BY visit.id, number
        ON CONFLICT (visit_id, line) DO UPDATE
        SET code = excluded.code, name = excluded.name, unit = excluded.unit, quantity = excluded.quantity,
            unit_price = excluded.unit_price, percent = excluded.percent, total = excluded.total,
            fund = excluded.fund, other = excluded.other, copayment = excluded.copayment,
            self_paid = excluded.self_paid
        WHERE (target.code, target.name, target.unit, target.quantity, target.unit_price, target.percent,
               target.total, target.fund, target.other, target.copayment, target.self_paid)
           IS DISTINCT FROM (excluded.code, excluded.name, excluded.unit, excluded.quantity, excluded.unit_price,
               excluded.percent, excluded.total, excluded.fund, excluded.other, excluded.copayment,
               excluded.self_paid)
        """,
    ),
)


def read_paper(row: Row) -> tuple[Value, ...]:
    return (
        fields.bhxh_code(row),
        fields.choice(row, "kind", _PAPERS),
        fields.text(row, "serial", 40, required=True),
        fields.day(row, "issued_on"),
        fields.text(row, "facility", 5, required=True),
        fields.choice(row, "status", _PAPER_STATES),
    )


PAPERS = Kind(
    columns=("bhxh_code", "kind", "serial", "issued_on", "facility", "status"),
    required=frozenset({"bhxh_code", "kind", "serial", "issued_on", "facility"}),
    optional=frozenset({"status"}),
    together="bhxh_code",
    table="bhxh_code text, kind text, serial text, issued_on date, facility text, status text",
    read=read_paper,
    checks=(repeated("bhxh_code", "kind", "serial", field="serial"), UNKNOWN_PERSON, UNKNOWN_FACILITY),
    merge=(
        """
        INSERT INTO insurance_medicalpaper AS target (person_id, kind, serial, issued_on, facility_id, status)
        SELECT person.id, kind, serial, issued_on, facility, status
        FROM incoming JOIN insurance_insuredperson person USING (bhxh_code)
        ORDER BY person.id, issued_on
        ON CONFLICT (person_id, kind, serial) DO UPDATE
        SET issued_on = excluded.issued_on, facility_id = excluded.facility_id, status = excluded.status
        WHERE (target.issued_on, target.facility_id, target.status)
           IS DISTINCT FROM (excluded.issued_on, excluded.facility_id, excluded.status)
        """,
    ),
)
