"""How months of contribution add up, whatever the sources send."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insurance.rules.cards import cheap_visit, copayment_ceiling, months_towards_five_years
from insurance.rules.contributions import (
    OWED,
    PAID,
    SETTLED,
    first_day,
    month_number,
    month_states,
    runs,
    totals,
)


def month(text: str) -> int:
    return month_number(date.fromisoformat(f"{text}-01"))


def count(*periods: tuple[str, str, int]):
    return totals(month_states((month(first), month(last), status) for first, last, status in periods))


spans = st.lists(
    st.tuples(st.integers(23_500, 24_300), st.integers(0, 90), st.sampled_from([PAID, OWED, SETTLED])).map(
        lambda span: (span[0], span[0] + span[1], span[2])
    ),
    max_size=30,
)


def test_somebody_who_never_worked_has_nothing():
    result = count()

    assert (result.months, result.owed_months, result.missing_months, result.gaps) == (0, 0, 0, ())


def test_months_of_two_jobs_at_the_same_time_count_once():
    result = count(("2020-01", "2020-12", PAID), ("2020-07", "2021-06", PAID))

    assert result.months == 18


def test_a_gap_breaks_no_total_and_is_shown():
    result = count(("2011-03", "2021-06", PAID), ("2022-04", "2026-08", PAID), ("2026-09", "2026-11", OWED))

    assert result.months == 14 * 12 + 9
    assert result.owed_months == 3
    assert result.missing_months == 9
    assert result.gaps == ((month("2021-07"), month("2022-03")),)


def test_months_that_the_employer_owes_are_in_no_total():
    result = count(("2024-01", "2024-06", PAID), ("2024-07", "2024-12", OWED))

    assert (result.months, result.owed_months) == (6, 6)
    assert result.owed == ((month("2024-07"), month("2024-12")),)


def test_a_month_owed_by_one_employer_and_paid_by_another_is_paid():
    result = count(("2024-01", "2024-06", OWED), ("2024-04", "2024-04", PAID))

    assert (result.months, result.owed_months) == (1, 5)


def test_months_settled_as_a_lump_sum_are_gone_for_ever():
    result = count(("2010-01", "2012-12", PAID), ("2010-01", "2011-12", SETTLED))

    assert (result.months, result.settled_months) == (12, 24)


@given(spans)
def test_each_month_between_the_first_and_the_last_has_exactly_one_place(periods):
    states = month_states(periods)

    result = totals(states)

    whole = max(states) - min(states) + 1 if states else 0
    assert result.months + result.owed_months + result.settled_months + result.missing_months == whole


@given(spans, st.randoms())
def test_order_and_repetition_of_the_records_do_not_matter(periods, random):
    shuffled = periods + periods[:3]
    random.shuffle(shuffled)

    assert month_states(shuffled) == month_states(periods)


@given(spans, st.data())
def test_cutting_a_period_in_two_changes_nothing(periods, data):
    first, last, status = data.draw(st.sampled_from(periods)) if periods else (24_000, 24_010, PAID)
    cut = data.draw(st.integers(first, last))

    whole = totals(month_states([*periods, (first, last, status)]))
    parts = totals(month_states([*periods, (first, cut, status), (cut, last, status)]))

    assert whole == parts


@given(spans, st.integers(23_500, 24_300))
def test_another_paid_month_never_lowers_the_total(periods, extra):
    before = totals(month_states(periods))

    after = totals(month_states([*periods, (extra, extra, PAID)]))

    assert before.months <= after.months <= before.months + 1


@given(st.sets(st.integers(23_500, 23_600)))
def test_stretches_hold_the_same_months(months):
    assert {month for first, last in runs(months) for month in range(first, last + 1)} == months


@given(st.dates(date(1960, 1, 1), date(2099, 12, 31)))
def test_a_month_number_leads_back_to_its_first_day(day):
    assert first_day(month_number(day)) == day.replace(day=1)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 12, 5), 56),
        (date(2027, 3, 31), 59),
        (date(2027, 4, 1), 60),
        (date(2030, 1, 1), 60),
        (date(2020, 1, 1), 0),
    ],
)
def test_five_years_are_counted_back_from_their_day(on, expected):
    assert months_towards_five_years(date(2027, 4, 1), on) == expected


def test_amounts_of_2026_follow_the_base_salary():
    assert cheap_visit(2_530_000) == 379_500
    assert copayment_ceiling(2_530_000) == 15_180_000
