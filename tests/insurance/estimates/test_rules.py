"""What an estimate promises beside the worked examples: gaps are said, limits hold, odd cases are answered."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from insurance.rules.estimates import (
    counting,
    household,
    lump_sum,
    maternity,
    pension,
    sickness,
    unemployment,
    voluntary,
)
from insurance.rules.estimates.lump_sum import Parts, Reason

JANUARY_2014 = 2014 * 12
ONE = dict.fromkeys(range(1994, 2040), Decimal(1))


def test_a_missing_coefficient_is_said_and_nothing_is_assumed_in_its_place():
    paid = [counting.Paid(2024 * 12, 2026 * 12 + 5, 5_000_000)]
    found = lump_sum.estimate(paid, {2024: Decimal("1.03"), 2025: Decimal(1)}, reason=Reason.PAUSE)
    assert found.total is None
    with translation.override("en"):
        assert [(str(gap.what), gap.year) for gap in found.missing] == [("adjustment coefficient of salaries", 2026)]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (14, 10, Parts(Decimal(1), Decimal(1))),
        (14, 0, Parts(Decimal("1.5"), Decimal(0))),
        (0, 20, Parts(Decimal(0), Decimal(2))),
        (24, 6, Parts(Decimal(2), Decimal("0.5"))),
    ],
)
def test_odd_months_before_2014_move_to_the_later_part_where_there_is_one(before, after, wanted):
    assert lump_sum.parts(range(JANUARY_2014 - before, JANUARY_2014 + after)) == wanted


def test_state_support_is_taken_off_but_for_the_very_ill():
    paid = [counting.Paid(2020 * 12, 2021 * 12 + 11, 1_500_000, support=33_000)]
    usual = lump_sum.estimate(paid, ONE, reason=Reason.PAUSE)
    ill = lump_sum.estimate(paid, ONE, reason=Reason.ILLNESS)
    assert (ill.total, usual.total) == (6_000_000, 6_000_000 - 24 * 33_000)


def test_a_month_at_two_employers_counts_once_by_the_first_contract():
    paid = [counting.Paid(24240, 24250, 9_000_000), counting.Paid(24245, 24255, 5_000_000)]
    months = counting.by_month(paid)
    assert len(months) == 16
    assert months[24250].salary == 9_000_000


def test_who_may_not_have_a_lump_sum_is_told_why():
    facts = {"first_month": 2010 * 12, "retirement_age_reached": False, "at": date(2026, 11, 22)}
    assert not lump_sum.refusals(reason=Reason.PAUSE, paid_months=100, last_month=2025 * 12 + 9, **facts)
    assert len(lump_sum.refusals(reason=Reason.PAUSE, paid_months=240, last_month=2026 * 12, **facts)) == 2
    assert len(lump_sum.refusals(reason=Reason.RETIREMENT_AGE, paid_months=200, last_month=0, **facts)) == 2


@pytest.mark.parametrize(
    ("early", "cut"), [(0, 0), (5, 0), (6, 1), (11, 1), (12, 2), (17, 2), (18, 3), (58, 9), (60, 10)]
)
def test_retiring_early_costs_two_percent_a_year(early, cut):
    assert pension.early_cut(early) == cut


@pytest.mark.parametrize(
    ("born", "gender", "month"),
    [
        (date(1961, 1, 15), "male", (2021, 4)),
        (date(1961, 10, 1), "male", (2022, 4)),
        (date(1966, 1, 1), "female", (2021, 5)),
        (date(1980, 1, 1), "male", (2042, 1)),
        (date(1960, 6, 1), "male", (2020, 6)),
    ],
)
def test_the_retirement_age_rises_step_by_step(born, gender, month):
    table = {
        **{2021 + step: (min(723 + 3 * step, 744), min(664 + 4 * step, 720)) for step in range(15)},
    }
    assert divmod(pension.retirement_month(born, gender, table), 12) == (month[0], month[1] - 1)


def test_too_few_years_give_no_pension_and_say_so():
    paid = [counting.Paid(24000, 24000 + 14 * 12, 5_000_000)]
    found = pension.estimate(paid, ONE, pension.Claim("female", date(2026, 1, 1)), reference=2_340_000)
    assert found.total is None
    assert found.notes


def test_years_above_the_top_rate_are_paid_once():
    paid = [counting.Paid(1990 * 12, 1990 * 12 + 32 * 12 - 1, 10_000_000)]
    claim = pension.Claim("female", date(2026, 1, 1), months_late=12, compulsory_months=384)
    found = pension.estimate(paid, ONE, claim, reference=2_340_000)
    assert found.total == 7_500_000
    assert [line.result.value for line in found.lines[-2:]] == [5_000_000, 20_000_000]


def test_a_second_child_has_a_seventh_month_from_july_2026():
    assert maternity.leave_months(maternity.Birth(date(2026, 6, 30), second=True)) == 6
    assert maternity.leave_months(maternity.Birth(date(2026, 7, 1), second=True)) == 7
    assert maternity.leave_months(maternity.Birth(date(2026, 7, 1), children=3, second=True)) == 9


def test_five_paid_months_give_no_maternity_pay_unless_the_pregnancy_was_hard():
    birth = maternity.Birth(date(2026, 8, 1))
    paid = {2026 * 12 + step: 10_000_000 for step in range(5)}
    assert maternity.mother(paid, birth, reference=2_530_000).total is None
    older = paid | {2024 * 12 + step: 10_000_000 for step in range(9)}
    assert maternity.entitled(older, birth, complications=True)


def test_a_father_has_five_to_fourteen_days_and_more_for_triplets():
    births = [
        maternity.Birth(date(2026, 5, 1)),
        maternity.Birth(date(2026, 5, 1), operation=True),
        maternity.Birth(date(2026, 5, 1), children=2),
        maternity.Birth(date(2026, 5, 1), children=3),
        maternity.Birth(date(2026, 5, 1), children=2, operation=True),
        maternity.Birth(date(2026, 8, 1), second=True),
    ]
    assert [maternity.father_days(birth) for birth in births] == [5, 7, 10, 13, 14, 10]


def test_sick_days_above_the_year_are_paid_for_a_long_illness_only():
    facts = {"years_paid": 16, "heavy": False, "used": Decimal(38)}
    short = sickness.estimate(12_000_000, Decimal(5), long_illness=False, **facts)
    long = sickness.estimate(12_000_000, Decimal(5), long_illness=True, **facts)
    assert short.total == 2 * 375_000
    assert short.notes
    assert long.total == 2 * 375_000 + 3 * 275_000
    assert not long.notes


@pytest.mark.parametrize(("paid", "months"), [(11, 0), (12, 3), (36, 3), (47, 3), (48, 4), (144, 12), (400, 12)])
def test_months_of_unemployment_benefit(paid, months):
    assert unemployment.months_granted(paid) == months


def test_benefit_months_end_on_the_last_day_of_short_months():
    assert unemployment.benefit_months(date(2026, 1, 31), 2) == [
        (date(2026, 1, 31), date(2026, 2, 27)),
        (date(2026, 2, 28), date(2026, 3, 30)),
    ]


def test_a_household_that_joined_earlier_this_year_goes_on_in_the_row():
    assert household.estimate(1, 12, base_salary=2_530_000, already=4).total == 12 * 45_540
    assert household.estimate(1, 12, base_salary=None).total is None


def test_the_state_helps_for_120_months_in_all():
    found = voluntary.estimate(
        1_500_000, 12, voluntary.Group.OTHER, at=date(2026, 1, 1), reference=2_340_000, supported_before=116
    )
    assert found.total == 12 * 330_000 - 4 * 66_000


@given(
    st.lists(
        st.tuples(st.integers(23900, 24310), st.integers(0, 60), st.integers(0, 60_000_000)), min_size=1, max_size=6
    )
)
def test_whatever_the_history_the_lines_lead_to_the_sum(spans):
    paid = [counting.Paid(first, first + length, salary) for first, length, salary in spans]
    found = lump_sum.estimate(paid, ONE, reason=Reason.ILLNESS)
    months = counting.by_month(paid)
    assert found.total is not None
    shown = [int(line.result.value) for line in found.lines[2:]]
    wanted = sum(shown) if len(months) >= 12 else min(shown)
    assert abs(found.total - wanted) <= 1
    assert 0 <= found.total <= 2 * (len(months) / 12 + 1) * 60_000_000
