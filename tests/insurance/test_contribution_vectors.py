"""Worked examples of laws and of the agency's own answers, kept in contribution_vectors.csv with their sources."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from insurance.rules.cards import copayment_ceiling
from insurance.rules.contributions import PAID, SETTLED, month_number, month_states, totals, unused_unemployment_months
from vssid.templatetags.portal import duration

_FILE = Path(__file__).with_name("contribution_vectors.csv")
VECTORS = list(csv.DictReader(_FILE.read_text("utf-8").splitlines()))
JANUARY = month_number(date(2015, 1, 1))


def vectors(topic: str):
    return [
        pytest.param(json.loads(row["inputs"]), row["expected"], id=row["source"])
        for row in VECTORS
        if row["topic"] == topic
    ]


@pytest.mark.parametrize(("inputs", "expected"), vectors("time_format"))
def test_time_is_said_as_the_agency_says_it(inputs, expected):
    with translation.override("vi"):
        assert "; ".join(duration(months) for months in inputs.values()) == expected


@pytest.mark.parametrize(("inputs", "expected"), vectors("unemployment_preserved"))
def test_months_kept_after_unemployment_benefit_count_on(inputs, expected):
    """What the decision kept, and what was paid since, is the time that no benefit has used."""
    kept, end = json.loads(expected)["preserved"], JANUARY + inputs["months_paid"] - 1
    states = month_states([(JANUARY, end, PAID), (end + 6, end + 10, PAID)])

    assert unused_unemployment_months(states, []) == inputs["months_paid"] + 5
    assert unused_unemployment_months(states, [(JANUARY - 20, 99), (end + 2, kept)]) == kept + 5


@pytest.mark.parametrize(("inputs", "expected"), vectors("bhyt_5y_threshold"))
def test_six_base_salaries_are_the_ceiling_of_a_year(inputs, expected):
    assert copayment_ceiling(inputs["base"]) == json.loads(expected)["threshold"]


def test_the_rules_of_the_loose_sheet_together():
    """Two jobs in 2020 count once, 2021 lacks, three months are owed, a lump sum took 2010 and 2011."""
    total = totals(
        month_states(
            [
                (month_number(date(2010, 1, 1)), month_number(date(2011, 12, 1)), SETTLED),
                (month_number(date(2020, 1, 1)), month_number(date(2020, 12, 1)), PAID),
                (month_number(date(2020, 6, 1)), month_number(date(2020, 12, 1)), PAID),
                (month_number(date(2022, 1, 1)), month_number(date(2022, 3, 1)), 2),
            ]
        )
    )

    assert (total.months, total.owed_months, total.settled_months) == (12, 3, 24)
