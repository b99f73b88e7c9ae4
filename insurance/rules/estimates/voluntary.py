"""BHXH tự nguyện: the contribution and the state's share.

Source: Luật BHXH 41/2024/QH15 Đ31.2, Đ36; NĐ 159/2025/NĐ-CP Đ5 to Đ7 (from 1 July 2025); NĐ 134/2015/NĐ-CP Đ14 before.
"""

from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from insurance.rules.estimates.lines import Estimate, Line, Missing, dong, months, percent, refused, share, whole

RATE = 22
SUPPORT_MONTHS = 120
TERMS = (1, 3, 6, 12)
LAW_2024_FROM = date(2025, 7, 1)
SUPPORT_FROM = date(2018, 1, 1)
LAW = "Luật BHXH 41/2024/QH15, Điều 36"


class Group(StrEnum):
    """Whom the state supports by how much."""

    POOR = "poor"
    NEAR_POOR = "near_poor"
    MINORITY = "minority"
    OTHER = "other"


SUPPORT = {Group.POOR: 50, Group.NEAR_POOR: 40, Group.MINORITY: 30, Group.OTHER: 20}
SUPPORT_BEFORE = {Group.POOR: 30, Group.NEAR_POOR: 25, Group.MINORITY: 10, Group.OTHER: 10}


def poverty_line(at: date) -> int:
    """The rural poverty line in đồng a month: the lowest income one may choose (NĐ 07/2021; 700,000 until 2021)."""
    return 1_500_000 if at >= date(2022, 1, 1) else 700_000


def support_percent(group: Group, at: date) -> int:
    """The state's share in percent of 22 % of the poverty line; none before 2018. Poor households include island
    communes.
    """
    if at < SUPPORT_FROM:
        return 0
    return (SUPPORT if at >= LAW_2024_FROM else SUPPORT_BEFORE)[group]


def most_income(reference: int) -> int:
    """The highest income one may choose: 20 times the reference level."""
    return 20 * reference


def support_a_month(group: Group, at: date) -> int:
    """What the state pays a month, in đồng."""
    return whole(share(share(poverty_line(at), RATE), support_percent(group, at)))


def estimate(
    income: int, count: int, group: Group, *, at: date, reference: int | None, supported_before: int = 0
) -> Estimate:
    """What somebody pays for `count` months on a chosen income, in đồng.

    `supported_before` are months the state has already helped with; it does so for 120 months in all, since July 2025.
    """
    if reference is None:
        return refused([Missing(_("reference level"), at.year)])
    low, high = poverty_line(at), most_income(reference)
    if not low <= income <= high:
        return Estimate(
            notes=(_("The chosen income lies between the rural poverty line and twenty times the reference level."),)
        )
    gross = whole(share(income, RATE)) * count
    supported = min(count, max(SUPPORT_MONTHS - supported_before, 0)) if at >= LAW_2024_FROM else count
    state = support_a_month(group, at) * supported
    lines = [Line(_("Contribution"), dong(gross), LAW, (percent(RATE), dong(income), months(count)))]
    if state:
        terms = (percent(support_percent(group, at)), percent(RATE), dong(low), months(supported))
        law = "NĐ 159/2025/NĐ-CP, Điều 5" if at >= LAW_2024_FROM else "NĐ 134/2015/NĐ-CP, Điều 14"
        lines.append(Line(_("Less the state's share"), dong(-state), law, terms))
    return Estimate(tuple(lines), gross - state)
