"""Five continuous years of BHYT: what counts as continuous, and when the counter begins anew (NĐ 146/2018 Đ12.5)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insurance.rules.cards import five_years


def days(*stretches: str):
    """Cards written as "2022-01-01 2022-12-31"."""
    return [tuple(map(date.fromisoformat, stretch.split())) for stretch in stretches]


def test_without_a_card_there_is_no_counter():
    assert five_years(None, []) is None
    assert five_years(date(2027, 1, 1), []) is None


def test_cards_that_follow_each_other_count_from_the_first():
    counter = five_years(None, days("2023-01-01 2023-12-31", "2022-01-01 2022-12-31", "2024-01-01 2026-12-31"))

    assert (counter.since, counter.full_on) == (date(2022, 1, 1), date(2027, 1, 1))
    assert (counter.breaks, counter.broken_by, counter.from_cards) == ((), None, True)


@pytest.mark.parametrize(
    ("begins", "bridged"),
    [("2024-02-01", True), ("2024-04-01", True), ("2024-04-02", False), ("2025-01-01", False)],
)
def test_three_months_without_a_card_are_bridged_and_a_day_more_is_not(begins, bridged):
    counter = five_years(None, days("2022-01-01 2023-12-31", f"{begins} 2026-12-31"))

    first = date.fromisoformat(begins)
    gap = (date(2024, 1, 1), first - timedelta(days=1))
    assert counter.since == (date(2022, 1, 1) if bridged else first)
    assert counter.breaks == ((gap,) if bridged else ())
    assert counter.broken_by == (None if bridged else gap)


def test_each_break_is_judged_by_itself():
    counter = five_years(None, days("2020-01-01 2020-12-31", "2021-03-01 2021-12-31", "2022-03-01 2026-12-31"))

    assert counter.since == date(2020, 1, 1)
    assert len(counter.breaks) == 2


def test_the_agencys_day_decides_for_it_knows_older_cards():
    counter = five_years(date(2027, 4, 1), days("2026-01-01 2027-12-31"))

    assert (counter.since, counter.full_on) == (date(2022, 4, 1), date(2027, 4, 1))
    assert not counter.from_cards


def test_a_long_break_after_the_agencys_count_begins_it_anew():
    counter = five_years(date(2025, 1, 1), days("2020-01-01 2021-12-31", "2022-06-01 2026-12-31"))

    assert (counter.since, counter.full_on) == (date(2022, 6, 1), date(2027, 6, 1))
    assert counter.from_cards
    assert counter.broken_by == (date(2022, 1, 1), date(2022, 5, 31))


def test_a_long_break_before_the_agencys_count_is_history():
    counter = five_years(date(2028, 1, 1), days("2019-01-01 2019-12-31", "2023-01-01 2026-12-31"))

    assert (counter.full_on, counter.from_cards) == (date(2028, 1, 1), False)
    assert counter.broken_by == (date(2020, 1, 1), date(2022, 12, 31))


@pytest.mark.parametrize(
    ("since", "full"),
    [("2024-02-29", "2029-03-01"), ("2022-12-31", "2027-12-31"), ("2023-02-28", "2028-02-28")],
)
def test_five_years_later_is_the_same_day_of_the_calendar(since, full):
    assert five_years(None, days(f"{since} 2029-12-31")).full_on == date.fromisoformat(full)


@pytest.mark.parametrize(
    ("ended", "begins", "bridged"),
    [("2023-11-29", "2024-03-01", True), ("2023-11-29", "2024-03-02", False), ("2024-09-30", "2025-01-01", True)],
)
def test_months_of_a_break_follow_the_calendar(ended, begins, bridged):
    counter = five_years(None, days(f"2022-01-01 {ended}", f"{begins} 2026-12-31"))

    assert (counter.since == date(2022, 1, 1)) is bridged


cards = st.lists(
    st.tuples(st.dates(date(2005, 1, 1), date(2026, 1, 1)), st.integers(0, 900)).map(
        lambda card: (card[0], card[0] + timedelta(days=card[1]))
    ),
    min_size=1,
    max_size=12,
)


@given(cards, st.randoms())
def test_order_repetition_and_overlap_of_cards_do_not_matter(held, random):
    shuffled = held + held[:2]
    random.shuffle(shuffled)

    assert five_years(None, shuffled) == five_years(None, held)


@given(cards)
def test_the_counter_bridges_short_breaks_only(held):
    counter = five_years(None, held)

    assert counter.full_on.year == counter.since.year + 5
    assert any(first == counter.since for first, _last in held)
    assert all((last - first).days < 92 and first > counter.since for first, last in counter.breaks)
