"""A public service on a phone: filed, returned by an officer, corrected beside its field, granted, its result kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.harness.live import Live
from tests.journey import steps
from tests.journey.test_every_page import problems
from vssid.demo import cast

Picture = Callable[..., Path]
OpenPage = Callable[..., Page]
DESK = "/quan-tri/services/servicerequest/"


def sign(page: Page, live: Live, who: cast.Person) -> None:
    """From the page with everything to read again: the code, and sent."""
    before = steps.codes_so_far(live, who.phone)
    steps.press(page)
    page.locator("[name=otp]").fill(steps.code_sent(live, who.phone, after=before))
    steps.press(page)
    page.wait_for_url("**/ho-so/**")


@pytest.mark.browser
def test_a_service_goes_from_its_questions_by_way_of_a_correction_to_its_result(
    live: Live, open_page: OpenPage, picture: Picture
) -> None:
    who = steps.person("0199000109")
    phone = open_page()
    desk = open_page(width=1280, height=900)
    steps.login(phone, live, who.code, cast.PASSWORD, who.phone)
    phone.goto(f"{live.url}/dich-vu-cong/book-reissue/")
    phone.locator("[name=reason][value=lost]").check(force=True)
    phone.locator("[name=delivery][value=post]").check(force=True)
    phone.locator("[name=post_address]").fill("Số 40")
    phone.locator("[name=post_phone]").fill("0900000109")
    assert problems(phone, "service") == []
    picture(phone, "service-form")
    steps.press(phone)
    sign(phone, live, who)
    found = re.search(r"\d{5}DVC/\d{4}/\d{5}", phone.locator("main").inner_text())
    assert found
    address = phone.url

    steps.staff_login(desk, live, "hbt.phutrach")
    desk.goto(f"{live.url}{DESK}")
    assert problems(desk, "requests") == []
    picture(desk, "requests-desk")
    desk.get_by_role("link", name=found[0]).click()
    assert problems(desk, "request") == []
    picture(desk, "request-desk")
    desk.locator("a[data-key=b]").click()
    desk.locator("[name=post_address]").fill("Thiếu tên ngõ.")
    steps.press(desk)
    desk.wait_for_url("**/servicerequest/")

    phone.goto(address)
    picture(phone, "service-returned")
    phone.locator("[name=action][value=correct]").click()
    expect(phone.locator("main form").last).to_contain_text("Thiếu tên ngõ.")
    picture(phone, "service-correction")
    phone.locator("[name=post_address]").fill("Số 40, ngõ Ví Dụ")
    steps.press(phone)
    sign(phone, live, who)

    desk.goto(f"{live.url}{DESK}")
    desk.get_by_role("link", name=found[0]).click()
    expect(desk.locator("main")).to_contain_text("Số 40, ngõ Ví Dụ")
    desk.locator("[name=outcome]").fill("Sổ gửi qua bưu điện.")
    desk.locator("button[data-key=d]").click()
    desk.wait_for_url("**/servicerequest/")

    phone.goto(address)
    expect(phone.locator("main")).to_contain_text("Sổ gửi qua bưu điện.")
    assert problems(phone, "service-result") == []
    picture(phone, "service-result")
    with phone.expect_download() as download:
        phone.locator("[name=action][value=result]").click()
    assert download.value.suggested_filename.endswith(".pdf")
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(f"{live.url}{DESK}?state=approved")
    picture(desk, "requests-desk-phone")
