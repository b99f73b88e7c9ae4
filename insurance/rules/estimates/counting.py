"""Months into years as benefits count them, and averages of salaries.

Source: Luật BHXH 41/2024/QH15 Đ5.6 (odd months), Đ72 and Đ104 (averages), NĐ 158/2025 Đ16 (adjustment by coefficients).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from insurance.rules.estimates.lines import Missing

BEFORE_1995 = 1994
"""The key under which a table of coefficients holds its line "before 1995"."""

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Paid:
    """Consecutive months paid on one salary: month numbers (`year * 12 + month - 1`), both included, đồng a month.

    `support` is what the state paid of each month's contribution (voluntary scheme), in đồng.
    """

    first: int
    last: int
    salary: int
    support: int = 0


def benefit_years(months: int) -> Decimal:
    """Years for the amount of a benefit: 1 to 6 odd months are half a year, 7 to 11 a whole one (Đ5.6)."""
    full, odd = divmod(max(months, 0), 12)
    return Decimal(full) + (Decimal(0) if odd == 0 else HALF if odd <= 6 else Decimal(1))


def by_month(periods: Iterable[Paid]) -> dict[int, Paid]:
    """The period that counts for each month, in order of time.

    A month counts once; where two employers overlap the one that began first counts (domain rule of the loose sheet).
    """
    found: dict[int, Paid] = {}
    for period in sorted(periods, key=lambda period: period.first):
        for month in range(period.first, period.last + 1):
            found.setdefault(month, period)
    return dict(sorted(found.items()))


def adjusted(
    months: Mapping[int, Paid], coefficients: Mapping[int, Decimal], *, since: int = BEFORE_1995
) -> tuple[Decimal, list[Missing]]:
    """The sum of all salaries, each times the coefficient of its year, and the years whose coefficient is missing.

    `coefficients` is the table of the year in which the benefit is settled. Years after the table's last are not
    assumed to
    be 1: they are missing. `since` is the first year the table must hold; earlier ones take the line of `BEFORE_1995`.
    """
    total, missing = Decimal(0), []
    for month, period in months.items():
        year = max(month // 12, since)
        if (coefficient := coefficients.get(year)) is None:
            missing.append(Missing(_("adjustment coefficient of salaries"), year))
        else:
            total += period.salary * coefficient
    return total, list(dict.fromkeys(missing))


def average_of_last(salaries: Mapping[int, int], count: int = 6) -> Decimal:
    """The mean of the last `count` months that were paid, in đồng, unrounded; of all of them where there are fewer.

    `salaries` maps months to đồng and holds paid months only: months without contributions (unpaid leave, maternity
    leave)
    are passed over. Nothing paid gives zero.
    """
    last = [salaries[month] for month in sorted(salaries)[-count:]]
    return Decimal(sum(last)) / len(last) if last else Decimal(0)
