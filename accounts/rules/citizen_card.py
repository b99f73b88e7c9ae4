"""The QR code on the front of a citizen identity card, held against a declaration (domain.md §4, layout of the card).

`number|former CMND|full name|ddmmyyyy|gender|address|ddmmyyyy of issue`; cards of 2024 add fields behind these.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rules.comparison import Birth, Verdict, compare_addresses, compare_births, compare_codes, compare_names

GENDERS = {"nam": "male", "nữ": "female"}
GENDER_WORDS = {"male": _("Male"), "female": _("Female")}
LEAST_PARTS = 7
LONGEST_PART = 250
_DAY = re.compile(r"(\d\d)(\d\d)(\d{4})", re.ASCII)
_NUMBER = re.compile(r"\d{12}", re.ASCII)
_OLD_NUMBER = re.compile(r"(\d{9})?", re.ASCII)


@dataclass(frozen=True)
class CardFacts:
    """What a card says of its holder. `old_id_number` is empty without one; `issued_on` None when unreadable."""

    id_number: str
    old_id_number: str
    full_name: str
    date_of_birth: date
    gender: str
    address: str
    issued_on: date | None


class Declared(Protocol):
    """The parts of a registration dossier that are compared."""

    qr_facts: str | None
    id_type: str
    id_number: str | None
    old_id_number: str | None
    full_name: str
    date_of_birth: date
    birth_year_only: bool
    gender: str
    address: str


@dataclass(frozen=True)
class CardLine:
    """One field: as it was declared and as the card says, in words for the page."""

    field: str
    label: str | Promise
    declared: str | Promise
    card: str | Promise
    verdict: Verdict

    @property
    def stands_out(self) -> bool:
        """Whether citizen and officer should look twice."""
        return self.verdict in (Verdict.DIFFERS, Verdict.NEARLY)


def parse(text: str) -> CardFacts | None:
    """Return what a QR code's text says, None when it is not a citizen card's."""
    parts = [unicodedata.normalize("NFC", part).strip() for part in text.split("|")]
    if len(parts) < LEAST_PARTS or any(len(part) > LONGEST_PART or not part.isprintable() for part in parts):
        return None
    number, old, name, born, gender, address, issued = parts[:LEAST_PARTS]
    day = _day(born)
    if not (_NUMBER.fullmatch(number) and _OLD_NUMBER.fullmatch(old) and name and day) or gender.lower() not in GENDERS:
        return None
    return CardFacts(number, old, name, day, GENDERS[gender.lower()], address, _day(issued))


def dumps(facts: CardFacts) -> str:
    """Return the facts as the text that a dossier keeps."""
    return json.dumps(asdict(facts), ensure_ascii=False, default=date.isoformat)


def loads(text: str | None) -> CardFacts | None:
    """Return the facts of a dossier's `qr_facts`, None when there are none."""
    if not text:
        return None
    kept = json.loads(text)
    issued = kept["issued_on"]
    return CardFacts(
        **{
            **kept,
            "date_of_birth": date.fromisoformat(kept["date_of_birth"]),
            "issued_on": date.fromisoformat(issued) if issued else None,
        }
    )


def lines(dossier: Declared) -> list[CardLine]:
    """Return card and declaration field by field; nothing when no QR code was read.

    Cards name places as they were when issued, so an address that is another one says nothing.
    """
    card = loads(dossier.qr_facts)
    if card is None:
        return []
    declared_number = dossier.id_number if dossier.id_type == "cccd" else None
    address = compare_addresses(dossier.address, card.address)
    old = dossier.old_id_number or ""
    return [
        CardLine(
            "id_number",
            _("Identity number"),
            dossier.id_number or "",
            card.id_number,
            compare_codes(declared_number, card.id_number),
        ),
        CardLine(
            "old_id_number",
            _("Former identity number (CMND)"),
            old,
            card.old_id_number,
            compare_codes(old, card.old_id_number),
        ),
        CardLine(
            "full_name",
            _("Full name"),
            dossier.full_name,
            card.full_name,
            compare_names(dossier.full_name, card.full_name),
        ),
        CardLine(
            "date_of_birth", _("Date of birth"), _birth(dossier), f"{card.date_of_birth:%d/%m/%Y}", _born(dossier, card)
        ),
        CardLine(
            "gender",
            _("Sex"),
            GENDER_WORDS[dossier.gender],
            GENDER_WORDS[card.gender],
            compare_codes(dossier.gender, card.gender),
        ),
        CardLine(
            "address",
            _("Address"),
            dossier.address,
            card.address,
            Verdict.UNKNOWN if address in (Verdict.DIFFERS, Verdict.NEARLY) else address,
        ),
    ]


def differs(dossier: Declared) -> bool:
    """Tell whether the card contradicts the declaration in any field."""
    return any(line.verdict == Verdict.DIFFERS for line in lines(dossier))


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if not found:
        return None
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _birth(dossier: Declared) -> str:
    born = dossier.date_of_birth
    return str(born.year) if dossier.birth_year_only else f"{born:%d/%m/%Y}"


def _born(dossier: Declared, card: CardFacts) -> Verdict:
    """A year alone, on either side, is enough where the other's year is the same; the card has the whole date."""
    return compare_births(Birth(dossier.date_of_birth, dossier.birth_year_only), Birth(card.date_of_birth, False))
