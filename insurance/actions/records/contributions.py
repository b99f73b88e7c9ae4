"""Contribution periods."""

import re

from django.utils.translation import gettext_lazy as _

from insurance.actions.records import fields
from insurance.actions.records.fields import Row, RowRefused, Value
from insurance.actions.records.kind import UNKNOWN_PERSON, Check, Kind, repeated, unknown
from insurance.reads.contributions import KINDS, STATUS_WORDS

_STATUSES = {word: number for number, word in STATUS_WORDS.items()}
_SALARY = re.compile(r"[0-9]{1,10}")
_SALARY_FORM = _("Write the salary in đồng, digits only.")
_LARGEST_SALARY = 2_000_000_000
_MAY_BE_VOLUNTARY = {KINDS["bhxh"], KINDS["bhyt"]}


def read_period(row: Row) -> tuple[Value, ...]:
    first, last = fields.month(row, "from"), fields.month(row, "to")
    fields.in_order(first, last, "to")
    salary = fields.matching(row, "salary", _SALARY, _SALARY_FORM)
    if int(salary) > _LARGEST_SALARY:
        raise RowRefused("salary", _("This salary cannot be right."))
    kind, voluntary = fields.choice(row, "kind", KINDS), fields.choice(row, "voluntary", fields.YES)
    if voluntary and kind not in _MAY_BE_VOLUNTARY:
        raise RowRefused("voluntary", _("This fund is compulsory."))
    return (
        fields.bhxh_code(row),
        kind,
        first,
        last,
        fields.text(row, "employer", 16, required=True),
        fields.text(row, "position", 160) or None,
        salary,
        fields.choice(row, "status", _STATUSES),
        voluntary,
    )


PERIODS = Kind(
    columns=(
        "bhxh_code",
        "kind",
        "from_month",
        "to_month",
        "employer",
        "position",
        "salary",
        "status",
        "voluntary",
    ),
    required=frozenset({"bhxh_code", "kind", "from", "to", "employer", "salary", "status"}),
    optional=frozenset({"position", "voluntary"}),
    together="bhxh_code",
    table="bhxh_code text, kind smallint, from_month date, to_month date, employer text, position text, salary integer,"
    " status smallint, voluntary boolean",
    read=read_period,
    checks=(
        repeated("bhxh_code", "kind", "from_month", "employer", field="from"),
        UNKNOWN_PERSON,
        unknown("employer", "insurance_employer", "code", _("There is no employer with this code.")),
    ),
    merge=(
        """
        INSERT INTO insurance_occupation (title)
        SELECT DISTINCT position FROM incoming
        WHERE position IS NOT NULL AND NOT EXISTS (SELECT FROM insurance_occupation WHERE title = position)
        ON CONFLICT (title) DO NOTHING
        """,
        # In order of person: rows that lie together are read together.
        """
        INSERT INTO insurance_contributionperiod AS target (
            person_id, kind, from_month, employer_id, to_month, occupation_id, salary, status, voluntary)
        SELECT person.id, incoming.kind, incoming.from_month, employer.id, incoming.to_month, occupation.id,
               incoming.salary, incoming.status, incoming.voluntary
        FROM incoming
        JOIN insurance_insuredperson person USING (bhxh_code)
        JOIN insurance_employer employer ON employer.code = incoming.employer
        LEFT JOIN insurance_occupation occupation ON occupation.title = incoming.position
        ORDER BY person.id, incoming.kind, incoming.from_month
        ON CONFLICT (person_id, kind, from_month, employer_id) DO UPDATE
        SET to_month = excluded.to_month, occupation_id = excluded.occupation_id, salary = excluded.salary,
            status = excluded.status, voluntary = excluded.voluntary
        WHERE (target.to_month, target.occupation_id, target.salary, target.status, target.voluntary)
           IS DISTINCT FROM (excluded.to_month, excluded.occupation_id, excluded.salary, excluded.status,
               excluded.voluntary)
        """,
    ),
    # All rows of one employment are refused together, so that what is kept is what was there before.
    clash=Check(
        "from",
        _("Periods of this employment overlap."),
        """
        WITH coming AS (
            SELECT person.id AS person_id, kind, employer.id AS employer_id, from_month, to_month
            FROM incoming
            JOIN insurance_insuredperson person USING (bhxh_code)
            JOIN insurance_employer employer ON employer.code = incoming.employer
        ), after AS (
            SELECT * FROM coming
            UNION ALL
            SELECT period.person_id, period.kind, period.employer_id, period.from_month, period.to_month
            FROM insurance_contributionperiod period
            WHERE period.person_id IN (SELECT person_id FROM coming) AND NOT EXISTS (
                SELECT FROM coming
                WHERE (coming.person_id, coming.kind, coming.from_month, coming.employer_id)
                    = (period.person_id, period.kind, period.from_month, period.employer_id)
            )
        ), clash AS (
            SELECT person_id, kind, employer_id, from_month <= max(to_month) OVER (
                PARTITION BY person_id, kind, employer_id ORDER BY from_month
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS clashes FROM after
        )
        SELECT line FROM incoming
        JOIN insurance_insuredperson person USING (bhxh_code)
        JOIN insurance_employer employer ON employer.code = incoming.employer
        WHERE (person.id, incoming.kind, employer.id) IN (
            SELECT person_id, kind, employer_id FROM clash WHERE clashes
        )
        """,
    ),
    # A new period, and one that goes on or is settled.
    news="true",
)
