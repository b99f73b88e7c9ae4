"""What can be imported: when the database refuses a row of each kind, and how it is merged.

Rows go by COPY into a temporary table `incoming` (line number first), are checked and merged there as sets. Every merge
is an upsert by the source's own key and leaves rows alone that are already so: importing twice changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insurance.actions import import_reading
from insurance.actions.import_reading import Row, Value


@dataclass(frozen=True, slots=True)
class Check:
    """A question to the database: the lines that `sql` selects are refused."""

    field: str
    message: str | Promise
    sql: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of records. Rows with the same `together` column in a row stay in one batch."""

    columns: tuple[str, ...]
    required: frozenset[str]
    together: str
    table: str
    read: Callable[[Row], tuple[Value, ...]]
    checks: tuple[Check, ...]
    merge: tuple[str, ...]


def _repeated(key: str) -> Check:
    # A batch is merged by one statement, which may touch a row of the table once.
    return Check(
        key,
        _("This key appears more than once."),
        f"SELECT line FROM (SELECT line, count(*) OVER (PARTITION BY {key}) AS times FROM incoming) t"  # noqa: S608
        " WHERE times > 1",
    )


def _unknown(field: str, table: str, key: str, message: str | Promise) -> Check:
    return Check(
        field,
        message,
        f"SELECT line FROM incoming WHERE {field} IS NOT NULL"  # noqa: S608 - our own names
        f" AND NOT EXISTS (SELECT FROM {table} WHERE {table}.{key} = incoming.{field})",
    )


_UNKNOWN_PERSON = _unknown("bhxh_code", "insurance_insuredperson", "bhxh_code", _("Nobody has this BHXH code."))

EMPLOYERS = Kind(
    columns=("code", "name", "address", "made_up"),
    required=frozenset({"code", "name"}),
    together="code",
    table="code text, name text, address text, made_up boolean",
    read=import_reading.read_employer,
    checks=(_repeated("code"),),
    merge=(
        """
        INSERT INTO insurance_employer AS target (code, name, address, made_up)
        SELECT code, name, coalesce(address, ''), made_up FROM incoming ORDER BY line
        ON CONFLICT (code) DO UPDATE
        SET name = excluded.name, address = excluded.address, made_up = excluded.made_up
        WHERE (target.name, target.address, target.made_up)
           IS DISTINCT FROM (excluded.name, excluded.address, excluded.made_up)
        """,
    ),
)

FACILITIES = Kind(
    columns=("code", "name", "province", "address", "made_up"),
    required=frozenset({"code", "name", "province"}),
    together="code",
    table="code text, name text, province text, address text, made_up boolean",
    read=import_reading.read_facility,
    checks=(
        _repeated("code"),
        _unknown("province", "insurance_province", "code", _("There is no province with this code.")),
    ),
    merge=(
        """
        INSERT INTO insurance_facility AS target (code, name, province_id, address, made_up)
        SELECT code, name, province, coalesce(address, ''), made_up FROM incoming ORDER BY line
        ON CONFLICT (code) DO UPDATE
        SET name = excluded.name, province_id = excluded.province_id, address = excluded.address,
            made_up = excluded.made_up
        WHERE (target.name, target.province_id, target.address, target.made_up)
           IS DISTINCT FROM (excluded.name, excluded.province_id, excluded.address, excluded.made_up)
        """,
    ),
)

PERSONS = Kind(
    columns=(
        "bhxh_code",
        "full_name",
        "date_of_birth",
        "birth_year_only",
        "gender",
        "citizen_id",
        "citizen_id_hash",
        "phone",
        "address",
        "ward",
        "made_up",
    ),
    required=frozenset({"bhxh_code", "full_name", "date_of_birth", "gender"}),
    together="bhxh_code",
    table="bhxh_code text, full_name text, date_of_birth date, birth_year_only boolean, gender text, citizen_id bytea,"
    " citizen_id_hash bytea, phone bytea, address text, ward text, made_up boolean",
    read=import_reading.read_person,
    checks=(
        _repeated("bhxh_code"),
        _unknown("ward", "insurance_ward", "code", _("There is no ward with this code.")),
        Check(
            "citizen_id",
            _("Another person has this personal identification number."),
            """
            SELECT line FROM (
                SELECT line, citizen_id_hash, bhxh_code, count(*) OVER (PARTITION BY citizen_id_hash) AS times
                FROM incoming WHERE citizen_id_hash IS NOT NULL
            ) t
            WHERE times > 1 OR EXISTS (
                SELECT FROM insurance_insuredperson person
                WHERE person.citizen_id_hash = t.citizen_id_hash AND person.bhxh_code <> t.bhxh_code
            )
            """,
        ),
    ),
    merge=(
        """
        INSERT INTO insurance_insuredperson AS target (
            bhxh_code, full_name, date_of_birth, birth_year_only, gender, citizen_id, citizen_id_hash, phone, address,
            ward_id, made_up, updated_at)
        SELECT bhxh_code, full_name, date_of_birth, birth_year_only, gender, citizen_id, citizen_id_hash, phone,
               coalesce(address, ''), ward, made_up, %(at)s
        FROM incoming ORDER BY line
        ON CONFLICT (bhxh_code) DO UPDATE
        SET full_name = excluded.full_name, date_of_birth = excluded.date_of_birth,
            birth_year_only = excluded.birth_year_only, gender = excluded.gender, citizen_id = excluded.citizen_id,
            citizen_id_hash = excluded.citizen_id_hash, phone = excluded.phone, address = excluded.address,
            ward_id = excluded.ward_id, made_up = excluded.made_up, updated_at = excluded.updated_at
        """,
    ),
)

