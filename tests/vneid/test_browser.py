"""Log-in by VNeID on a phone, in Chromium: the portal on one address, the stand-in on another."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from insurance.models import InsuredPerson
from tests.vneid.standin import StandIn
from vssid.sms.models import Message, Purpose

pytestmark = pytest.mark.django_db(transaction=True)

CODE, PHONE = "0099000107", "+84900000107"


@pytest.fixture
def portal(live_server: LiveServer, standin: StandIn, settings: Settings) -> str:
    """The portal's address; one citizen has an account."""
    settings.PUBLIC_BASE_URL = live_server.url
    person = InsuredPerson(
        bhxh_code=CODE, full_name="NGUYỄN THỊ THỬ NGHIỆM", date_of_birth=date(1990, 4, 12), gender="female"
    )
    person.set_citizen_id("001190000107")
    person.save()
    user = User(username=CODE, person=person, full_name=person.full_name)
    user.set_phone(PHONE)
    user.save()
    return live_server.url


def choose_vneid(page: Page, portal: str) -> None:
    page.goto(f"{portal}/dang-nhap/")
    page.get_by_role("link", name=re.compile("VNeID")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập VNeID trình diễn")


def give_vneid(page: Page, username: str, password: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_label("Mật khẩu").press("Enter")


def test_a_citizen_links_vneid_and_comes_back(
    open_page: Callable[..., Page], portal: str, picture: Callable[..., Path]
) -> None:
    page = open_page()
    choose_vneid(page, portal)
    picture(page, "vneid-standin")
    give_vneid(page, "thu.nghiem", "Trinhdien-2")
    expect(page).to_have_title(re.compile("Liên kết VNeID"))
    picture(page, "vneid-link")
    page.locator("main form").last.get_by_role("button").last.click()
    field = page.locator("input[name=otp]")
    expect(field).to_be_visible()
    picture(page, "vneid-link-code")
    found = re.search(r"\d{6}", Message.objects.filter(purpose=Purpose.OTP).latest("created_at").body or "")
    assert found
    field.fill(found.group())
    field.press("Enter")
    expect(page).to_have_url(f"{portal}/ca-nhan/")

    again = open_page()
    choose_vneid(again, portal)
    give_vneid(again, "thu.nghiem", "Trinhdien-2")
    expect(again).to_have_url(f"{portal}/ca-nhan/")


def test_level_1_and_cancelling_lead_back(
    open_page: Callable[..., Page], portal: str, picture: Callable[..., Path]
) -> None:
    page = open_page()
    choose_vneid(page, portal)
    give_vneid(page, "ban.mau", "Trinhdien-1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tài khoản VNeID của bạn chưa đạt mức độ 2")
    picture(page, "vneid-level-1")

    page.get_by_role("link", name="Dùng tài khoản VNeID khác").click()
    page.get_by_role("link", name="Hủy và quay lại cổng").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bạn đã hủy đăng nhập")
    page.get_by_role("link", name="Đăng nhập bằng mật khẩu").click()
    expect(page).to_have_url(f"{portal}/dang-nhap/")


def test_vneid_down_leaves_the_password(
    open_page: Callable[..., Page], portal: str, settings: Settings, picture: Callable[..., Path]
) -> None:
    settings.VNEID_ISSUER = "http://127.0.0.1:9"
    page = open_page()
    page.goto(f"{portal}/dang-nhap/vneid/")
    expect(page.get_by_role("heading", level=1)).to_have_text("VNeID chưa trả lời")
    picture(page, "vneid-down")
