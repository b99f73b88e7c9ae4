"""When a term of working days ends: weekends and holidays do not count."""

from datetime import date

import pytest

from insurance.actions.reference import load_reference
from insurance.models import Holiday
from insurance.rules.working_days import add_working_days

TET = {date(2026, 2, day) for day in (16, 17, 18, 19, 20)}


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),  # Monday: the next Monday
        (date(2026, 11, 20), date(2026, 11, 27)),  # Friday: the next Friday
        (date(2026, 11, 21), date(2026, 11, 27)),  # Saturday, as if sent on Friday
        (date(2026, 2, 13), date(2026, 2, 27)),  # the Friday before Tết
        (date(2026, 2, 18), date(2026, 2, 27)),  # within Tết
    ],
)
def test_five_working_days_pass_over_weekends_and_tet(sent, due):
    assert add_working_days(sent, 5, TET) == due


def test_no_days_end_at_once():
    assert add_working_days(date(2026, 11, 23), 0, set()) == date(2026, 11, 23)


@pytest.mark.django_db
def test_what_administrators_changed_in_a_year_stays_when_the_files_are_loaded_again():
    load_reference()
    assert Holiday.objects.filter(day__year=2027).exists()
    Holiday.objects.filter(day=date(2026, 9, 1)).delete()
    Holiday.objects.create(day=date(2026, 9, 3), name="Quốc khánh")

    load_reference()

    kept = set(Holiday.objects.filter(day__year=2026, day__month=9).values_list("day", flat=True))
    assert kept == {date(2026, 9, 2), date(2026, 9, 3)}
