"""Numbers and names that identify people: parse, validate, explain what is wrong, show.

Every `parse_*` takes what somebody typed and returns one canonical form, or raises InvalidIdentifier whose message
tells in plain words what to change. Blanks, dots and dashes between signs are tolerated, digits of other scripts
(full-width, Arabic) become ASCII digits, text is Unicode NFC. Nothing here reads a clock, a setting or the database.

Shapes: QĐ 595/QĐ-BHXH Đ2.13 (BHXH code), NĐ 137/2015 and TT 59/2021/TT-BCA (personal identification number),
QĐ 1351/QĐ-BHXH (card number), the mobile prefixes in use since the change from 11 to 10 digits in 2018.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from babel import Locale
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vssid.errors import DomainError

EARLIEST_YEAR = 1900
LATEST_YEAR = 2199
NAME_LENGTH = 100
VIETNAM = "VN"
# Unions of states, the unknown and those of tests stand among the territories of the Unicode tables.
NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
SEPARATORS = frozenset(".-‐‑‒–—")
MOBILE = re.compile(r"(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}")
OLD_MOBILE = re.compile(r"1(2\d|6[2-9]|8[68]|99)\d{7}")


class InvalidIdentifier(DomainError):
    """What was typed is not such a number, name or date; `code` names the reason for programs."""

    def __init__(self, code: str, message: str | Promise, **params: object) -> None:
        super().__init__(message, **params)
        self.code = code


@dataclass(frozen=True)
class BHYTCardNumber:
    """The parts of a 15-sign health insurance card number."""

    object_code: str
    level: int
    province: str
    bhxh_code: str

    def __str__(self) -> str:
        return f"{self.object_code}{self.level}{self.province}{self.bhxh_code}"


@dataclass(frozen=True)
class BirthDate:
    """A date of birth; old records know the year only, then the date is 1 January of it."""

    date: date
    year_only: bool


@dataclass(frozen=True)
class PersonalIdFacts:
    """What a personal identification number says about its holder."""

    province_code3: str
    gender: Literal["male", "female"]
    birth_year: int


def parse_bhxh_code(text: str) -> str:
    """Return the 10 digits of a social insurance code."""
    sign = _compact(text)
    _require(sign, _("Enter the social insurance code."))
    if re.fullmatch(r"[A-Z]{2}\d{13}", sign):
        raise InvalidIdentifier(
            "is_card",
            _("This is the number of a health insurance card. The social insurance code is its last 10 digits."),
        )
    _only_digits(sign)
    if len(sign) != 10:
        raise InvalidIdentifier(
            "length", _("A social insurance code has 10 digits. You entered %(count)d."), count=len(sign)
        )
    return sign


def parse_personal_id(text: str) -> str:
    """Return the 12 digits of a personal identification number (căn cước)."""
    sign = _compact(text)
    _require(sign, _("Enter the personal identification number."))
    _only_digits(sign)
    if len(sign) == 9:
        raise InvalidIdentifier(
            "is_cmnd", _("A personal identification number has 12 digits. You entered 9, as on the old ID card (CMND).")
        )
    if len(sign) != 12:
        raise InvalidIdentifier(
            "length", _("A personal identification number has 12 digits. You entered %(count)d."), count=len(sign)
        )
    return sign


def parse_bhxh_or_personal_id(text: str) -> str:
    """Return a social insurance code (10 digits) or a personal identification number (12 digits)."""
    sign = _compact(text)
    if len(sign) == 12 and sign.isdecimal():
        return parse_personal_id(sign)
    if sign.isdecimal() and len(sign) != 10:
        raise InvalidIdentifier(
            "length",
            _("Enter the 10 digits of the social insurance code or the 12 of the ID number. You entered %(count)d."),
            count=len(sign),
        )
    return parse_bhxh_code(sign)


def parse_cmnd(text: str) -> str:
    """Return the 9 digits of an old identity card number (CMND)."""
    sign = _compact(text)
    _require(sign, _("Enter the number of the old ID card (CMND)."))
    _only_digits(sign)
    if len(sign) != 9:
        raise InvalidIdentifier(
            "length", _("An old ID card number (CMND) has 9 digits. You entered %(count)d."), count=len(sign)
        )
    return sign


def parse_passport(text: str) -> str:
    """Return a passport number in capitals: one letter and 7 digits in Vietnam, 6 to 12 signs elsewhere."""
    sign = _compact(text)
    _require(sign, _("Enter the passport number."))
    for position, letter in enumerate(sign, start=1):
        if not (letter.isascii() and letter.isalnum()):
            raise _unknown_sign(position, letter, _("letters A to Z and digits"))
    if not 6 <= len(sign) <= 12:
        raise InvalidIdentifier(
            "length", _("A passport number has 6 to 12 letters and digits. You entered %(count)d."), count=len(sign)
        )
    if sign.isalpha():
        raise InvalidIdentifier("no_digit", _("A passport number has digits in it, for example C1234567."))
    return sign


def parse_bhyt_card(text: str) -> BHYTCardNumber:
    """Return the parts of a health insurance card number, e.g. HS 4 01 0120878811."""
    sign = _compact(text)
    _require(sign, _("Enter the number of the health insurance card."))
    for position, letter in enumerate(sign, start=1):
        if position <= 2 and not ("A" <= letter <= "Z"):
            raise InvalidIdentifier(
                "object_code",
                _("A card number begins with two letters. Character %(position)d is not a letter."),
                position=position,
            )
        if position > 2 and not letter.isdecimal():
            raise _unknown_sign(position, letter, _("digits after the first two letters"))
    if len(sign) != 15:
        raise InvalidIdentifier("length", _("A card number has 15 characters. You entered %(count)d."), count=len(sign))
    if sign[2] not in "12345":
        raise InvalidIdentifier("level", _("The third character of a card number is the benefit level, 1 to 5."))
    return BHYTCardNumber(object_code=sign[:2], level=int(sign[2]), province=sign[3:5], bhxh_code=sign[5:])


def parse_mobile(text: str) -> str:
    """Return a Vietnamese mobile number as E.164, +84 and nine digits."""
    sign = "".join(letter for letter in _compact(text) if letter not in "()")
    _require(sign, _("Enter the mobile number."))
    _only_digits(sign.removeprefix("+"))
    national = _national_number(sign)
    if MOBILE.fullmatch(national):
        return f"+84{national}"
    raise _why_not_mobile(national)


def parse_date_of_birth(text: str, *, today: date | None = None) -> BirthDate:
    """Return the date of birth written `dd/mm/yyyy`, `yyyy-mm-dd` or `yyyy`; with `today`, refuse days to come."""
    typed = _fold(text).strip()
    _require(typed, _("Enter the date of birth."))
    if match := re.fullmatch(r"(\d{4})", typed):
        year, month, day = int(match[1]), 1, 1
    elif match := re.fullmatch(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})", typed):
        year, month, day = int(match[3]), int(match[2]), int(match[1])
    elif match := re.fullmatch(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})", typed):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    else:
        raise InvalidIdentifier("form", _("Write the date of birth as day/month/year, for example 05/12/1990."))
    return BirthDate(date=_real_date(year, month, day, today), year_only=len(typed) == 4)


def parse_full_name(text: str) -> str:
    """Return a full name in capitals, NFC, with single blanks; Latin letters, apostrophe and hyphen only."""
    name = unicodedata.normalize("NFC", " ".join(_fold(text).split()).upper())
    _require(name, _("Enter the full name."))
    for position, letter in enumerate(name, start=1):
        if not _belongs_in_name(letter):
            raise _unknown_sign(position, letter, _("letters"))
    if len(name) > NAME_LENGTH:
        raise InvalidIdentifier(
            "length",
            _("A name has at most %(limit)d letters. You entered %(count)d."),
            limit=NAME_LENGTH,
            count=len(name),
        )
    if sum(letter.isalpha() for letter in name) < 2:
        raise InvalidIdentifier("short", _("Enter the full name as on your papers."))
    return name


def parse_country(text: str) -> str:
    """Return the two letters of a country (ISO 3166-1 alpha-2), in capitals."""
    code = _fold(text).strip().upper()
    if len(code) != len(VIETNAM) or code in NO_COUNTRIES or code not in Locale("en").territories:
        raise InvalidIdentifier("country", _("Write the country as its two letters of ISO 3166, for example VN."))
    return code


def personal_id_facts(personal_id: str) -> PersonalIdFacts:
    """Return what the 12 digits say; the fourth is sex and century: 0 and 1 for 19.., 2 and 3 for 20.., and so on."""
    century = int(personal_id[3])
    return PersonalIdFacts(
        province_code3=personal_id[:3],
        gender="female" if century % 2 else "male",
        birth_year=1900 + century // 2 * 100 + int(personal_id[4:6]),
    )


def mask_tail(text: str, keep: int = 4) -> str:
    """Return `text` with all but its last `keep` signs hidden."""
    hidden = max(len(text) - keep, 0)
    return "•" * hidden + text[hidden:]


def mask_phone(phone: str) -> str:
    """Return an E.164 number in its national form with all but the last four digits hidden."""
    return mask_tail(f"0{phone.removeprefix('+84')}" if phone.startswith("+84") else phone)


def _fold(text: str) -> str:
    """Return NFC text with digits of every script as ASCII and without invisible format signs."""
    return text if text.isascii() else "".join(map(_folded, unicodedata.normalize("NFC", text)))


@lru_cache(4096)
def _folded(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "" if unicodedata.category(letter) == "Cf" else letter


@lru_cache(4096)
def _belongs_in_name(letter: str) -> bool:
    return letter in " '’-." or unicodedata.name(letter, "").startswith("LATIN CAPITAL")


def _compact(text: str) -> str:
    """Return `text` folded, in capitals, without blanks, dots and dashes."""
    if text.isascii() and text.isalnum():  # as nearly all of them come, and files bring millions
        return text.upper()
    return "".join(letter for letter in _fold(text).upper() if not letter.isspace() and letter not in SEPARATORS)


def _require(sign: str, message: str | Promise) -> None:
    if not sign:
        raise InvalidIdentifier("required", message)


def _only_digits(sign: str) -> None:
    if sign.isdecimal():
        return
    for position, letter in enumerate(sign, start=1):
        if not letter.isdecimal():
            raise _unknown_sign(position, letter, _("digits"))


def _unknown_sign(position: int, letter: str, allowed: str | Promise) -> InvalidIdentifier:
    return InvalidIdentifier(
        "unknown_sign",
        _("Only %(allowed)s can be used here. Character %(position)d is “%(sign)s”."),
        allowed=allowed,
        position=position,
        sign=letter if letter.isprintable() else "?",
    )


def _national_number(sign: str) -> str:
    """Return the number without its trunk 0 or country code 84; other countries are refused."""
    international = sign.startswith(("+", "00"))
    digits = sign.removeprefix("+").removeprefix("00") if international else sign
    if digits.startswith("84") and (international or len(digits) in {11, 12}):
        return digits[2:].removeprefix("0")
    if international:
        raise InvalidIdentifier("foreign", _("We can only send messages to mobile numbers in Vietnam (+84)."))
    if digits.startswith(("1800", "1900")):
        raise InvalidIdentifier("hotline", _("This is a service number. Enter a mobile number."))
    if not digits.startswith("0"):
        raise InvalidIdentifier("prefix", _("A mobile number begins with 0 or +84."))
    return digits[1:]


def _why_not_mobile(national: str) -> InvalidIdentifier:
    if national.startswith("2") and len(national) in {9, 10}:
        return InvalidIdentifier(
            "landline", _("This is a landline number, which receives no messages. Enter a mobile number.")
        )
    if OLD_MOBILE.fullmatch(national):
        return InvalidIdentifier(
            "old_mobile", _("11-digit mobile numbers became 10-digit ones in 2018. Enter the new number.")
        )
    if len(national) != 9:
        return InvalidIdentifier(
            "length", _("A mobile number has 10 digits. You entered %(count)d."), count=len(national) + 1
        )
    return InvalidIdentifier(
        "prefix", _("No mobile number in Vietnam begins with %(prefix)s. Check the number."), prefix=f"0{national[:2]}"
    )


def _real_date(year: int, month: int, day: int, today: date | None) -> date:
    if not 1 <= month <= 12:
        raise InvalidIdentifier("month", _("There is no month %(month)d. Check the date of birth."), month=month)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise InvalidIdentifier("year", _("The year %(year)d cannot be right. Check the date of birth."), year=year)
    try:
        born = date(year, month, day)
    except ValueError:
        raise InvalidIdentifier(
            "day",
            _("%(month)s has no day %(day)d. Check the date of birth."),
            month=MONTHS[month],
            month_number=month,
            day=day,
        ) from None
    if today is not None and born > today:
        raise InvalidIdentifier("future", _("This date is still to come. Check the date of birth."))
    return born
