"""The two hot reads, one SELECT each, as plain tuples: a card and a contribution history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from insurance.card_tokens import Statement
from insurance.models.cards import HealthCard, card_status
from insurance.models.contributions import ContributionPeriod
from insurance.models.people import InsuredPerson
from insurance.replica import select
from insurance.rules.contributions import Span, Totals, month_number, month_states, totals
from insurance.rules.findings import Finding, Record, findings

KIND_WORDS = {int(kind): kind.name.lower() for kind in ContributionPeriod.Kind}
"""Stored number of a fund → its word in addresses and the API: bhxh, bhtn, tnld, bhyt."""
KINDS = {word: number for number, word in KIND_WORDS.items()}
STATUS_WORDS = {int(status): status.name.lower() for status in ContributionPeriod.Status}
"""Stored number of a status → its word in the API: paid, owed, settled."""

PeriodRow = tuple[int, date, date, str, str, int, int, str]
"""Kind, first month, last month (as first days), employer, occupation or "", salary in đồng, status, place of work."""


@dataclass(frozen=True, slots=True)
class CardView:
    """A card with everything that is shown beside it. `status` is as of the day it was asked for."""

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
    five_years_from: date | None
    base_salary: int | None
    revoked: bool
    status: HealthCard.Status
    renewed_to: date | None

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

_PERIODS = """
SELECT period.kind, period.from_month, period.to_month, employer.name, coalesce(occupation.title, ''),
       period.salary, period.status, employer.address
FROM insurance_contributionperiod period
JOIN insurance_employer employer ON employer.id = period.employer_id
LEFT JOIN insurance_occupation occupation ON occupation.id = period.occupation_id
WHERE period.person_id = %s
"""
_IN_ORDER = "ORDER BY period.kind, period.from_month, period.employer_id"

_VOLUNTARY = """
SELECT period.kind, period.from_month, employer.name
FROM insurance_contributionperiod period
JOIN insurance_employer employer ON employer.id = period.employer_id
WHERE period.person_id = %s AND period.voluntary
"""

_SPANS = "SELECT kind, from_month, to_month, status FROM insurance_contributionperiod WHERE person_id = %s"

_RECORDS = """
SELECT period.kind, period.from_month, period.to_month, employer.name, period.salary, period.status
FROM insurance_contributionperiod period
JOIN insurance_employer employer ON employer.id = period.employer_id
WHERE period.person_id = %s
"""


def cards_of(person_id: int, on: date) -> list[CardView]:
    """All cards of a person, the latest first, revoked ones too.

    `renewed_to` is the last day of the cards that follow without a break, if there are any.
    """
    rows = select(_CARD, {"person": person_id, "on": on})
    return [_card(row, rows, on) for row in rows]


def shown_card(cards: Sequence[CardView], on: date) -> CardView | None:
    """The card in force on a day; else the last one that ended; else the next one to come; else None."""
    good = [card for card in cards if not card.revoked]
    begun = (card for card in good if card.valid_from <= on)
    return next(begun, good[-1] if good else None)


def card_of(person_id: int, on: date) -> CardView | None:
    """The card to show on a day (`shown_card`)."""
    return shown_card(cards_of(person_id, on), on)


def _card(row: tuple[Any, ...], rows: Sequence[tuple[Any, ...]], on: date) -> CardView:
    end = row[_TO]
    for later in reversed(rows):
        if later[_FROM] == end + timedelta(days=1) and not later[_REVOKED]:
            end = later[_TO]
    status = card_status(row[_FROM], row[_TO], revoked=row[_REVOKED], on=on)
    return CardView(*(*row, status, end if end > row[_TO] else None))


def contributions_of(person_id: int, kind: int | None = None) -> list[PeriodRow]:
    """The periods of a person, of one fund or of all, by fund and then by time."""
    if kind is None:
        return select(_PERIODS + _IN_ORDER, [person_id])
    return select(_PERIODS + "AND period.kind = %s " + _IN_ORDER, [person_id, kind])


def voluntary_of(person_id: int) -> set[tuple[int, date, str]]:
    """The voluntary periods of a person: fund, first month, and the unit that collected."""
    return set(select(_VOLUNTARY, [person_id]))


def spans_by_kind(rows: Iterable[tuple[int, date, date, int]]) -> dict[int, list[Span]]:
    """Periods as month spans, sorted by fund; rows are (kind, first month, last month, status)."""
    spans: dict[int, list[Span]] = {}
    for kind, first, last, status in rows:
        spans.setdefault(kind, []).append((month_number(first), month_number(last), status))
    return spans


def records_of(rows: Iterable[PeriodRow]) -> list[Record]:
    """Periods as the rules of findings take them."""
    return [
        (kind, month_number(first), month_number(last), employer, salary, status)
        for kind, first, last, employer, _occupation, salary, status, _place in rows
    ]


def summary_of(person_id: int) -> dict[int, Totals]:
    """The totals of each fund in which the person has any period, by the fund's number."""
    spans = spans_by_kind(select(_SPANS, [person_id]))
    return {kind: totals(month_states(of_kind)) for kind, of_kind in sorted(spans.items())}


def overview_of(person: InsuredPerson) -> tuple[dict[int, Totals], list[Finding]]:
    """The totals of each fund, and what is odd in the whole history, from one SELECT."""
    rows = select(_RECORDS, [person.pk])
    records: list[Record] = [
        (kind, month_number(first), month_number(last), employer, salary, status)
        for kind, first, last, employer, salary, status in rows
    ]
    spans: dict[int, list[Span]] = {}
    for kind, first, last, _employer, _salary, status in records:
        spans.setdefault(kind, []).append((first, last, status))
    return {kind: totals(month_states(of_kind)) for kind, of_kind in sorted(spans.items())}, findings(
        records, foreign=person.foreign
    )
