"""Holding a declaration against the insurance record, field by field, for the officer's eye."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

WORD = re.compile(r"[\W_]|[^\W_]+")


class Verdict(StrEnum):
    """How two values relate; shown by sign, word and colour."""

    AGREES = "agrees"
    NEARLY = "nearly"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Birth:
    """A date of birth of which perhaps only the year is known."""

    day: date
    year_only: bool


@dataclass(frozen=True)
class Facts:
    """What a declaration or an insurance record says about a person; what is not known is None or empty."""

    bhxh_code: str
    full_name: str
    date_of_birth: Birth
    gender: str
    id_number: str | None
    address: str
    phone: str | None


# Where these differ, the declaration is about somebody else or the record is wrong: no account before that is mended.
MUST_NOT_DIFFER = ("full_name", "date_of_birth", "id_number")


def compare(declared: Facts, recorded: Facts | None) -> dict[str, Verdict]:
    """Return the verdict on each field, in the order of `Facts`; without a record nothing is known."""
    if recorded is None:
        return {field.name: Verdict.UNKNOWN for field in fields(Facts)}
    return {
        "bhxh_code": compare_codes(declared.bhxh_code, recorded.bhxh_code),
        "full_name": compare_names(declared.full_name, recorded.full_name),
        "date_of_birth": compare_births(declared.date_of_birth, recorded.date_of_birth),
        "gender": compare_codes(declared.gender, recorded.gender),
        "id_number": compare_codes(declared.id_number, recorded.id_number),
        "address": compare_addresses(declared.address, recorded.address),
        "phone": compare_codes(declared.phone, recorded.phone),
    }


def obstacles(verdicts: dict[str, Verdict]) -> list[str]:
    """Return the fields whose difference stands in the way of an account."""
    return [name for name in MUST_NOT_DIFFER if verdicts[name] == Verdict.DIFFERS]


def differing(declared: str, recorded: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Cut both texts into pieces, each with whether it differs from the other side."""
    left, right = WORD.findall(declared), WORD.findall(recorded)
    if len(left) == len(right):
        odd = [mine != theirs for mine, theirs in zip(left, right, strict=True)]
        return list(zip(left, odd, strict=True)), list(zip(right, odd, strict=True))
    steps = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        [("".join(left[a:b]), step != "equal") for step, a, b, _c, _d in steps if b > a],
        [("".join(right[c:d]), step != "equal") for step, _a, _b, c, d in steps if d > c],
    )


def compare_names(declared: str, recorded: str) -> Verdict:
    """Same letters agree; the same but for diacritics nearly; a missing record is unknown."""
    if not recorded:
        return Verdict.UNKNOWN
    if _folded(declared) == _folded(recorded):
        return Verdict.AGREES
    return Verdict.NEARLY if _bare(declared) == _bare(recorded) else Verdict.DIFFERS


def compare_births(declared: Birth, recorded: Birth) -> Verdict:
    """The same day agrees; the same year, where one side knows no more, nearly."""
    if declared.year_only == recorded.year_only and declared.day == recorded.day:
        return Verdict.AGREES
    if (declared.year_only or recorded.year_only) and declared.day.year == recorded.day.year:
        return Verdict.NEARLY
    return Verdict.DIFFERS


def day_and_month_swapped(declared: date, recorded: date) -> bool:
    """Tell whether the two differ only by day and month having changed places."""
    return declared != recorded and (declared.year, declared.month, declared.day) == (
        recorded.year,
        recorded.day,
        recorded.month,
    )


def compare_codes(declared: str | None, recorded: str | None) -> Verdict:
    """Numbers agree or differ; what one side does not hold is unknown."""
    if not declared or not recorded:
        return Verdict.UNKNOWN
    return Verdict.AGREES if declared == recorded else Verdict.DIFFERS


def compare_addresses(declared: str, recorded: str) -> Verdict:
    """Addresses are written freely: four letters in five alike count as nearly."""
    if not recorded:
        return Verdict.UNKNOWN
    left, right = _bare(declared), _bare(recorded)
    if left == right:
        return Verdict.AGREES
    return Verdict.NEARLY if difflib.SequenceMatcher(None, left, right).ratio() >= 0.8 else Verdict.DIFFERS


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", _folded(text)).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
