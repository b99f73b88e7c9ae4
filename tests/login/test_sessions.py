"""How long a session lasts, who may be where, and what a temporary password allows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.middleware import TOUCH_SECONDS
from tests.harness.stage import new_browser
from tests.login.conftest import CODE, PASSWORD

MINUTE = 60


def open_at(browser, clock, seconds):
    clock.shift(seconds)
    return browser.get("/tai-khoan/")


def test_a_session_may_rest_for_15_minutes(inside, clock):
    assert open_at(inside, clock, 15 * MINUTE - 1).status_code == 200
    answer = open_at(inside, clock, 15 * MINUTE + 1)
    assert answer.status_code == 302
    assert answer.url == "/dang-nhap/?next=/tai-khoan/"
    page = inside.get(answer.url).content.decode()
    assert "logged out after 15 minutes without activity" in page


def test_a_busy_session_ends_after_12_hours(inside, clock):
    for _step in range(72):
        assert open_at(inside, clock, 10 * MINUTE).status_code == 200
    assert open_at(inside, clock, 1).status_code == 302


def test_a_session_of_staff_ends_after_8_hours(officer, browser, clock):
    browser.force_login(officer)
    for _step in range(49):
        assert browser.get("/mat-khau/doi/").status_code == 200
        clock.shift(10 * MINUTE)
    assert browser.get("/mat-khau/doi/").status_code == 302


def test_reading_pages_writes_the_session_at_most_once_a_minute(inside, clock):
    inside.get("/tai-khoan/")
    clock.shift(TOUCH_SECONDS - 1)
    with CaptureQueriesContext(connection) as quiet:
        inside.get("/tai-khoan/")
    assert not [query for query in quiet if "UPDATE" in query["sql"] or "INSERT" in query["sql"]]
    clock.shift(1)
    with CaptureQueriesContext(connection) as busy:
        inside.get("/tai-khoan/")
    assert [query for query in busy if 'UPDATE "accounts_session"' in query["sql"]]


def test_the_user_and_her_record_are_read_by_one_query(inside, clock):
    inside.get("/tai-khoan/")
    with CaptureQueriesContext(connection) as read:
        inside.get("/mat-khau/doi/")
    assert len(read) <= 2  # the session, unless the cache holds it; user and person
    assert sum('"accounts_user"' in query["sql"] for query in read) == 1


def test_pages_of_ones_own_are_kept_by_no_cache(inside):
    for address in ("/tai-khoan/", "/mat-khau/doi/", "/dang-xuat/"):
        assert inside.get(address)["Cache-Control"] == "no-store"


def test_a_frozen_account_is_out_at_its_next_request(inside, citizen):
    citizen.frozen_at = citizen.date_joined
    citizen.save()
    assert inside.get("/tai-khoan/").status_code == 302


def test_a_citizen_finds_no_back_office(inside):
    for address in ("/quan-tri/", "/quan-tri/login/", "/quan-tri/accounts/user/"):
        assert inside.get(address).status_code == 404


def test_staff_find_the_back_office_where_citizens_have_their_pages(officer, browser):
    browser.force_login(officer)
    for address in ("/ca-nhan/", "/the-bhyt/", "/tai-khoan/"):
        assert browser.get(address).url == "/quan-tri/"
    assert browser.get("/mat-khau/doi/").status_code == 200


def test_staff_cannot_log_in_at_the_citizens_door(officer, browser):
    officer.username = CODE
    officer.save()
    answer = browser.post("/dang-nhap/", {"username": CODE, "password": PASSWORD})
    assert answer.status_code == 400
    assert "4 tries left" in answer.content.decode()


def test_whoever_is_not_logged_in_is_sent_to_the_login_and_back(db):
    answer = new_browser().get("/qua-trinh-tham-gia/?kind=bhtn")
    assert answer.url == "/dang-nhap/?next=/qua-trinh-tham-gia/%3Fkind%3Dbhtn"


@pytest.mark.urls("tests.login.urls_refused")
@pytest.mark.parametrize(("address", "status", "wait"), [("/gone/", 404, None), ("/busy/", 429, "90")])
def test_a_rule_that_no_view_expected_is_a_page_with_its_status(db, browser, address, status, wait):
    answer = browser.get(address)
    assert answer.status_code == status
    assert answer.get("Retry-After") == wait
    assert "<h1>" in answer.content.decode()
