"""Trợ cấp thất nghiệp: monthly amount, number of months, what is kept for later.

Source: Luật Việc làm 74/2025/QH15 Đ38, Đ39 (from 1 January 2026), Luật Việc làm 38/2013/QH13 Đ49, Đ50 before; NĐ
28/2015.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from insurance.rules.contributions import month_number
from insurance.rules.estimates.counting import average_of_last
from insurance.rules.estimates.lines import (
    Estimate,
    Line,
    Missing,
    dong,
    floored,
    months,
    percent,
    refused,
    share,
    times,
    whole,
)

LAW_2025_FROM = date(2026, 1, 1)
RATE = 60
LEAST, MOST = 3, 12


def months_granted(paid_months: int) -> int:
    """Months of benefit: 3 for 12 to 36 paid months, one more for each further 12, at most 12; none below 12."""
    if paid_months < 12:
        return 0
    return min(max(LEAST + (paid_months - 36) // 12, LEAST), MOST)


def months_preserved(paid_months: int, *, granted: int, received: int, at: date) -> int:
    """Paid months that count again later, when benefits end early or are used up.

    Law of 2013: each month received uses up twelve; odd months above 36 stay. Law of 2025: only what was granted and
    not
    received stays, twelve months each.
    """
    if at >= LAW_2025_FROM:
        return max(min(granted, months_granted(paid_months)) - received, 0) * 12
    return max(paid_months - 12 * received, 0)


def benefit_months(start: date, count: int) -> list[tuple[date, date]]:
    """The first and last day of each month of benefit, counted from the day benefits begin."""
    starts = [_same_day(start, step) for step in range(count + 1)]
    return [(first, after - timedelta(days=1)) for first, after in pairwise(starts)]


def _same_day(start: date, step: int) -> date:
    """The same day `step` months later, the month's last day where it has none."""
    month = month_number(start) + step
    year, index = divmod(month, 12)
    last = (date(year + (index == 11), (index + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, index + 1, min(start.day, last))


def entitled(paid: Mapping[int, int], ended: date, *, seasonal: bool = False) -> bool:
    """Tell whether 12 of the 24 months before the end of work were paid; of 36 for contracts of less than 12 months
    (Đ38).
    """
    end, window = month_number(ended), 36 if seasonal else 24
    return sum(end - window <= month <= end for month in paid) >= 12


def base(salary: int, minimum_wage: int) -> int:
    """The salary contributions are paid on: at most 20 times the regional minimum wage of the place of work, đồng."""
    return min(salary, 20 * minimum_wage)


def estimate(
    salaries: Mapping[int, int],
    ended: date,
    *,
    minimum_wage: int | None,
    state_salary: int | None = None,
    seasonal: bool = False,
    received: int | None = None,
) -> Estimate:
    """The benefit a month, and all of it; with months `received` before it ended early, what is kept for later.

    `salaries` maps paid month numbers to the salary; `minimum_wage` is that of the region in the last month paid.
    `state_salary` is the base salary for those paid by the state's scale under the law of 2013 (cap of 5 times it).
    """
    months_paid = len(salaries)
    if not entitled(salaries, ended, seasonal=seasonal):
        return Estimate(notes=(_("Twelve months must be paid within the 24 months before the work ended."),))
    cap_of = state_salary if state_salary is not None and ended < LAW_2025_FROM else minimum_wage
    if cap_of is None:
        return refused([Missing(_("regional minimum wage"), ended.year)])
    average = average_of_last(salaries)
    plain, cap = share(average, RATE), 5 * cap_of
    monthly, granted = whole(min(plain, Decimal(cap))), months_granted(months_paid)
    law = "Luật Việc làm 74/2025/QH15, Điều 39" if ended >= LAW_2025_FROM else "Luật Việc làm 38/2013/QH13, Điều 50"
    lines = [
        Line(_("Average salary of the last six months paid"), dong(floored(average)), law),
        Line(_("Benefit a month"), dong(whole(plain)), law, (percent(RATE), dong(floored(average)))),
    ]
    if plain > cap:
        lines.append(Line(_("At most five times the minimum wage"), dong(cap), law, (times(5), dong(cap_of))))
    lines.append(
        Line(
            _("Months of benefit"),
            months(granted),
            law,
            (months(months_paid),),
            because=_("Three for the first 36 months paid, one more for each further twelve, at most twelve."),
        )
    )
    lines.append(Line(_("All months together"), dong(monthly * granted), law, (dong(monthly), months(granted))))
    if received is not None:
        kept = months_preserved(months_paid, granted=granted, received=received, at=ended)
        words = _("Twelve paid months for each month of benefit that was granted and not received.")
        act = law.partition(",")[0]
        lines.append(Line(_("Paid months kept for later"), months(kept), act, because=words))
    return Estimate(tuple(lines), monthly * granted)
