"""Lương hưu: when somebody may retire, at which rate, and how much a month.

Source: Luật BHXH 41/2024/QH15 Đ64–Đ68, Đ72, Đ98–Đ100, Đ104 (retired from 1 July 2025); Luật BHXH 58/2014/QH13 Đ54,
Đ56 before;
BLLĐ 2019 Đ169 and NĐ 135/2020 (age).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from insurance.rules.contributions import month_number
from insurance.rules.estimates.counting import Paid, adjusted, benefit_years, by_month
from insurance.rules.estimates.lines import (
    Estimate,
    Line,
    Missing,
    Quantity,
    Unit,
    dong,
    floored,
    months,
    percent,
    refused,
    share,
    times,
    whole,
    years,
)

LAW_2024_FROM = date(2025, 7, 1)
TOP = Decimal(75)
FULL_AT = {"female": 30, "male": 35}
"""Years that give the top rate of 75 %."""
MEN_45_PERCENT_2014 = {2018: 16, 2019: 17, 2020: 18, 2021: 19}
"""Years a man needs for 45 % under the law of 2014, by the year he retires; 15 before, 20 after (Đ56.2)."""
OLD_AGES = {"male": 60 * 12, "female": 55 * 12}
"""Normal ages before 2021, in months."""

Ages = Mapping[int, tuple[int, int]]
"""Year → normal age of men and of women in that year, in months."""


def normal_age(gender: str, year: int, ages: Ages) -> int:
    """The normal retirement age in a year, in months; before the table the ages of the old law, after it its last
    line.
    """
    if year < min(ages):
        return OLD_AGES[gender]
    men, women = ages[min(year, max(ages))]
    return men if gender == "male" else women


def retirement_month(born: date, gender: str, ages: Ages, *, earlier: int = 0) -> int:
    """The number of the month in which the normal age is reached; a pension begins with the next (NĐ 135/2020 Đ3, Đ4).

    `earlier` lowers the age by that many months (heavy or dangerous work, hard regions).
    """
    month = month_number(born)
    for year in range(born.year + 50, born.year + 70):
        reached = month + normal_age(gender, year, ages) - earlier
        if reached // 12 <= year:
            return reached
    raise AssertionError("ages never fall behind the years")


def years_needed(retires: date) -> int:
    """Years of contributions without which there is no pension: 15 since 1 July 2025, 20 before (Đ64.1)."""
    return 15 if retires >= LAW_2024_FROM else 20


def rate(gender: str, years_paid: Decimal, retires: date) -> Decimal:
    """The rate in percent for years as they count (`counting.benefit_years`), before any cut; at most 75.

    Law of 2024 (Đ66, Đ99): women 45 for 15 years, men 45 for 20, men below 20 years 40 for 15 and 1 a year; each
    further year 2.
    Law of 2014 (Đ56): 45 for 15 years, for men more from 2018 on; each further year 2, for women 3 until 2017.
    """
    step = Decimal(2)
    if retires >= LAW_2024_FROM:
        if gender == "male" and years_paid < 20:
            return Decimal(40) + (years_paid - 15)
        least = 15 if gender == "female" else 20
    elif retires.year < 2018:
        least, step = 15, Decimal(3 if gender == "female" else 2)
    else:
        least = 15 if gender == "female" else MEN_45_PERCENT_2014.get(retires.year, 20)
    return min(Decimal(45) + step * (years_paid - least), TOP)


def early_cut(months_early: int) -> Decimal:
    """Percent taken off for retiring before the age: 2 a year, and 1 for six odd months or more (Đ66.3; Đ56.3 counts
    alike).

    The law of 2014 words the odd part by the age reached (up to six months past the birthday: 1), which is the same
    rule.
    """
    full, odd = divmod(max(months_early, 0), 12)
    return Decimal(2 * full + (1 if odd >= 6 else 0))


@dataclass(frozen=True, slots=True)
class Claim:
    """Who retires when. `months_early` before the normal age, with the months after it as `months_late`."""

    gender: str
    retires: date
    months_early: int = 0
    months_late: int = 0
    joined_before_2025_07: bool = True
    compulsory_months: int = 0


def estimate(
    periods: Iterable[Paid], coefficients: Mapping[int, Decimal], claim: Claim, *, reference: int | None
) -> Estimate:
    """The pension a month in đồng, and what is paid once at the start.

    `coefficients` is the table of the year of retirement, `reference` the reference level (mức tham chiếu) of that
    day. The
    average is that of all months at today's value, as for those who worked under salaries of the employer's choice;
    salaries by
    the state's own scale are averaged over their last years and are not reckoned here.
    """
    paid = by_month(periods)
    if len(paid) < years_needed(claim.retires) * 12:
        return Estimate(notes=(_("There is no pension yet: too few years of contributions."),))
    total, missing = adjusted(paid, coefficients)
    if reference is None:
        missing.append(Missing(_("reference level"), claim.retires.year))
    if missing or reference is None:
        return refused(missing)
    average = total / len(paid)
    counted = benefit_years(len(paid))
    base_rate, cut = rate(claim.gender, counted, claim.retires), early_cut(claim.months_early)
    law = "Luật BHXH 41/2024/QH15, Điều 66" if claim.retires >= LAW_2024_FROM else "Luật BHXH 58/2014/QH13, Điều 56"
    monthly = share(average, base_rate - cut)
    lines = [
        Line(
            _("Average salary a month, at today's value"),
            dong(floored(average)),
            "Luật BHXH 41/2024/QH15, Điều 72",
            (dong(floored(total)), months(len(paid))),
            operator="÷",
        ),
        Line(_("Rate for the years paid"), percent(base_rate), law, (years(counted),)),
    ]
    if cut:
        lines.append(
            Line(_("Cut for retiring early"), Quantity(-cut, Unit.PERCENT), law, (months(claim.months_early),))
        )
    lines.append(
        Line(_("Pension a month"), dong(whole(monthly)), law, (percent(base_rate - cut), dong(floored(average))))
    )
    if has_floor(claim) and monthly < reference:
        monthly = Decimal(reference)
        lines.append(Line(_("Raised to the reference level"), dong(reference), "Luật BHXH 41/2024/QH15, Điều 141"))
    lines += _once(average, counted, claim)
    return Estimate(tuple(lines), whole(monthly))


def has_floor(claim: Claim) -> bool:
    """Who gets at least the reference level: 20 compulsory years, joined before 1 July 2025 (Đ141)."""
    return claim.joined_before_2025_07 and claim.compulsory_months >= 20 * 12


def _once(average: Decimal, counted: Decimal, claim: Claim) -> list[Line]:
    """Paid once for years above those of the top rate: half a month each, two months each for years past the age
    (Đ68).
    """
    above = counted - FULL_AT[claim.gender]
    if above <= 0:
        return []
    late = min(benefit_years(claim.months_late), above) if claim.retires >= LAW_2024_FROM else Decimal(0)
    lines = []
    for count, each in ((above - late, Decimal("0.5")), (late, Decimal(2))):
        if count > 0:
            lines.append(
                Line(
                    _("Paid once for years above the top rate"),
                    dong(whole(each * count * average)),
                    "Luật BHXH 41/2024/QH15, Điều 68",
                    (times(each), years(count), dong(floored(average))),
                )
            )
    return lines


def raised_in_july_2026(monthly: int, *, retired_before_1995: bool) -> int:
    """What a pension of June 2026 is from July 2026, in đồng: 8 % more; those of before 1995 at least 300,000 or up
    to 3.8 million.

    Source: NĐ 162/2026/NĐ-CP Đ2.
    """
    raised = whole(share(monthly, 108))
    if not retired_before_1995 or raised >= 3_800_000:
        return raised
    return raised + 300_000 if raised <= 3_500_000 else 3_800_000


def raise_2026(monthly: int, *, retired_before_1995: bool) -> Estimate:
    """The raise of July 2026 as lines."""
    law = "NĐ 162/2026/NĐ-CP, Điều 2"
    raised = raised_in_july_2026(monthly, retired_before_1995=retired_before_1995)
    plain = whole(share(monthly, 108))
    lines = [Line(_("Raised by 8 percent"), dong(plain), law, (percent(108), dong(monthly)))]
    if raised != plain:
        lines.append(Line(_("Raised further, for those retired before 1995"), dong(raised - plain), law))
    return Estimate(tuple(lines), raised)
