"""What a BHYT card gives, and the counter of five continuous years.

Sources: Luật BHYT Đ22 and NĐ 02/2025 (100 % for care at the commune, for cheap visits, and after five continuous
years once the co-payments of a year pass six months of base salary); NĐ 146/2018 Đ12.5 (continuity).
"""

from datetime import date

FIVE_YEARS = 60
"""Months."""


def cheap_visit(base_salary: int) -> int:
    """Below this cost in đồng one visit is paid in full: 15 % of the base salary."""
    return base_salary * 15 // 100


def copayment_ceiling(base_salary: int) -> int:
    """Co-payments of a calendar year above this amount in đồng are paid in full after five years: six base salaries."""
    return base_salary * 6


def months_towards_five_years(five_years_from: date, on: date) -> int:
    """How many of the 60 months lie behind on a day; the day on which they are full comes from the record."""
    months_left = (five_years_from.year - on.year) * 12 + five_years_from.month - on.month
    if five_years_from.day > on.day:
        months_left += 1
    return min(max(FIVE_YEARS - months_left, 0), FIVE_YEARS)