CARDS = Kind(
    columns=("source_key", "bhxh_code", "number", "valid_from", "valid_to", "facility", "five_years_from", "revoked"),
    required=frozenset({"source_key", "bhxh_code", "number", "valid_from", "valid_to", "facility"}),
    together="bhxh_code",
    table="source_key text, bhxh_code text, number text, valid_from date, valid_to date, facility text,"
    " five_years_from date, revoked boolean",
    read=import_reading.read_card,
    checks=(
        _repeated("source_key"),
        _UNKNOWN_PERSON,
        _unknown("facility", "insurance_facility", "code", _("There is no facility with this code.")),
        Check(
            "number",
            _("The card number ends in another BHXH code."),
            "SELECT line FROM incoming WHERE right(number, 10) <> bhxh_code",
        ),
        # All rows of a person are refused together, so that what is kept is what was there before.
        Check(
            "valid_from",
            _("Two cards of this person would hold on the same day."),
            """
            WITH after AS (
                SELECT bhxh_code, valid_from, valid_to FROM incoming WHERE NOT revoked
                UNION ALL
                SELECT person.bhxh_code, card.valid_from, card.valid_to
                FROM insurance_healthcard card
                JOIN insurance_insuredperson person ON person.id = card.person_id
                WHERE card.revoked_at IS NULL AND person.bhxh_code IN (SELECT bhxh_code FROM incoming)
                  AND card.source_key NOT IN (SELECT source_key FROM incoming)
            ), clash AS (
                SELECT bhxh_code, valid_from <= max(valid_to) OVER (
                    PARTITION BY bhxh_code ORDER BY valid_from ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS clashes FROM after
            )
            SELECT line FROM incoming WHERE bhxh_code IN (SELECT bhxh_code FROM clash WHERE clashes)
            """,
        ),
    ),
    # Ended and revoked cards first: the exclusion constraint looks at every row as it comes.
    merge=(
        """
        UPDATE insurance_healthcard card SET revoked_at = %(at)s
        FROM incoming
        WHERE incoming.source_key = card.source_key AND card.revoked_at IS NULL
          AND (incoming.revoked OR (card.valid_from, card.valid_to) <> (incoming.valid_from, incoming.valid_to))
        """,
        """
        INSERT INTO insurance_healthcard AS target (
            person_id, number, valid_from, valid_to, facility_id, five_years_from, revoked_at, source_key)
        SELECT person.id, incoming.number, incoming.valid_from, incoming.valid_to, incoming.facility,
               incoming.five_years_from, CASE WHEN incoming.revoked THEN %(at)s::timestamptz END, incoming.source_key
        FROM incoming JOIN insurance_insuredperson person USING (bhxh_code)
        ORDER BY person.id, incoming.valid_from
        ON CONFLICT (source_key) DO UPDATE
        SET person_id = excluded.person_id, number = excluded.number, valid_from = excluded.valid_from,
            valid_to = excluded.valid_to, facility_id = excluded.facility_id,
            five_years_from = excluded.five_years_from,
            revoked_at = CASE WHEN excluded.revoked_at IS NOT NULL
                THEN coalesce(target.revoked_at, excluded.revoked_at) END
        WHERE (target.person_id, target.number, target.valid_from, target.valid_to, target.facility_id,
               target.five_years_from, target.revoked_at IS NULL)
           IS DISTINCT FROM (excluded.person_id, excluded.number, excluded.valid_from, excluded.valid_to,
               excluded.facility_id, excluded.five_years_from, excluded.revoked_at IS NULL)
        """,
    ),
)

PERIODS = Kind(
    columns=("bhxh_code", "kind", "from_month", "to_month", "employer", "position", "salary", "status"),
    required=frozenset({"bhxh_code", "kind", "from", "to", "employer", "salary", "status"}),
    together="bhxh_code",
    table="bhxh_code text, kind smallint, from_month date, to_month date, employer text, position text, salary integer,"
    " status smallint",
    read=import_reading.read_period,
    checks=(
        _UNKNOWN_PERSON,
        _unknown("employer", "insurance_employer", "code", _("There is no employer with this code.")),
        # All rows of one employment are refused together, so that what is kept is what was there before.
        Check(
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
            person_id, kind, from_month, employer_id, to_month, occupation_id, salary, status)
        SELECT person.id, incoming.kind, incoming.from_month, employer.id, incoming.to_month, occupation.id,
               incoming.salary, incoming.status
        FROM incoming
        JOIN insurance_insuredperson person USING (bhxh_code)
        JOIN insurance_employer employer ON employer.code = incoming.employer
        LEFT JOIN insurance_occupation occupation ON occupation.title = incoming.position
        ORDER BY person.id, incoming.kind, incoming.from_month
        ON CONFLICT (person_id, kind, from_month, employer_id) DO UPDATE
        SET to_month = excluded.to_month, occupation_id = excluded.occupation_id, salary = excluded.salary,
            status = excluded.status
        WHERE (target.to_month, target.occupation_id, target.salary, target.status)
           IS DISTINCT FROM (excluded.to_month, excluded.occupation_id, excluded.salary, excluded.status)
        """,
    ),
)

IMPORT_KINDS = {
    "employers": EMPLOYERS,
    "facilities": FACILITIES,
    "persons": PERSONS,
    "cards": CARDS,
    "periods": PERIODS,
}
