"""Reading the columns of a row that comes in: text in, checked values out, or the refusal of the row."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vssid.errors import DomainError
from vssid.identifiers import parse_bhxh_code

Row = Mapping[str, str]
"""Columns of a row as text; what is missing or empty has no value."""
Value = str | int | bool | None

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_A_DAY = len("2026-12-01")
_PLAIN_CODE = re.compile(r"[0-9]{10}")
_CODE = re.compile(r"[0-9A-Za-z_.:/-]{1,40}")
_WHOLE = re.compile(r"[0-9]{1,13}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
# Made once: a proxy costs as much as the match.
_DAY_FORM = _("Write the date as year-month-day, for example 2026-12-31.")
_CODE_FORM = _("A key has 1 to 40 letters, digits or -_.:/ signs.")
_DECIMAL_FORM = _("Write a number with a decimal point, for example 2.5.")
LARGEST_AMOUNT = 1_000_000_000_000
YES = {"1": True, "true": True, "yes": True, "": False, "0": False, "false": False, "no": False}


class RowRefused(DomainError):
    """A row cannot be taken; `field` is the column that says why."""

    code = "row_refused"

    def __init__(self, field: str, message: str | Promise) -> None:
        super().__init__(message)
        self.field = field


def text(row: Row, field: str, longest: int, *, required: bool = False) -> str:
    text = " ".join((row.get(field) or "").split())
    if required and not text:
        raise RowRefused(field, _("This is missing."))
    if len(text) > longest or not text.isprintable():
        raise RowRefused(field, _("This is too long or has characters that do not belong there."))
    return text


def matching(row: Row, field: str, pattern: re.Pattern[str], message: str | Promise) -> str:
    text = (row.get(field) or "").strip()
    if not pattern.fullmatch(text):
        raise RowRefused(field, message)
    return text


def choice(row: Row, field: str, choices: Mapping[str, Value]) -> Value:
    text = row.get(field) or ""
    if text in choices:
        return choices[text]
    text = text.strip().lower()
    if text not in choices:
        raise RowRefused(field, _("This is none of the possible values."))
    return choices[text]


def identifier(row: Row, field: str, parse: Callable[[str], str]) -> str:
    try:
        return parse(row.get(field) or "")
    except DomainError as error:
        raise RowRefused(field, str(error)) from None


def bhxh_code(row: Row) -> str:
    text = row.get("bhxh_code") or ""
    # Nearly every row has it in its plain form already, and the parser is the dearest part of a row.
    return text if _PLAIN_CODE.fullmatch(text) else identifier(row, "bhxh_code", parse_bhxh_code)


def optional(row: Row, field: str, parse: Callable[[str], str]) -> str | None:
    return identifier(row, field, parse) if (row.get(field) or "").strip() else None


def day(row: Row, field: str) -> str:
    text = matching(row, field, _DAY, _DAY_FORM)
    try:
        date.fromisoformat(text)
    except ValueError:
        raise RowRefused(field, _("There is no such day.")) from None
    return text


def month(row: Row, field: str) -> str:
    """The first day of a month; Parquet files often have that day for the month."""
    first = _first_day(row.get(field) or "")
    if not first:
        raise RowRefused(field, _("Write the month as year-month, for example 2026-12."))
    return first


@lru_cache(4096)
def _first_day(text: str) -> str:
    text = text.strip()
    return f"{text[:7]}-01" if _MONTH.fullmatch(text.removesuffix("-01") if len(text) == _A_DAY else text) else ""


def in_order(first: str, last: str, field: str) -> None:
    if first > last:
        raise RowRefused(field, _("The end lies before the beginning."))


def source_key(row: Row) -> str:
    """The source's own key of a record, by which it is known when it comes again."""
    return matching(row, "source_key", _CODE, _CODE_FORM)


def optional_day(row: Row, field: str) -> str | None:
    """A day, or None where there is none."""
    return day(row, field) if (row.get(field) or "").strip() else None


def whole(row: Row, field: str, largest: int, *, default: str = "") -> str:
    """A whole number from 0 on, as text."""
    number = (row.get(field) or "").strip() or default
    if not _WHOLE.fullmatch(number) or int(number) > largest:
        raise RowRefused(field, _("Write a whole number, digits only."))
    return number


def money(row: Row, field: str, *, default: str = "") -> str:
    """An amount in đồng, as text."""
    return whole(row, field, LARGEST_AMOUNT, default=default)


def decimal(row: Row, field: str) -> str:
    """A number from 0 on with up to three places after a point, as text."""
    return matching(row, field, _DECIMAL, _DECIMAL_FORM)
