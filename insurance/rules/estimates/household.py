"""BHYT hộ gia đình: what a household pays for its health insurance.

Source: Luật BHYT (as amended 2024) Đ13, Đ15; NĐ 188/2025. 4.5 % of the base salary a month for the first member, then
70, 60, 50 %
of that, and 40 % from the fifth on.
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from insurance.rules.estimates.lines import Estimate, Line, Missing, dong, months, percent, refused, share, whole

RATE = Decimal("4.5")
STEPS = (100, 70, 60, 50)
LAST_STEP = 40
TERMS = (3, 6, 12)
"""How many months may be paid at once."""
LAW = "NĐ 188/2025/NĐ-CP; Luật BHYT, Điều 13"


def member_percent(position: int) -> int:
    """What the member at a position (from 0, in order of joining within the year) pays, in percent of the first
    one's.
    """
    return STEPS[position] if position < len(STEPS) else LAST_STEP


def monthly(base_salary: int, position: int) -> int:
    """What the member at a position pays a month, in đồng."""
    return whole(share(share(base_salary, RATE), member_percent(position)))


def estimate(members: int, months_: int, *, base_salary: int | None, already: int = 0) -> Estimate:
    """What `members` persons pay for `months_` months; `already` members of the household joined earlier this year."""
    if base_salary is None:
        return refused([Missing(_("base salary"))])
    lines, total = [], 0
    first = monthly(base_salary, 0)
    for position in range(already, already + members):
        amount = monthly(base_salary, position) * months_
        total += amount
        terms = (dong(first), percent(member_percent(position)), months(months_))
        lines.append(Line(_("Member %(number)d") % {"number": position + 1}, dong(amount), LAW, terms))
    return Estimate(tuple(lines), total)
