"""Activation codes in place of temporary passwords, and login data asked for again by the citizen."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from accounts.actions.credentials import issue_credentials, reissue_credentials
from accounts.models import User
from tests.harness.stage import new_browser
from tests.login.conftest import (
    CITIZEN_ID,
    CODE,
    NEW_PASSWORD,
    PHONE,
    give_code,
    give_password,
    log_in,
    temporary_password,
    texts,
)
from tests.login.test_uniform import outside

AGAIN = "/mat-khau/gui-lai/"
FACTS = {"username": CODE, "id_last6": CITIZEN_ID[-6:]}
NEW = {"new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


@pytest.fixture
def opened(person, clock):
    """An account that was just opened: its message is on its way."""
    user = User.objects.create_user(CODE, person=person, full_name=person.full_name)
    issue_credentials(user=user, phone=PHONE, dedupe_key="credentials:1", by="staff:1", at=timezone.now())
    return user


@pytest.fixture
def activating(settings, request):
    """The same, where the operator chose activation codes."""
    settings.CREDENTIALS = "activation"
    return request.getfixturevalue("opened")


def test_an_activation_code_and_a_code_by_sms_open_the_setting_of_a_password_and_nothing_else(activating, browser):
    (text,) = texts("credentials")
    assert len(text) <= 160
    assert text.startswith("BHXHVN: tai khoan 0099000107 da duoc duyet. Ma kich hoat: ")
    assert "mat khau" not in text.lower()
    assert "Password or activation code" in browser.get("/dang-nhap/").content.decode()

    assert give_password(browser, temporary_password()).url == "/dang-nhap/xac-nhan/"
    assert browser.get("/mat-khau/doi/").status_code == 302, "the code alone opens nothing"
    give_code(browser)
    assert browser.get("/the-bhyt/").url == "/mat-khau/doi/"
    page = browser.get("/mat-khau/doi/").content.decode()
    assert "The code from the message is used up" in page
    assert 'name="old_password"' not in page
    assert browser.post("/mat-khau/doi/", {"new_password": "123", "new_password2": "123"}).status_code == 400
    assert browser.post("/mat-khau/doi/", NEW).url == "/ca-nhan/"
    assert browser.get("/tai-khoan/").status_code == 200
    page = browser.get("/mat-khau/doi/").content.decode()
    assert 'name="old_password"' in page, "from now on the present one is asked for"
    assert give_password(new_browser(), NEW_PASSWORD).status_code == 302


def test_an_activation_code_works_once_even_when_no_password_was_set(activating, browser, clock):
    other = new_browser()
    give_password(other, temporary_password())
    clock.shift(61)
    log_in(browser, temporary_password())
    assert give_password(new_browser(), temporary_password()).status_code == 400
    assert other.get("/dang-nhap/xac-nhan/").url == "/dang-nhap/", "it was given here before, and used there since"


def test_an_activation_code_ends_after_24_hours_and_the_page_leads_to_another(activating, browser, clock):
    clock.shift(24 * 3600)
    answer = give_password(browser, temporary_password())
    assert answer.status_code == 400
    assert "The activation code was valid for 24 hours" in answer.content.decode()
    assert AGAIN in answer.content.decode()


def test_a_message_that_did_not_come_is_sent_again_to_the_phone_on_file(opened, browser, clock):
    first = temporary_password()
    clock.shift(25 * 3600)
    answer = browser.post(AGAIN, FACTS)
    assert answer.url == "/dang-nhap/"
    assert "If an account with these numbers waits" in browser.get("/dang-nhap/").content.decode()
    assert re.search("mat khau tam moi", texts("credentials")[0])
    assert give_password(new_browser(), first).status_code == 400
    assert log_in(browser, temporary_password()).status_code == 302


def test_three_times_a_day_with_those_of_staff_and_the_fourth_is_answered_alike(opened, clock):
    reissue_credentials(user=opened, by="staff:1", at=timezone.now())
    answers = []
    for _time in range(3):
        clock.shift(60)
        answers.append(outside(new_browser().post(AGAIN, FACTS), CODE))
    assert len(texts("credentials")) == 4, "the first, one by staff, two asked for here"
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    "facts", [{"username": "0099999999"}, {"id_last6": "999999"}, {"username": CITIZEN_ID}], ids=str
)
def test_who_has_a_password_or_other_numbers_gets_nothing_and_is_answered_alike(citizen, browser, clock, facts):
    answer = browser.post(AGAIN, {**FACTS, **facts})
    assert answer.url == "/dang-nhap/"
    assert "If an account with these numbers waits" in browser.get("/dang-nhap/").content.decode()
    assert texts("credentials") == []
    assert give_password(new_browser()).status_code == 302
