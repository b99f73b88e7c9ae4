"""The QR code on a health card (thẻ BHYT), as far as it helps to fill in a declaration (domain.md §3).

No published layout is known, so this is tolerant: parts divided by `|`, the card's number or the BHXH code first, names
as text or as UTF-8 in hexadecimal digits, then a date of birth and 1 or 2 for male or female; whatever follows is left.
"""

import re
import unicodedata
from dataclasses import dataclass

from vssid.errors import DomainError
from vssid.identifiers import parse_bhxh_code, parse_bhyt_card, parse_date_of_birth, parse_full_name

CARD_LENGTH = 15
LONGEST = 1000
GENDERS = {"1": "male", "2": "female"}
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){2,}", re.ASCII)
_DAY = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{4}|\d{4}", re.ASCII)
_DENSE_DAY = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)


@dataclass(frozen=True)
class HealthCardText:
    """What was understood; all but the code may be empty. Names and dates are as somebody would type them."""

    bhxh_code: str
    full_name: str = ""
    date_of_birth: str = ""
    gender: str = ""

    def as_typed(self) -> dict[str, str]:
        """Return what is known, by the declaration's field."""
        known = {
            "bhxh_code": self.bhxh_code,
            "full_name": self.full_name,
            "date_of_birth": self.date_of_birth,
            "gender": self.gender,
        }
        return {name: text for name, text in known.items() if text}


def read_code(text: str) -> str:
    """Return a BHXH code, typed as such, as the number of the health card, or as what its QR code holds."""
    first = text.split("|", 1)[0].strip()
    signs = "".join(sign for sign in first if sign.isalnum())
    if len(signs) == CARD_LENGTH and signs[:2].isalpha():
        return parse_bhyt_card(first).bhxh_code
    return parse_bhxh_code(first)


def parse(text: str) -> HealthCardText | None:
    """Return what a QR code's text says, None when it does not begin like a health card's."""
    parts = [part.strip() for part in text[:LONGEST].removesuffix("$").split("|")]
    try:
        code = read_code(parts[0])
    except DomainError:
        return None
    name = next((found for part in parts[1:] if (found := _name(part))), "")
    place, born = next(((number, day) for number, part in enumerate(parts) if number and (day := _day(part))), (0, ""))
    gender = next((GENDERS[part] for part in parts[place + 1 :] if part in GENDERS), "") if place else ""
    return HealthCardText(code, name, born, gender)


def _name(part: str) -> str:
    """Return a person's name in capitals, empty when this part is none."""
    try:
        text = bytes.fromhex(part).decode() if _HEX.fullmatch(part) else part
        return parse_full_name(unicodedata.normalize("NFC", text))
    except (DomainError, UnicodeDecodeError):
        return ""


def _day(part: str) -> str:
    """Return a date of birth as it would be typed, empty when this part is none."""
    if dense := _DENSE_DAY.fullmatch(part):
        part = "/".join(dense.groups())
    try:
        return part.replace("-", "/") if _DAY.fullmatch(part) and parse_date_of_birth(part) else ""
    except DomainError:
        return ""
