"""The lines of an estimate: what × what = how much, because of which law."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.utils.functional import Promise


class Unit(StrEnum):
    """What a number counts; the page writes it in its reader's language."""

    DONG = "dong"
    PERCENT = "percent"
    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit. Percent are written as percent: 4.5 is 4,5 %."""

    value: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class Line:
    """One step: `what` is found from `terms`, joined by `operator`, and gives `result`; `law` says why."""

    what: str | Promise
    result: Quantity
    law: str
    terms: tuple[Quantity, ...] = ()
    operator: str = "×"
    because: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that no table holds, so that the estimate cannot be made; `year` says of which year, 0 of any."""

    what: str | Promise
    year: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """The answer: the lines in their order, the sum in đồng (none while something is missing), notes to read with
    it.
    """

    lines: tuple[Line, ...] = ()
    total: int | None = None
    missing: tuple[Missing, ...] = ()
    notes: tuple[str | Promise, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return not self.missing


def dong(amount: Decimal | int) -> Quantity:
    return Quantity(Decimal(amount), Unit.DONG)


def percent(value: Decimal | int | str) -> Quantity:
    return Quantity(Decimal(value), Unit.PERCENT)


def months(value: Decimal | int) -> Quantity:
    return Quantity(Decimal(value), Unit.MONTHS)


def years(value: Decimal | int) -> Quantity:
    return Quantity(Decimal(value), Unit.YEARS)


def days(value: Decimal | int) -> Quantity:
    return Quantity(Decimal(value), Unit.DAYS)


def times(value: Decimal | int | str) -> Quantity:
    return Quantity(Decimal(value), Unit.TIMES)


def whole(amount: Decimal) -> int:
    """An amount in whole đồng, halves upwards. Only results are rounded, never what they are made from."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def floored(amount: Decimal) -> int:
    """An amount in whole đồng, the rest dropped."""
    return int(amount.quantize(Decimal(1), ROUND_FLOOR))


def share(amount: Decimal | int, rate: Decimal | int | str) -> Decimal:
    """`rate` percent of an amount, unrounded."""
    return Decimal(amount) * Decimal(rate) / 100


def refused(missing: Sequence[Missing], lines: Sequence[Line] = ()) -> Estimate:
    """An estimate that could not be made, with the lines found so far."""
    return Estimate(lines=tuple(lines), missing=tuple(dict.fromkeys(missing)))
