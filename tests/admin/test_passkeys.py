"""Staff: a passkey stands in for the authenticator's digits, after the password and never instead of it."""

from __future__ import annotations

import pytest

from accounts.models import Passkey
from tests.admin.conftest import NEAR, PASSWORD, logged_in, make_staff
from tests.harness.stage import new_browser, words
from tests.login.authenticator import Authenticator

PAGE, DOOR, ASK = "/quan-tri/xac-thuc/khoa/", "/quan-tri/xac-thuc/", "/dang-nhap/khoa/bat-dau/"


@pytest.fixture
def key(desk) -> Authenticator:
    """The officer's security key."""
    key = Authenticator()
    question = desk.post(PAGE, {"action": "ask"}).json()
    assert desk.post(PAGE, {"name": "Blue key", "credential": key.create(question)}).status_code == 302
    return key


def password_given(username: str = "canbo.gan"):
    browser = new_browser()
    assert browser.post("/quan-tri/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return browser


def show(browser, key: Authenticator):
    return browser.post(DOOR, {"credential": key.get(browser.post(ASK).json())})


def test_a_passkey_of_their_own_is_the_second_factor(key, desk):
    assert "Blue key" in words(desk.get(PAGE))
    browser = password_given()
    assert 'data-passkey="get"' in words(browser.get(DOOR))
    assert show(browser, key).url == "/quan-tri/"
    assert browser.get("/quan-tri/").status_code == 200


def test_a_passkey_alone_lets_no_staff_in(key):
    browser = new_browser()
    assert browser.post("/dang-nhap/khoa/", {"credential": key.get(browser.post(ASK).json())}).url == "/dang-nhap/"
    assert browser.get("/quan-tri/").status_code == 302


def test_somebody_elses_passkey_is_no_second_factor(key, places):
    other = make_staff("canbo.khac", "officer", NEAR)
    logged_in(other)
    browser = password_given("canbo.khac")
    assert show(browser, key).url == DOOR
    assert browser.get("/quan-tri/").status_code == 302


def test_without_both_factors_nobody_adds_a_passkey(officer):
    browser = password_given()
    assert browser.post(PAGE, {"action": "ask"}).status_code == 302
    assert not Passkey.objects.exists()


def test_a_removed_passkey_opens_nothing(key, desk):
    desk.post(PAGE, {"remove": str(Passkey.objects.get().pk)})
    assert not Passkey.objects.exists()
    assert show(password_given(), key).url == DOOR
