"""The read of what somebody received: one SELECT, plain tuples."""

from datetime import date
from typing import Any, NamedTuple

from insurance.models.benefits import Benefit
from insurance.replica import select

BENEFIT_WORDS = {int(kind): kind.name.lower() for kind in Benefit.Kind}
"""Stored number of a kind of benefit → its word in addresses, imports and the API: lump_sum, short_term, …"""


class BenefitRow(NamedTuple):
    """A benefit; amounts in đồng, `account` only its last four signs, `adjustments` by time (monthly ones only)."""

    id: int
    kind: int
    number: str
    decided_on: date
    regime: str
    from_date: date | None
    to_date: date | None
    amount: int
    monthly: bool
    months: int | None
    reserved_months: int | None
    capacity_loss: int | None
    payer: str
    place: str
    method: str
    bank: str
    account: str
    status: str
    adjustments: list[tuple[date, int, str]]


_BENEFITS = """
SELECT benefit.id, kind, number, decided_on, regime, from_date, to_date, amount, monthly, months, reserved_months,
       capacity_loss, payer, place, method, bank, account, status,
       CASE WHEN kind = 4 THEN (
           SELECT json_agg(json_build_array(from_date, amount, legal_basis) ORDER BY from_date)
           FROM insurance_benefitadjustment WHERE benefit_id = benefit.id
       ) END
FROM insurance_benefit benefit
WHERE person_id = %s
ORDER BY kind, coalesce(from_date, decided_on) DESC, number
"""
_SEALED = Benefit._meta.get_field("account")


def benefits_of(person_id: int) -> list[BenefitRow]:
    """Everything a person received or receives, by kind and then the latest first."""
    rows = select(_BENEFITS, [person_id])
    return [_benefit(row) for row in rows]


def _benefit(row: tuple[Any, ...]) -> BenefitRow:
    *told, account, status, changed = row
    adjustments = [(date.fromisoformat(day), amount, basis) for day, amount, basis in changed or ()]
    return BenefitRow._make([*told, _SEALED.open(account)[-4:] if account else "", status, adjustments])
