"""Facilities, collecting points and employers. A column that is empty leaves what staff wrote there."""

import re

from django.utils.translation import gettext_lazy as _

from insurance.actions.records import fields
from insurance.actions.records.fields import Row, Value
from insurance.actions.records.kind import Kind, repeated, unknown
from insurance.models import Facility

_UNLESS_NO = {"": True, "1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
"""As fields.YES, for what holds unless the source says no."""
_TAX_CODE = re.compile(r"(\d{10}(-\d{3})?|\d{12})?")
_LEVELS: dict[str, Value] = {"": "", **{value: value for value in Facility.Level.values}}
UNKNOWN_PROVINCE = unknown("province", "insurance_province", "code", _("There is no province with this code."))


def read_facility(row: Row) -> tuple[Value, ...]:
    return (
        fields.matching(row, "code", re.compile(r"\d{5}"), _("A facility code has 5 digits.")),
        fields.text(row, "name", 160, required=True),
        fields.text(row, "province", 2, required=True),
        fields.text(row, "address", 200),
        fields.text(row, "phone", 40),
        fields.text(row, "opening_hours", 120),
        fields.choice(row, "level", _LEVELS),
        fields.choice(row, "contracted", _UNLESS_NO),
        fields.choice(row, "registers", _UNLESS_NO),
        fields.choice(row, "certifies_leave", fields.YES),
        fields.choice(row, "made_up", fields.YES),
    )


FACILITIES = Kind(
    columns=(
        "code",
        "name",
        "province",
        "address",
        "phone",
        "opening_hours",
        "level",
        "contracted",
        "registers",
        "certifies_leave",
        "made_up",
    ),
    required=frozenset({"code", "name", "province"}),
    optional=frozenset(
        {"address", "phone", "opening_hours", "level", "contracted", "registers", "certifies_leave", "made_up"}
    ),
    together="code",
    table="code text, name text, province text, address text, phone text, opening_hours text, level text,"
    " contracted boolean, registers boolean, certifies_leave boolean, made_up boolean",
    read=read_facility,
    checks=(repeated("code"), UNKNOWN_PROVINCE),
    merge=(
        """
        INSERT INTO insurance_facility AS target
            (code, name, province_id, address, phone, opening_hours, level, contracted, registers, certifies_leave,
             made_up)
        SELECT code, name, province, coalesce(address, ''), coalesce(phone, ''), coalesce(opening_hours, ''),
               coalesce(level, ''), contracted, registers, certifies_leave, made_up
        FROM incoming ORDER BY line
        ON CONFLICT (code) DO UPDATE
        SET name = excluded.name, province_id = excluded.province_id, address = excluded.address,
            phone = coalesce(nullif(excluded.phone, ''), target.phone),
            opening_hours = coalesce(nullif(excluded.opening_hours, ''), target.opening_hours),
            level = coalesce(nullif(excluded.level, ''), target.level), contracted = excluded.contracted,
            registers = excluded.registers, certifies_leave = excluded.certifies_leave, made_up = excluded.made_up
        WHERE (target.name, target.province_id, target.address, target.phone, target.opening_hours, target.level,
               target.contracted, target.registers, target.certifies_leave, target.made_up)
           IS DISTINCT FROM
              (excluded.name, excluded.province_id, excluded.address,
               coalesce(nullif(excluded.phone, ''), target.phone),
               coalesce(nullif(excluded.opening_hours, ''), target.opening_hours),
               coalesce(nullif(excluded.level, ''), target.level), excluded.contracted, excluded.registers,
               excluded.certifies_leave, excluded.made_up)
        """,
    ),
)


def read_collecting_point(row: Row) -> tuple[Value, ...]:
    return (
        fields.text(row, "code", 16, required=True),
        fields.text(row, "name", 160, required=True),
        fields.text(row, "organisation", 160),
        fields.text(row, "province", 2, required=True),
        fields.text(row, "ward", 5) or None,
        fields.text(row, "address", 200),
        fields.text(row, "phone", 40),
        fields.text(row, "opening_hours", 120),
        fields.choice(row, "made_up", fields.YES),
    )


COLLECTING_POINTS = Kind(
    columns=("code", "name", "organisation", "province", "ward", "address", "phone", "opening_hours", "made_up"),
    required=frozenset({"code", "name", "province"}),
    optional=frozenset({"organisation", "ward", "address", "phone", "opening_hours", "made_up"}),
    together="code",
    table="code text, name text, organisation text, province text, ward text, address text, phone text,"
    " opening_hours text, made_up boolean",
    read=read_collecting_point,
    checks=(
        repeated("code"),
        UNKNOWN_PROVINCE,
        unknown("ward", "insurance_ward", "code", _("There is no ward with this code.")),
    ),
    merge=(
        """
        INSERT INTO insurance_collectingpoint AS target
            (code, name, organisation, province_id, ward_id, address, phone, opening_hours, made_up)
        SELECT code, name, coalesce(organisation, ''), province, ward, coalesce(address, ''), coalesce(phone, ''),
               coalesce(opening_hours, ''), made_up
        FROM incoming ORDER BY line
        ON CONFLICT (code) DO UPDATE
        SET name = excluded.name, organisation = excluded.organisation, province_id = excluded.province_id,
            ward_id = excluded.ward_id, address = excluded.address,
            phone = coalesce(nullif(excluded.phone, ''), target.phone),
            opening_hours = coalesce(nullif(excluded.opening_hours, ''), target.opening_hours),
            made_up = excluded.made_up
        WHERE (target.name, target.organisation, target.province_id, target.ward_id, target.address, target.phone,
               target.opening_hours, target.made_up)
           IS DISTINCT FROM
              (excluded.name, excluded.organisation, excluded.province_id, excluded.ward_id, excluded.address,
               coalesce(nullif(excluded.phone, ''), target.phone),
               coalesce(nullif(excluded.opening_hours, ''), target.opening_hours), excluded.made_up)
        """,
    ),
)


def read_employer(row: Row) -> tuple[Value, ...]:
    return (
        fields.text(row, "code", 16, required=True),
        fields.text(row, "name", 160, required=True),
        fields.text(row, "address", 200),
        fields.matching(row, "tax_code", _TAX_CODE, _("A tax code has 10 or 12 digits, or 10 and a branch of 3.")),
        fields.text(row, "office", 5) or None,
        fields.choice(row, "made_up", fields.YES),
    )


EMPLOYERS = Kind(
    columns=("code", "name", "address", "tax_code", "office", "made_up"),
    required=frozenset({"code", "name"}),
    optional=frozenset({"address", "tax_code", "office", "made_up"}),
    together="code",
    table="code text, name text, address text, tax_code text, office text, made_up boolean",
    read=read_employer,
    checks=(
        repeated("code"),
        unknown("office", "insurance_office", "code", _("There is no office with this code.")),
    ),
    merge=(
        """
        INSERT INTO insurance_employer AS target (code, name, address, tax_code, office_id, made_up)
        SELECT code, name, coalesce(address, ''), coalesce(tax_code, ''), office, made_up FROM incoming ORDER BY line
        ON CONFLICT (code) DO UPDATE
        SET name = excluded.name, address = excluded.address,
            tax_code = coalesce(nullif(excluded.tax_code, ''), target.tax_code),
            office_id = coalesce(excluded.office_id, target.office_id), made_up = excluded.made_up
        WHERE (target.name, target.address, target.tax_code, target.office_id, target.made_up)
           IS DISTINCT FROM
              (excluded.name, excluded.address, coalesce(nullif(excluded.tax_code, ''), target.tax_code),
               coalesce(excluded.office_id, target.office_id), excluded.made_up)
        """,
    ),
)
