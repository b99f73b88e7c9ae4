"""Thai sản: leave and pay at a birth, for mothers and fathers.

Source: Luật BHXH 41/2024/QH15 Đ50–Đ60, Luật Dân số 113/2025/QH15 and NĐ 168/2026 (second child from 1 July 2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from insurance.rules.contributions import month_number
from insurance.rules.estimates.counting import average_of_last
from insurance.rules.estimates.lines import (
    Estimate,
    Line,
    Missing,
    days,
    dong,
    floored,
    months,
    percent,
    refused,
    share,
    times,
    whole,
)

SECOND_CHILD_FROM = date(2026, 7, 1)
DAYS_A_MONTH = 24
VOLUNTARY_GRANT = 2_000_000
"""Paid to voluntary members for each child born since 1 July 2025, in đồng (Đ95)."""
LAW_2024_FROM = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth: its day, how many children, whether it is the mother's second, whether by operation or before week
    32.
    """

    on: date
    children: int = 1
    second: bool = False
    operation: bool = False


def leave_months(birth: Birth) -> int:
    """Months of leave of a mother: six, seven for a second child since 1 July 2026, one more for each further child."""
    base = 7 if birth.second and birth.on >= SECOND_CHILD_FROM else 6
    return base + birth.children - 1


def entitled(
    paid_months: Mapping[int, int], birth: Birth, *, complications: bool = False, infertility: bool = False
) -> bool:
    """Tell whether enough was paid before the birth (Đ50.2, Đ50.3): 6 months of the last 12.

    With prescribed rest 3 of the last 12 suffice when 12 were paid in all; after infertility treatment 6 of the last
    24.
    """
    born = month_number(birth.on)
    window = 24 if infertility else 12
    recent = sum(born - window <= month < born for month in paid_months)
    if complications and recent >= 3 and len(paid_months) >= 12:
        return True
    return recent >= 6


def mother(salaries: Mapping[int, int], birth: Birth, *, reference: int | None) -> Estimate:
    """Pay during leave and the grant at birth, in đồng.

    `salaries` maps month numbers to the salary contributions were paid on; `reference` is the reference level of the
    month of
    birth.
    """
    before = {month: salary for month, salary in salaries.items() if month < month_number(birth.on)}
    if reference is None:
        return refused([Missing(_("reference level"), birth.on.year)])
    if not entitled(before, birth):
        return Estimate(notes=(_("Six of the twelve months before the birth must be paid."),))
    average = average_of_last(before)
    leave = leave_months(birth)
    pay = whole(average * leave)
    grant = 2 * reference * birth.children
    lines = (
        Line(_("Average salary of the last six months"), dong(floored(average)), "Luật BHXH 41/2024/QH15, Điều 59"),
        Line(
            _("Pay during leave"),
            dong(pay),
            "Luật BHXH 41/2024/QH15, Điều 53, Điều 59",
            (months(leave), dong(floored(average))),
        ),
        Line(
            _("Grant at birth"),
            dong(grant),
            "Luật BHXH 41/2024/QH15, Điều 58",
            (times(2), dong(reference), times(birth.children)),
        ),
    )
    return Estimate(lines, pay + grant)


def father_days(birth: Birth) -> int:
    """Working days of leave of a father, taken within 60 days of the birth (Đ53.2)."""
    if birth.children >= 2:
        base = 14 if birth.operation else 10
        return base + 3 * (birth.children - 2)
    if birth.second and birth.on >= SECOND_CHILD_FROM:
        return 10
    return 7 if birth.operation else 5


def father(
    salaries: Mapping[int, int],
    birth: Birth,
    *,
    days_taken: int | None = None,
    mother_insured: bool,
    reference: int | None,
) -> Estimate:
    """Pay during a father's leave; where the mother is not insured he gets the grant at birth."""
    before = {month: salary for month, salary in salaries.items() if month < month_number(birth.on)}
    if not mother_insured and reference is None:
        return refused([Missing(_("reference level"), birth.on.year)])
    average = average_of_last(before)
    taken = father_days(birth) if days_taken is None else min(days_taken, father_days(birth))
    pay = whole(average / DAYS_A_MONTH * taken)
    lines = [
        Line(
            _("Pay during leave"),
            dong(pay),
            "Luật BHXH 41/2024/QH15, Điều 53, Điều 59",
            (dong(whole(average / DAYS_A_MONTH)), days(taken)),
        )
    ]
    grant = 0
    if not mother_insured and reference is not None and entitled(before, birth):
        grant = 2 * reference * birth.children
        lines.append(
            Line(
                _("Grant at birth"),
                dong(grant),
                "Luật BHXH 41/2024/QH15, Điều 58",
                (times(2), dong(reference), times(birth.children)),
            )
        )
    return Estimate(tuple(lines), pay + grant)


def voluntary(paid_months: Mapping[int, int], birth: Birth) -> Estimate:
    """The grant of the voluntary scheme: two million đồng a child when 6 of the last 12 months were paid (Đ94, Đ95)."""
    if birth.on < LAW_2024_FROM:
        return Estimate(notes=(_("This grant exists for births since 1 July 2025."),))
    if not entitled(paid_months, birth):
        return Estimate(notes=(_("Six of the twelve months before the birth must be paid."),))
    grant = VOLUNTARY_GRANT * birth.children
    law = "Luật BHXH 41/2024/QH15, Điều 95"
    return Estimate(
        (Line(_("Grant at birth"), dong(grant), law, (dong(VOLUNTARY_GRANT), times(birth.children))),), grant
    )


def recovery_a_day(reference: int) -> Decimal:
    """Pay for a day of recovery after a birth or an illness: 30 % of the reference level (Đ46, Đ60)."""
    return share(reference, 30)


def recovery(reference: int | None, count: int, *, most: int) -> Estimate:
    """Days of recovery, at most `most` of them (5, 7 or 10 by cause)."""
    if reference is None:
        return refused([Missing(_("reference level"))])
    taken = min(count, most)
    amount = whole(recovery_a_day(reference) * taken)
    law = "Luật BHXH 41/2024/QH15, Điều 46, Điều 60"
    line = Line(_("Recovery"), dong(amount), law, (percent(30), dong(reference), days(taken)))
    notes = () if taken == count else (_("The days above the year's limit are not paid."),)
    return Estimate((line,), amount, notes=notes)
