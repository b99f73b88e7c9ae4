"""What the portal points out in a history, and what it leaves alone."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insurance.rules.contributions import OWED, PAID, SETTLED, month_number, month_states, totals
from insurance.rules.findings import BHTN, BHXH, BHYT, TNLD, Finding, Kind, findings, findings_of_fund

MILL, FARM = "Công ty May Mẫu", "Công ty Nông sản Ví Dụ"


def month(text: str) -> int:
    return month_number(date.fromisoformat(f"{text}-01"))


def record(
    first: str, last: str, employer: str = MILL, *, fund: int = BHXH, salary: int = 8_000_000, status: int = PAID
):
    return fund, month(first), month(last), employer, salary, status


def all_funds(first: str, last: str, employer: str = MILL, *, but: int = 0):
    return [record(first, last, employer, fund=fund) for fund in (BHXH, BHTN, TNLD, BHYT) if fund != but]


def told(records) -> list[tuple[Kind, int, int, str]]:
    return [(one.kind, one.first, one.last, one.employer) for one in findings(records)]


def test_an_ordinary_history_has_nothing_to_tell():
    assert findings([]) == []
    assert told([*all_funds("2017-01", "2020-12"), *all_funds("2021-01", "2026-11", FARM)]) == []


def test_a_hole_at_one_employer_is_told_with_its_months():
    found = told([*all_funds("2019-01", "2019-06"), *all_funds("2019-09", "2020-12")])

    assert (Kind.HOLE, month("2019-07"), month("2019-08"), MILL) in found


def test_a_hole_that_another_employer_filled_is_none():
    records = [record("2019-01", "2019-06"), record("2019-07", "2019-08", FARM), record("2019-09", "2020-12")]

    assert told(records) == []


def test_months_between_two_employers_are_a_gap_and_come_last():
    records = [record("2019-01", "2019-06"), record("2020-01", "2020-12", FARM, status=OWED)]

    assert told(records) == [
        (Kind.OWED, month("2020-01"), month("2020-12"), FARM),
        (Kind.GAP, month("2019-07"), month("2019-12"), ""),
    ]


def test_months_owed_in_the_middle_of_a_period_name_who_owes():
    records = [record("2024-01", "2024-06", status=OWED), record("2024-04", "2024-04", FARM)]

    owed = [one for one in findings(records) if one.kind is Kind.OWED]

    assert [(one.first, one.last, one.employer, one.months) for one in owed] == [
        (month("2024-05"), month("2024-06"), MILL, 2),
        (month("2024-01"), month("2024-03"), MILL, 3),
    ]


def test_two_employers_in_one_month_are_told_once_with_both_names():
    records = [
        record("2024-01", "2024-03"), record("2024-04", "2024-06"),
        record("2024-03", "2024-05", FARM), record("2024-06", "2024-09", FARM),
    ]  # fmt: skip

    assert findings(records) == [Finding(Kind.TWICE, BHXH, month("2024-03"), month("2024-06"), MILL, FARM)]


@pytest.mark.parametrize(("after", "expected"), [(7_200_000, 1), (7_200_001, 0), (9_000_000, 0)])
def test_a_fall_of_a_tenth_at_one_employer_is_told(after, expected):
    found = findings([record("2024-01", "2024-12"), record("2025-01", "2025-12", salary=after)])

    assert [(one.kind, one.before, one.after) for one in found] == [(Kind.FELL, 8_000_000, after)] * expected


def test_a_lower_salary_at_a_new_employer_is_no_fall():
    assert findings([record("2024-01", "2024-12"), record("2025-01", "2025-12", FARM, salary=4_000_000)]) == []


@pytest.mark.parametrize("fund", [BHTN, TNLD, BHYT])
def test_a_fund_that_an_employer_does_not_pay_is_told(fund):
    assert findings(all_funds("2020-01", "2020-12", but=fund)) == [
        Finding(Kind.FUND, fund, month("2020-01"), month("2020-12"), MILL)
    ]


@pytest.mark.parametrize(("fund", "lacking"), [(BHTN, []), (BHYT, []), (TNLD, [(TNLD, FARM)])])
def test_a_fund_that_another_employer_paid_in_these_months_is_not_missed(fund, lacking):
    records = [*all_funds("2020-01", "2020-12"), *all_funds("2020-03", "2020-06", FARM, but=fund)]

    found = [(one.fund, one.employer) for one in findings(records) if one.kind is Kind.FUND]

    assert found == lacking


def test_a_foreigner_misses_no_unemployment_insurance():
    assert findings(all_funds("2020-01", "2020-12", but=BHTN), foreign=True) == []
    assert [one.fund for one in findings(all_funds("2020-01", "2020-12", but=BHYT), foreign=True)] == [BHYT]


def test_funds_are_not_missed_before_there_were_such():
    assert findings(all_funds("2005-01", "2008-12", but=BHTN)) == []
    assert told(all_funds("2014-01", "2016-08", but=TNLD)) == [(Kind.FUND, month("2016-07"), month("2016-08"), MILL)]


def test_voluntary_contributions_lack_no_other_fund():
    assert findings([record("2020-01", "2024-12", "Điểm thu Ví Dụ")]) == []


def test_what_was_settled_lacks_nothing():
    records = [record("2010-01", "2012-12", status=SETTLED), *all_funds("2013-01", "2014-12")]

    assert findings(records) == []


def test_somebody_insured_for_health_alone_is_told_of_breaks_there():
    records = [record("2020-01", "2020-12", "", fund=BHYT), record("2021-06", "2022-05", "", fund=BHYT)]

    assert [one.fund for one in findings(records)] == [BHYT]


records_of_one_fund = st.lists(
    st.tuples(
        st.just(BHXH), st.integers(24_000, 24_100), st.integers(0, 30), st.sampled_from([MILL, FARM, "Ba"]),
        st.integers(1, 50).map(lambda millions: millions * 1_000_000), st.sampled_from([PAID, OWED, SETTLED]),
    ).map(lambda row: (row[0], row[1], row[1] + row[2], *row[3:])),
    max_size=25,
)  # fmt: skip


@settings(deadline=None)
@given(records_of_one_fund, st.randoms())
def test_stretches_add_up_to_the_totals_whatever_the_order(records, random):
    total = totals(month_states((first, last, status) for _, first, last, _, _, status in records))
    shuffled = records[:]
    random.shuffle(shuffled)

    found = findings_of_fund(shuffled)

    assert sum(one.months for one in found if one.kind is Kind.OWED) == total.owed_months
    assert sum(one.months for one in found if one.kind in (Kind.HOLE, Kind.GAP)) == total.missing_months
    assert all(one.employer for one in found if one.kind not in (Kind.GAP,))
