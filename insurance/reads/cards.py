"""The read of a person's BHYT cards, one SELECT, with everything that is shown beside a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from insurance.card_tokens import Statement
from insurance.models.cards import HealthCard, card_status
from insurance.models.people import InsuredPerson
from insurance.replica import select
from insurance.rules.cards import Counter, Stretch, five_years


@dataclass(frozen=True, slots=True)
class CardView:
    """A card with everything that is shown beside it. `status` is as of the day it was asked for.

    `held`: the days on which the person had any card, up to those that had begun by then.
    """

    pk: int
    number: str
    object_code: str
    object_name: str
    level: int
    pays_percent: int | None
    province_code: str
    province_name: str
    valid_from: date
    valid_to: date
    facility_code: str
    facility_name: str
    five_years_recorded: date | None
    base_salary: int | None
    revoked: bool
    status: HealthCard.Status
    renewed_to: date | None
    held: tuple[Stretch, ...]

    @property
    def counter(self) -> Counter | None:
        """The five continuous years as of that day, counted over all the person's cards; None before the first."""
        return five_years(self.five_years_recorded, self.held)

    @property
    def five_years_from(self) -> date | None:
        """The day on which they are full: the record's, unless a long break since began the count anew."""
        counter = self.counter
        return counter.full_on if counter else self.five_years_recorded

    @property
    def usable(self) -> bool:
        """Whether the card holds on that day."""
        return self.status in {HealthCard.Status.VALID, HealthCard.Status.EXPIRING}

    def says_of(self, person: InsuredPerson) -> Statement:
        """Return what the card's code says: enough to compare with the patient's papers."""
        return Statement(
            card=self.pk,
            number=self.number,
            holder=person.full_name,
            birth_year=person.date_of_birth.year,
            facility=self.facility_code,
            valid_to=self.valid_to,
        )


_CARD = """
SELECT card.id, card.number, card.object_code, coalesce(object.name, ''), card.level, benefit.pays_percent,
       card.province_code, coalesce(issuer.name, ''), card.valid_from, card.valid_to,
       facility.code, facility.name, card.five_years_from,
       (SELECT amount FROM insurance_basesalary WHERE from_date <= %(on)s ORDER BY from_date DESC LIMIT 1),
       card.revoked_at IS NOT NULL
FROM insurance_healthcard card
JOIN insurance_facility facility ON facility.code = card.facility_id
LEFT JOIN insurance_cardobject object ON object.code = card.object_code
LEFT JOIN insurance_benefitlevel benefit ON benefit.level = card.level
LEFT JOIN insurance_formerprovince issuer ON issuer.code2 = card.province_code
WHERE card.person_id = %(person)s
ORDER BY card.valid_from DESC, card.id DESC
"""

_FROM, _TO, _REVOKED = 8, 9, 14


def cards_of(person_id: int, on: date) -> list[CardView]:
    """All cards of a person, the latest first, revoked ones too.

    `renewed_to` is the last day of the cards that follow without a break, if there are any.
    """
    rows = select(_CARD, {"person": person_id, "on": on})
    # A revoked card was followed by another, unless nothing followed.
    held = tuple((row[_FROM], row[_TO]) for row in rows if not row[_REVOKED] and row[_FROM] <= on)
    return [_card(row, rows, on, held) for row in rows]


def shown_card(cards: Sequence[CardView], on: date) -> CardView | None:
    """The card in force on a day; else the last one that ended; else the next one to come; else None."""
    good = [card for card in cards if not card.revoked]
    begun = (card for card in good if card.valid_from <= on)
    return next(begun, good[-1] if good else None)


def card_of(person_id: int, on: date) -> CardView | None:
    """The card to show on a day (`shown_card`)."""
    return shown_card(cards_of(person_id, on), on)


def _card(row: tuple[Any, ...], rows: Sequence[tuple[Any, ...]], on: date, held: tuple[Stretch, ...]) -> CardView:
    end = row[_TO]
    for later in reversed(rows):
        if later[_FROM] == end + timedelta(days=1) and not later[_REVOKED]:
            end = later[_TO]
    status = card_status(row[_FROM], row[_TO], revoked=row[_REVOKED], on=on)
    return CardView(*(*row, status, end if end > row[_TO] else None, held))
