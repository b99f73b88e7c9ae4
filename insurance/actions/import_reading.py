"""Reading one row of each kind that can be imported: columns in, checked values out, in the order of the columns."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insurance.models import InsuredPerson
from insurance.reads import KINDS, STATUS_WORDS
from vssid.crypto import keyed_hash
from vssid.errors import DomainError
from vssid.identifiers import (
    parse_bhxh_code,
    parse_bhyt_card,
    parse_date_of_birth,
    parse_full_name,
    parse_mobile,
    parse_personal_id,
)

Row = Mapping[str, str]
Value = str | int | bool | None

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PLAIN_CODE = re.compile(r"[0-9]{10}")
_CODE = re.compile(r"[0-9A-Za-z_.:/-]{1,40}")
_STATUSES = {word: number for number, word in STATUS_WORDS.items()}
_LARGEST_SALARY = 2_000_000_000
_YES = {"1": True, "true": True, "yes": True, "": False, "0": False, "false": False, "no": False}


class RowRefused(DomainError):
    """A row cannot be taken; `field` is the column that says why."""

    code = "row_refused"

    def __init__(self, field: str, message: str | Promise) -> None:
        super().__init__(message)
        self.field = field


def _text(row: Row, field: str, longest: int, *, required: bool = False) -> str:
    text = " ".join((row.get(field) or "").split())
    if required and not text:
        raise RowRefused(field, _("This is missing."))
    if len(text) > longest or not text.isprintable():
        raise RowRefused(field, _("This is too long or has signs that do not belong there."))
    return text


def _matching(row: Row, field: str, pattern: re.Pattern[str], message: str | Promise) -> str:
    text = (row.get(field) or "").strip()
    if not pattern.fullmatch(text):
        raise RowRefused(field, message)
    return text


def _choice(row: Row, field: str, choices: Mapping[str, Value]) -> Value:
    text = (row.get(field) or "").strip().lower()
    if text not in choices:
        raise RowRefused(field, _("This is none of the possible values."))
    return choices[text]


def _identifier(row: Row, field: str, parse: Callable[[str], str]) -> str:
    try:
        return parse(row.get(field) or "")
    except DomainError as error:
        raise RowRefused(field, str(error)) from None


def _bhxh_code(row: Row) -> str:
    text = row.get("bhxh_code") or ""
    # Nearly every row has it in its plain form already, and the parser is the dearest part of a row.
    return text if _PLAIN_CODE.fullmatch(text) else _identifier(row, "bhxh_code", parse_bhxh_code)


def _optional(row: Row, field: str, parse: Callable[[str], str]) -> str | None:
    return _identifier(row, field, parse) if (row.get(field) or "").strip() else None


def _day(row: Row, field: str) -> str:
    text = _matching(row, field, _DAY, _("Write the date as year-month-day, for example 2026-12-31."))
    try:
        date.fromisoformat(text)
    except ValueError:
        raise RowRefused(field, _("There is no such day.")) from None
    return text


def _month(row: Row, field: str) -> str:
    return _matching(row, field, _MONTH, _("Write the month as year-month, for example 2026-12.")) + "-01"


def _in_order(first: str, last: str, field: str) -> None:
    if first > last:
        raise RowRefused(field, _("The end lies before the beginning."))


def read_employer(row: Row) -> tuple[Value, ...]:
    return (
        _text(row, "code", 16, required=True),
        _text(row, "name", 160, required=True),
        _text(row, "address", 200),
        _choice(row, "made_up", _YES),
    )


def read_facility(row: Row) -> tuple[Value, ...]:
    return (
        _matching(row, "code", re.compile(r"\d{5}"), _("A facility code has 5 digits.")),
        _text(row, "name", 160, required=True),
        _text(row, "province", 2, required=True),
        _text(row, "address", 200),
        _choice(row, "made_up", _YES),
    )


_SEAL_CITIZEN_ID = InsuredPerson._meta.get_field("citizen_id")
_SEAL_PHONE = InsuredPerson._meta.get_field("phone")


def read_person(row: Row) -> tuple[Value, ...]:
    citizen_id = _optional(row, "citizen_id", parse_personal_id)
    phone = _optional(row, "phone", parse_mobile)
    try:
        born = parse_date_of_birth(row.get("date_of_birth") or "")
    except DomainError as error:
        raise RowRefused("date_of_birth", str(error)) from None
    return (
        _bhxh_code(row),
        _identifier(row, "full_name", parse_full_name),
        born.date.isoformat(),
        born.year_only,
        _choice(row, "gender", {word: word for word in InsuredPerson.Gender.values}),
        _bytes(_SEAL_CITIZEN_ID.seal(citizen_id)) if citizen_id else None,
        _bytes(keyed_hash(citizen_id, kind="citizen_id")) if citizen_id else None,
        _bytes(_SEAL_PHONE.seal(phone)) if phone else None,
        _text(row, "address", 200),
        _text(row, "ward", 5) or None,
        _choice(row, "made_up", _YES),
    )


def _bytes(value: bytes) -> str:
    return "\\x" + value.hex()


def read_card(row: Row) -> tuple[Value, ...]:
    number = _identifier(row, "number", lambda text: str(parse_bhyt_card(text)))
    first, last = _day(row, "valid_from"), _day(row, "valid_to")
    _in_order(first, last, "valid_to")
    five_years = _day(row, "five_years_from") if (row.get("five_years_from") or "").strip() else None
    return (
        _matching(row, "source_key", _CODE, _("A key has 1 to 40 letters, digits or -_.:/ signs.")),
        _bhxh_code(row),
        number,
        first,
        last,
        _text(row, "facility", 5, required=True),
        five_years,
        _choice(row, "revoked", _YES),
    )


def read_period(row: Row) -> tuple[Value, ...]:
    first, last = _month(row, "from"), _month(row, "to")
    _in_order(first, last, "to")
    salary = _matching(row, "salary", re.compile(r"\d{1,10}"), _("Write the salary in đồng, digits only."))
    if int(salary) > _LARGEST_SALARY:
        raise RowRefused("salary", _("This salary cannot be right."))
    return (
        _bhxh_code(row),
        _choice(row, "kind", KINDS),
        first,
        last,
        _text(row, "employer", 16, required=True),
        _text(row, "position", 160) or None,
        salary,
        _choice(row, "status", _STATUSES),
    )
