"""Holding a declaration against the insurance record, field by field, for the officer's eye."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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


def compare_codes(declared: str, recorded: str | None) -> Verdict:
    """Numbers agree or differ; what the record does not hold is unknown."""
    if not recorded:
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
