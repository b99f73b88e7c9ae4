"""Estimators: anybody can use them, nothing is kept, every step has its law, what is missing is said."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.utils import translation

from insurance.actions.reference import load_reference
from insurance.models import ContributionPeriod
from services import estimators
from tests.harness.stage import NOW, new_browser, words
from tests.insurance import factories

HISTORY = {"periods-0-first": "01/2010", "periods-0-last": "12/2025", "periods-0-salary": "10000000"}
TYPED = {
    "bhxh-mot-lan": {"case": "dd", **HISTORY},
    "luong-huu": {"gender": "female", "born": "01/02/1969", "retires": "03/2026", **HISTORY},
    "thai-san": {"who": "mother", "born": "01/08/2026", "children": "1", "salary": "18000000", "months": "12"},
    "om-dau": {"salary": "12000000", "days": "5", "years": "5"},
    "that-nghiep": {"salary": "50000000", "months": "36", "ended": "01/08/2026", "region": "I"},
    "tang-luong-huu-2026": {"monthly": "3000000", "before_1995": "on"},
    "thai-san-tu-nguyen": {"born": "01/08/2026", "children": "2", "months": "6"},
    "con-om": {"age": "2", "salary": "12000000", "days": "4"},
    "duong-suc": {"cause": "7", "days": "5"},
    "dong-hang-thang": {"salary": "20000000", "region": "I"},
    "bhyt-ho-gia-dinh": {"members": "5", "months": "12"},
    "bhxh-tu-nguyen": {"income": "1500000", "months": "1", "group": "other"},
}
SHOWN = {
    "thai-san": "113,060,000",
    "om-dau": "1,875,000",
    "tang-luong-huu-2026": "3,540,000",
    "thai-san-tu-nguyen": "4,000,000",
    "con-om": "1,500,000",
    "duong-suc": "3,795,000",
    "dong-hang-thang": "2,100,000",
    "that-nghiep": "79,650,000",
    "bhyt-ho-gia-dinh": "4,371,840",
    "bhxh-tu-nguyen": "264,000",
}


def main(answer) -> str:
    return words(answer).partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def visitor(db):
    load_reference()
    with time_machine.travel(NOW, tick=False):
        yield new_browser()


@pytest.mark.parametrize("topic", estimators.ESTIMATORS, ids=lambda topic: topic.code)
def test_anybody_can_estimate_and_sees_the_law_beside_each_step(visitor, topic):
    address = f"/tro-giup/uoc-tinh/{topic.code}/"
    assert visitor.get(address).status_code == 200
    answer = visitor.post(address, {**TYPED[topic.code], "action": "next"})
    assert answer.status_code == 200, words(answer)
    assert "Điều" in words(answer)
    assert SHOWN.get(topic.code, "₫") in words(answer)


def test_the_list_leads_to_every_topic(visitor):
    page = words(visitor.get("/tro-giup/uoc-tinh/"))
    assert all(f"/tro-giup/uoc-tinh/{topic.code}/" in page for topic in estimators.ESTIMATORS)


def test_wrong_answers_are_named_and_what_was_typed_stays(visitor):
    answer = visitor.post("/tro-giup/uoc-tinh/om-dau/", {"salary": "x", "days": "5", "years": "5", "action": "next"})
    assert answer.status_code == 400
    assert 'value="x"' in words(answer)


@pytest.mark.parametrize(("written", "status"), [("12.000.000", 200), ("12,000,000", 200), ("1.5", 400), ("1,5", 400)])
def test_thousands_are_read_as_either_language_writes_them(visitor, written, status):
    answer = visitor.post("/tro-giup/uoc-tinh/om-dau/", {**TYPED["om-dau"], "salary": written, "action": "next"})
    assert answer.status_code == status


def test_a_year_without_a_coefficient_is_said(visitor):
    late = {**HISTORY, "periods-0-last": "12/2027"}
    answer = visitor.post("/tro-giup/uoc-tinh/bhxh-mot-lan/", {"case": "dd", **late, "action": "next"})
    assert "2027" in words(answer)
    assert "This cannot be calculated" in words(answer)


def test_after_login_the_periods_of_the_record_stand_there(citizen):
    page = words(citizen.get("/tro-giup/uoc-tinh/bhxh-mot-lan/"))
    assert "60 months between 01/2020 and 12/2024" in page
    assert 'value="01/2020"' in page
    assert 'value="12/2024"' in page


def test_every_month_of_a_long_record_is_counted_and_none_of_it_is_typed(citizen, person):
    load_reference()
    ContributionPeriod.objects.filter(person=person).delete()
    factories.add_periods(person, *((f"{year}-01", f"{year}-12", "paid") for year in range(2000, 2025)))
    page = citizen.get("/tro-giup/uoc-tinh/bhxh-mot-lan/")
    assert "300 months between 01/2000 and 12/2024" in words(page)
    answer = words(citizen.post("/tro-giup/uoc-tinh/bhxh-mot-lan/", {"case": "b", "counted": "record"}))
    assert "14 years" in answer.replace("\u00a0", " ")
    assert "11 years" in answer.replace("\u00a0", " ")
    one = {"case": "b", "counted": "typed", **HISTORY}
    assert "12 years" in words(citizen.post("/tro-giup/uoc-tinh/bhxh-mot-lan/", one)).replace("\u00a0", " ")


def test_after_login_salary_years_and_months_of_the_record_stand_there(citizen):
    sick = words(citizen.get("/tro-giup/uoc-tinh/om-dau/"))
    assert re.search(r'name="salary" value="[1-9]\d+"', sick)
    assert 'name="years" value="5"' in sick
    assert "filled in from your record" in sick
    assert 'name="months" value="0"' in words(citizen.get("/tro-giup/uoc-tinh/thai-san/"))


def test_before_login_nothing_is_filled_in(visitor):
    fields = re.findall(r"<input[^>]*>", main(visitor.get("/tro-giup/uoc-tinh/om-dau/")))
    assert not [field for field in fields if " value=" in field and "hidden" not in field]


def test_what_speaks_against_a_lump_sum_is_said(visitor):
    answer = visitor.post("/tro-giup/uoc-tinh/bhxh-mot-lan/", {"case": "dd", **HISTORY, "action": "next"})
    assert "Twelve months without contributions must have passed" in words(answer)


def test_an_old_event_is_reckoned_with_the_amounts_of_its_day_and_one_to_come_says_so(visitor):
    before = {**TYPED["thai-san"], "born": "01/06/2026", "action": "next"}
    assert "2,340,000" in words(visitor.post("/tro-giup/uoc-tinh/thai-san/", before))
    later = {**TYPED["thai-san"], "born": "01/06/2027", "action": "next"}
    assert "with today" in words(visitor.post("/tro-giup/uoc-tinh/thai-san/", later))


def test_days_and_ages_that_are_not_paid_are_said(visitor):
    child = {**TYPED["con-om"], "age": "7", "action": "next"}
    assert "below the age of seven" in words(visitor.post("/tro-giup/uoc-tinh/con-om/", child))
    rest = {"cause": "5", "days": "8", "action": "next"}
    assert "above the year" in words(visitor.post("/tro-giup/uoc-tinh/duong-suc/", rest))


def test_benefit_that_ended_early_keeps_paid_months(visitor):
    asked = {**TYPED["that-nghiep"], "received": "1", "action": "next"}
    page = words(visitor.post("/tro-giup/uoc-tinh/that-nghiep/", asked))
    assert "Paid months kept for later" in page
    assert "24\xa0months" in page


def test_an_estimate_can_be_printed(visitor):
    page = words(visitor.post("/tro-giup/uoc-tinh/om-dau/", {**TYPED["om-dau"], "action": "next"}))
    assert "data-print" in page


def test_an_estimator_speaks_both_languages():
    with translation.override("vi"):
        vietnamese = {str(topic.name) for topic in estimators.ESTIMATORS}
    with translation.override("en"):
        assert not vietnamese & {str(topic.name) for topic in estimators.ESTIMATORS}


def test_an_unknown_topic_is_not_there(visitor):
    assert visitor.get("/tro-giup/uoc-tinh/khac/").status_code == 404
