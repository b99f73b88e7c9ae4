"""Terms in working days (ngày làm việc): Monday to Friday, without holidays."""

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Tell whether the offices work on a day."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(start: date, days: int, holidays: Collection[date]) -> date:
    """Return the day on which a term of `days` working days ends; the day it begins does not count.

    Source: Bộ luật Dân sự 2015 Đ147.2 (a term in days begins with the day after), Đ148.5.
    """
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, holidays)
    return day
