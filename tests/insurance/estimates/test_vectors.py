"""Worked examples from laws, circulars and public calculators (`vectors.csv` names each source) come out as printed."""

import csv
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from insurance.rules.estimates import (
    contribution,
    counting,
    household,
    lump_sum,
    maternity,
    pension,
    sickness,
    unemployment,
    voluntary,
)

REFERENCE = 2_530_000
VECTORS = list(csv.DictReader((Path(__file__).parent / "vectors.csv").read_text("utf-8").splitlines()))


def month(text: str) -> int:
    year, number = text.split("-")[:2]
    return int(year) * 12 + int(number) - 1


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) > 7 else f"{text}-01")


def age(text: str) -> int:
    years, _, rest = text.partition("y")
    return int(years) * 12 + int(rest.removesuffix("m") or 0)


def salaries(average: int, last: date, count: int = 12) -> dict[int, int]:
    end = last.year * 12 + last.month - 1
    return {end - step: average for step in range(1, count + 1)}


def history(periods: list[list[Any]]) -> tuple[list[counting.Paid], dict[int, Decimal]]:
    paid = [counting.Paid(month(first), month(last), salary) for first, last, salary, _ in periods]
    return paid, {int(first[:4]): Decimal(str(factor)) for first, _, _, factor in periods}


