"""Logging in and the account in Chromium: with the keyboard alone, with a passkey, and when the time runs out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import CDPSession, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Passkey, User
from insurance.models import InsuredPerson
from tests.journey.test_every_page import problems
from tests.login.conftest import CODE, PASSWORD, PHONE
from vssid.sms.models import Message, Purpose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
OpenPage = Callable[..., Page]
MOST_TABS = 40


@pytest.fixture
def portal(live_server: LiveServer, settings: Settings) -> str:
    """The portal's address; one citizen has an account."""
    settings.PUBLIC_BASE_URL = live_server.url
    person = InsuredPerson.objects.create(
        bhxh_code=CODE, full_name="NGUYỄN THỊ THỬ NGHIỆM", date_of_birth=date(1990, 4, 12), gender="female"
    )
    user = User(username=CODE, person=person, full_name=person.full_name)
    user.set_phone(PHONE)
    user.set_password(PASSWORD)
    user.save()
    return live_server.url


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A phone's browser that has a finger sensor of its own."""
    page = open_page()
    tools: CDPSession = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def tab_to(page: Page, selector: str) -> None:
    """Go to a control with the tabulator alone."""
    for _step in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def log_in_by_keyboard(page: Page, portal: str) -> None:
    page.goto(f"{portal}/dang-nhap/")
    assert problems(page, "login") == []
    tab_to(page, "[name=username]")
    page.keyboard.type(CODE)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    tab_to(page, "[data-peek]")
    page.keyboard.press("Space")
    expect(page.locator("[name=password]")).to_have_attribute("type", "text")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dang-nhap/xac-nhan/")
    assert problems(page, "code") == []
    found = re.search(r"\d{6}", Message.objects.filter(purpose=Purpose.OTP).latest("created_at").body or "")
    assert found
    tab_to(page, "[name=otp]")
    page.keyboard.type(found.group())
    page.keyboard.press("Enter")
    page.wait_for_url("**/ca-nhan/")


def test_keyboard_alone_logs_in_adds_a_passkey_logs_in_with_it_and_removes_it(page: Page, portal: str) -> None:
    log_in_by_keyboard(page, portal)
    page.goto(f"{portal}/tai-khoan/")
    tab_to(page, "a[href$='/khoa-dang-nhap/them/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/them/")
    assert problems(page, "adding a passkey") == []
    tab_to(page, "[name=name]")
    page.keyboard.press("Control+A")
    page.keyboard.type("Điện thoại của tôi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tai-khoan/#ways")
    expect(page.locator("#ways").get_by_role("paragraph").filter(has_text="Điện thoại của tôi")).to_be_visible()
    assert problems(page, "account with a passkey") == []

    page.get_by_role("button", name="Đăng xuất").first.click()
    page.wait_for_url(f"{portal}/")
    page.go_back()
    page.wait_for_url("**/dang-nhap/?next=/tai-khoan/*")
    page.goto(f"{portal}/dang-nhap/?next=/thong-bao/")
    tab_to(page, "button[form=passkey]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thong-bao/")
    expect(page.get_by_role("heading", name="“Điện thoại của tôi”")).to_be_visible()
    assert problems(page, "notices") == []

    page.goto(f"{portal}/tai-khoan/khoa-dang-nhap/{Passkey.objects.get().pk}/xoa/")
    assert problems(page, "removing a passkey") == []
    page.locator("main form").last.get_by_role("button").last.click()
    page.wait_for_url("**/tai-khoan/#ways")
    assert not Passkey.objects.exists()


def test_a_key_keeps_the_session_and_afterwards_the_login_leads_back(
    page: Page, portal: str, settings: Settings
) -> None:
    log_in_by_keyboard(page, portal)
    settings.IDLE_SECONDS = 151
    page.goto(f"{portal}/tai-khoan/")
    question = page.locator("#stay")
    expect(question.get_by_role("button", name="Tiếp tục sử dụng")).to_be_focused(timeout=20_000)
    settings.IDLE_SECONDS = 900
    with page.expect_response("**/gia-han/") as answer:
        page.keyboard.press("Enter")
    assert answer.value.json()["more"] == 9
    expect(question).not_to_be_visible()

    settings.IDLE_SECONDS = 6  # so long may the next page take, or the session is over before it is drawn
    page.goto(f"{portal}/tai-khoan/?a=1")
    again = question.get_by_role("link", name="Đăng nhập lại")
    expect(again).to_be_focused(timeout=20_000)
    assert problems(page, "the end of a session") == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/dang-nhap/?next=/tai-khoan/%3Fa%3D1")
