"""What an employee pays a month, and on which part of the salary.

Source: Luật BHXH 41/2024/QH15 Đ31.1 (between the reference level and 20 times it), Luật BHYT Đ14, Luật Việc làm 2025
Đ34.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from insurance.rules.estimates.lines import Estimate, Line, Missing, dong, percent, refused, share, whole

PENSION, HEALTH, UNEMPLOYMENT = Decimal(8), Decimal("1.5"), Decimal(1)
"""The employee's rates in percent."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """Bases and amounts a month, in đồng."""

    bhxh_base: int
    bhtn_base: int
    bhxh: int
    bhyt: int
    bhtn: int


def employee(salary: int, *, reference: int, minimum_wage: int) -> Contribution:
    """The employee's part: BHXH and BHYT on at most 20 reference levels, BHTN on at most 20 regional minimum wages."""
    bhxh_base = min(max(salary, reference), 20 * reference)
    bhtn_base = min(salary, 20 * minimum_wage)
    return Contribution(
        bhxh_base,
        bhtn_base,
        bhxh=whole(share(bhxh_base, PENSION)),
        bhyt=whole(share(bhxh_base, HEALTH)),
        bhtn=whole(share(bhtn_base, UNEMPLOYMENT)),
    )


def estimate(salary: int, *, reference: int | None, minimum_wage: int | None) -> Estimate:
    """The employee's part as lines, in đồng a month."""
    if reference is None or minimum_wage is None:
        return refused(
            [
                *([Missing(_("reference level"))] if reference is None else []),
                *([Missing(_("regional minimum wage"))] if minimum_wage is None else []),
            ]
        )
    found = employee(salary, reference=reference, minimum_wage=minimum_wage)
    act = "Luật Việc làm 74/2025/QH15, Điều 34"
    lines = (
        Line("BHXH", dong(found.bhxh), "Luật BHXH 41/2024/QH15, Điều 33", (percent(PENSION), dong(found.bhxh_base))),
        Line("BHYT", dong(found.bhyt), "Luật BHYT, Điều 13, Điều 14", (percent(HEALTH), dong(found.bhxh_base))),
        Line("BHTN", dong(found.bhtn), act, (percent(UNEMPLOYMENT), dong(found.bhtn_base))),
    )
    return Estimate(lines, found.bhxh + found.bhyt + found.bhtn)