def check_lump_sum(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    paid, table = history(given["periods"])
    months = counting.by_month(paid)
    total, missing = counting.adjusted(months, table)
    found = lump_sum.estimate(paid, table, reason=lump_sum.Reason.PAUSE)
    assert (len(months), total, missing) == (wanted["months"], wanted["adjusted_total"], [])
    assert lump_sum.parts(months) == lump_sum.Parts(
        Decimal(wanted["years_pre2014"]), Decimal(str(wanted["years_from2014"]))
    )
    assert (found.lines[1].result.value, found.total) == (wanted["avg"], wanted["amount"])


def check_lump_sum_short(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    paid = [counting.Paid(month("2025-01"), month("2025-01") + given["months"] - 1, given["salary"])]
    found = lump_sum.estimate(paid, {2025: Decimal(1)}, reason=lump_sum.Reason.PAUSE)
    assert [line.result.value for line in found.lines[2:]] == [wanted["paid"], wanted["cap"]]
    assert found.total == wanted["amount"]


def check_inflation_average(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    paid, table = history(given["periods"])
    total, _ = counting.adjusted(counting.by_month(paid), table)
    assert total == wanted["adjusted_total"]
    assert round(total / wanted["months"], 2) == Decimal(str(wanted["avg"]))


def check_year_rounding(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert [counting.benefit_years(months) for months in given["months"]] == wanted["years"]


def check_pension(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    gender, retires = {"F": "female", "M": "male"}[given["sex"]], date(2026, 8, 1)
    assert pension.rate(gender, Decimal(given["years"]), retires) == Decimal(str(wanted["rate"])) * 100
    if "monthly" in wanted:
        first = month("2001-08")
        paid = [counting.Paid(first, first + given["years"] * 12 - 1, given["avg"])]
        table = dict.fromkeys(range(2001, 2027), Decimal(1))
        found = pension.estimate(paid, table, pension.Claim(gender, retires), reference=REFERENCE)
        assert found.total == wanted["monthly"]


def check_pension_rate(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    gender = {"F": "female", "M": "male"}[given["sex"]]
    years = given["years"] if isinstance(given["years"], list) else [given["years"]]
    rates = wanted["rate"] if isinstance(wanted["rate"], list) else [wanted["rate"]]
    found = [pension.rate(gender, Decimal(count), date(2026, 1, 1)) / 100 for count in years]
    assert found == [Decimal(str(rate)) for rate in rates]


def check_pension_early(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    base = pension.rate("female", Decimal(given["years"]), day(given["retired"]))
    cut = pension.early_cut(age(given["normal_age"]) - age(given["age"]))
    assert age(given["normal_age"]) - age(given["age"]) == age(wanted["early"])
    assert [base / 100, cut / 100, (base - cut) / 100] == [
        Decimal(str(wanted[key])) for key in ("base_rate", "cut", "rate")
    ]


def check_pension_rate_male_2014law(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    for year, years in zip(given["retire_year"], wanted["years_for_45pct"], strict=True):
        assert pension.rate("male", Decimal(years), date(year, 6, 1)) == 45


def check_pension_floor(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    first = month("2005-08")
    paid = [counting.Paid(first, first + 20 * 12 - 1, 2_500_000)]
    table = dict.fromkeys(range(2005, 2027), Decimal(1))
    claim = pension.Claim("female", date(2025, 9, 1), compulsory_months=given["compulsory_years"] * 12)
    assert pension.estimate(paid, table, claim, reference=given["reference_level"]).total == wanted["monthly"]
    newcomer = pension.Claim("female", date(2025, 9, 1), joined_before_2025_07=False, compulsory_months=240)
    assert pension.estimate(paid, table, newcomer, reference=given["reference_level"]).total == 1_375_000


def check_pension_increase_2026(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    found = pension.raised_in_july_2026(given["june_2026"], retired_before_1995=given.get("retired_before_1995", False))
    assert found == wanted["from_2026_07"]


def check_retirement_age(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    ages = {2024: (61 * 12, 56 * 12 + 4), 2025: (61 * 12 + 3, 56 * 12 + 8), 2026: (61 * 12 + 6, 57 * 12)}
    for gender in ("male", "female"):
        assert pension.normal_age(gender, given["year"], ages) == age(wanted[gender])


def check_unemployment_cap(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    ended = date(2026, 8, 1)
    found = unemployment.estimate(salaries(given["avg6"], ended), ended, minimum_wage=given["min_wage"])
    assert found.total == 3 * wanted["monthly"]


def check_unemployment_avg6(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    paid = {month(text): salary for text, salary in given["last_paid_months"].items()}
    assert counting.average_of_last(paid) * 60 / 100 == wanted["monthly"]


def check_unemployment_preserved(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    found = unemployment.months_preserved(
        given["months_paid"], granted=given["granted"], received=given["received_months"], at=date(2020, 6, 1)
    )
    assert found == wanted["preserved"]


def check_unemployment_month_dates(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    found = unemployment.benefit_months(day(given["start"]), given["months"])
    assert [[str(first), str(last)] for first, last in found] == wanted["months"]


def check_bhtn_base_cap(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert unemployment.base(given["salary"], given["min_wage"]) == wanted["base"]


def check_bhtn_cap(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert unemployment.base(10**9, 5_310_000) == wanted["cap"]


def check_maternity(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    birth = maternity.Birth(day(given["birth"]), given["children"], second=given["order"] == 2)
    found = maternity.mother(salaries(given["avg6"], birth.on), birth, reference=given.get("reference", REFERENCE))
    assert maternity.leave_months(birth) == wanted["leave_months"]
    assert found.lines[2].result.value == wanted["grant"]
    assert found.total == wanted["total"]


def check_maternity_grant(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    birth = maternity.Birth(day(given["birth"]))
    found = maternity.mother(salaries(5_000_000, birth.on), birth, reference=given["base_salary"])
    assert found.lines[2].result.value == wanted["grant"]


def check_paternity(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    birth = maternity.Birth(date(2026, 8, 1), children=2)
    assert maternity.father_days(birth) == given["days"]
    found = maternity.father(salaries(given["avg"], birth.on), birth, mother_insured=True, reference=REFERENCE)
    assert found.total == wanted["amount"]


def check_sick(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    found = sickness.estimate(
        given["salary_prev_month"],
        Decimal(given["days"]),
        years_paid=5,
        heavy=False,
        used=Decimal(0),
        long_illness=False,
    )
    assert found.total == wanted["amount"] == wanted["per_day"] * given["days"]


def check_sick_days_window(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    rest = [day(text) for text in given["weekly_rest"]]
    assert sickness.paid_days(day(given["from"]), day(given["to"]), rest) == wanted["paid_days"]


def check_sick_limit(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    limit = sickness.yearly_limit(given["years"], heavy=given["conditions_now"] == "heavy")
    assert limit == wanted["limit"]
    assert sickness.days_left(limit, Decimal(given["used"]), Decimal(given["request"])) == wanted["paid"]


def check_contribution_cap(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    reference = {"2026-08": REFERENCE, "2020-01": 1_490_000}[given["date"]]
    found = contribution.employee(given["salary"], reference=reference, minimum_wage=4_420_000)
    assert found.bhxh_base == wanted["bhxh_base"]
    assert wanted.get("employee_bhxh", found.bhxh) == found.bhxh
    assert wanted.get("employee_bhyt", found.bhyt) == found.bhyt


def check_bhyt_household(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    month_by_member = [household.monthly(given["base"], position) for position in range(given["members"])]
    assert month_by_member == wanted["monthly"]
    assert household.estimate(1, 12, base_salary=given["base"]).total == wanted["yearly_first"]


def check_voluntary_support(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    at, group = day(given["from"]), voluntary.Group(given["group"])
    found = voluntary.estimate(given["income"], 1, group, at=at, reference=2_340_000)
    assert [line.result.value for line in found.lines] == [wanted["gross"], -wanted["support"]]
    assert found.total == wanted["pay"]


def check_voluntary_cap(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    most = voluntary.most_income(given["reference_level"])
    at, reference = day(given["from"]), given["reference_level"]
    found = voluntary.estimate(most, 1, voluntary.Group.OTHER, at=at, reference=reference)
    assert (most, found.lines[0].result.value) == (wanted["max_income"], wanted["contribution_before_support"])
    assert voluntary.estimate(most + 1, 1, voluntary.Group.OTHER, at=at, reference=reference).total is None


CHECKS: dict[str, Callable[[Any, Any], None]] = {
    name.removeprefix("check_"): function for name, function in globals().copy().items() if name.startswith("check_")
}


@pytest.mark.parametrize("row", VECTORS, ids=[f"{row['topic']}-{number}" for number, row in enumerate(VECTORS)])
def test_a_worked_example_comes_out_as_printed(row):
    CHECKS[row["topic"]](json.loads(row["inputs"]), json.loads(row["expected"]))


def test_every_topic_has_an_example():
    assert {row["topic"] for row in VECTORS} == CHECKS.keys()
