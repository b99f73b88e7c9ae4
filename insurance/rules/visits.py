"""Who paid for care, and how far the co-payments of a year have come. Amounts are in đồng."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Split:
    """What the health insurance fund, other sources, and the patient (share, and outside the scope) paid."""

    fund: int = 0
    other: int = 0
    copayment: int = 0
    self_paid: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.fund + self.other + self.copayment + self.self_paid

    @property
    def own(self) -> int:
        """What the patient paid."""
        return self.copayment + self.self_paid

    def __add__(self, other: "Split") -> "Split":
        return Split(
            self.fund + other.fund,
            self.other + other.other,
            self.copayment + other.copayment,
            self.self_paid + other.self_paid,
        )


def shares(split: Split, width: int) -> tuple[int, ...]:
    """The four parts in units of a bar: whole numbers that fill `width`, each part that is not 0 at least one unit."""
    parts = (split.fund, split.other, split.copayment, split.self_paid)
    if not split.total:
        return (0, 0, 0, 0)
    units = [max(part * width // split.total, 1 if part else 0) for part in parts]
    units[units.index(max(units))] += width - sum(units)
    return tuple(units)


def counted_copayment(visits: Iterable[tuple[int, bool, int]], year: int) -> int:
    """Co-payments of a calendar year that count towards the ceiling: those at the right level of care.

    Luật BHYT Đ22.1.d. Visits are (year of payment, right level, co-payment).
    """
    return sum(copayment for paid, right, copayment in visits if right and paid == year)
