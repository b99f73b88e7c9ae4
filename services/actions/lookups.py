"""Looking up one's own code and the validity of a card, without a login: answered to who knows everything, and written.

Nothing is told about what did not agree, and the same is asked of the database whether somebody exists or not.
"""

from datetime import date, datetime

from insurance.models import InsuredPerson
from insurance.reads.cards import CardView, cards_of, shown_card
from insurance.rules.words import words_of
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.identifiers import BirthDate

CODE_DIGITS = 10


def find_code(*, citizen_id: str, full_name: str, birth: BirthDate, province: str, at: datetime) -> str | None:
    """Return the BHXH code of the person with this personal number, when name, birth and province agree; else None.

    A record without a place of residence agrees with every province. The reading is written for its person to see.
    """
    person = InsuredPerson.objects.with_citizen_id(citizen_id).select_related("ward").first()
    lives = person.ward.province_id if person is not None and person.ward is not None else province
    if person is None or lives != province or not _is(person, full_name, birth):
        return None
    _note(person, "code_lookup", at)
    return person.bhxh_code


def find_card(
    *, number: str, full_name: str, birth: BirthDate, on: date, at: datetime
) -> tuple[InsuredPerson, CardView] | None:
    """Return holder and card for 15 signs, or for the 10 digits at their end the card in force, else the last.

    None unless name and birth agree. The reading is written for its person to see.
    """
    person = InsuredPerson.objects.with_code(number[-CODE_DIGITS:]).first()
    cards = cards_of(person.pk if person is not None else 0, on)
    if len(number) > CODE_DIGITS:
        cards = [card for card in cards if card.number == number]
    card = shown_card(cards, on)
    if person is None or card is None or not _is(person, full_name, birth):
        return None
    _note(person, "card_lookup", at)
    return person, card


def _is(person: InsuredPerson, full_name: str, birth: BirthDate) -> bool:
    """Whether name (but for accents) and birth are those of the record; where it knows the year alone, that is it."""
    if words_of(person.full_name) != words_of(full_name):
        return False
    if person.birth_year_only:
        return person.date_of_birth.year == birth.date.year
    return not birth.year_only and person.date_of_birth == birth.date


def _note(person: InsuredPerson, purpose: str, at: datetime) -> None:
    record(Event.RECORD_VIEWED, actor="anonymous", subject=f"person:{person.pk}", at=at, purpose=purpose)
