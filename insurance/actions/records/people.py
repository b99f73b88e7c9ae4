"""Insured persons and their cards."""

from django.utils.translation import gettext_lazy as _

from insurance.actions.records import fields
from insurance.actions.records.fields import Row, RowRefused, Value
from insurance.actions.records.kind import UNKNOWN_FACILITY, UNKNOWN_PERSON, Check, Kind, repeated, unknown
from insurance.models import InsuredPerson
from vssid.crypto import keyed_hash
from vssid.errors import DomainError
from vssid.identifiers import (
    VIETNAM,
    parse_bhyt_card,
    parse_country,
    parse_date_of_birth,
    parse_full_name,
    parse_mobile,
    parse_personal_id,
)

_GENDERS = {word: word for word in InsuredPerson.Gender.values}
_SEAL_CITIZEN_ID = InsuredPerson._meta.get_field("citizen_id")
_SEAL_PHONE = InsuredPerson._meta.get_field("phone")


def read_person(row: Row) -> tuple[Value, ...]:
    citizen_id = fields.optional(row, "citizen_id", parse_personal_id)
    phone = fields.optional(row, "phone", parse_mobile)
    try:
        born = parse_date_of_birth(row.get("date_of_birth") or "")
    except DomainError as error:
        raise RowRefused("date_of_birth", str(error)) from None
    return (
        fields.bhxh_code(row),
        fields.identifier(row, "full_name", parse_full_name),
        born.date.isoformat(),
        born.year_only,
        fields.choice(row, "gender", _GENDERS),
        _bytes(_SEAL_CITIZEN_ID.seal(citizen_id)) if citizen_id else None,
        _bytes(keyed_hash(citizen_id, kind="citizen_id")) if citizen_id else None,
        fields.optional(row, "nationality", parse_country) or VIETNAM,
        _bytes(_SEAL_PHONE.seal(phone)) if phone else None,
        fields.text(row, "address", 200),
        fields.text(row, "ward", 5) or None,
        fields.choice(row, "made_up", fields.YES),
    )


def _bytes(value: bytes) -> str:
    return "\\x" + value.hex()


PERSONS = Kind(
    columns=(
        "bhxh_code",
        "full_name",
        "date_of_birth",
        "birth_year_only",
        "gender",
        "citizen_id",
        "citizen_id_hash",
        "nationality",
        "phone",
        "address",
        "ward",
        "made_up",
    ),
    required=frozenset({"bhxh_code", "full_name", "date_of_birth", "gender"}),
    optional=frozenset({"citizen_id", "nationality", "phone", "address", "ward", "made_up"}),
    together="bhxh_code",
    table="bhxh_code text, full_name text, date_of_birth date, birth_year_only boolean, gender text, citizen_id bytea,"
    " citizen_id_hash bytea, nationality text, phone bytea, address text, ward text, made_up boolean",
    read=read_person,
    checks=(
        repeated("bhxh_code"),
        unknown("ward", "insurance_ward", "code", _("There is no ward with this code.")),
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
            bhxh_code, full_name, date_of_birth, birth_year_only, gender, citizen_id, citizen_id_hash,
            nationality, phone, address, ward_id, made_up, updated_at)
        SELECT bhxh_code, full_name, date_of_birth, birth_year_only, gender, citizen_id, citizen_id_hash,
               nationality, phone, coalesce(address, ''), ward, made_up, %(at)s
        FROM incoming ORDER BY bhxh_code
        ON CONFLICT (bhxh_code) DO UPDATE
        SET full_name = excluded.full_name, date_of_birth = excluded.date_of_birth,
            birth_year_only = excluded.birth_year_only, gender = excluded.gender, citizen_id = excluded.citizen_id,
            citizen_id_hash = excluded.citizen_id_hash, nationality = excluded.nationality, phone = excluded.phone,
            address = excluded.address, ward_id = excluded.ward_id, made_up = excluded.made_up,
            updated_at = excluded.updated_at
        """,
    ),
)


def read_card(row: Row) -> tuple[Value, ...]:
    number = fields.identifier(row, "number", lambda text: str(parse_bhyt_card(text)))
    first, last = fields.day(row, "valid_from"), fields.day(row, "valid_to")
    fields.in_order(first, last, "valid_to")
    five_years = fields.day(row, "five_years_from") if (row.get("five_years_from") or "").strip() else None
    return (
        fields.source_key(row),
        fields.bhxh_code(row),
        number,
        first,
        last,
        fields.text(row, "facility", 5, required=True),
        five_years,
        fields.choice(row, "revoked", fields.YES),
    )


CARDS = Kind(
    columns=("source_key", "bhxh_code", "number", "valid_from", "valid_to", "facility", "five_years_from", "revoked"),
    required=frozenset({"source_key", "bhxh_code", "number", "valid_from", "valid_to", "facility"}),
    optional=frozenset({"five_years_from", "revoked"}),
    together="bhxh_code",
    table="source_key text, bhxh_code text, number text, valid_from date, valid_to date, facility text,"
    " five_years_from date, revoked boolean",
    read=read_card,
    checks=(
        repeated("source_key"),
        UNKNOWN_PERSON,
        UNKNOWN_FACILITY,
        Check(
            "number",
            _("The card number ends in another social insurance code."),
            "SELECT line FROM incoming WHERE right(number, 10) <> bhxh_code",
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
    # All rows of a person are refused together, so that what is kept is what was there before.
    clash=Check(
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
    news="target.xmax = 0",
)
