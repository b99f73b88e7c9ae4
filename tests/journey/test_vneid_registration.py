"""Somebody with VNeID of level 2 and no account: from the login to her own card without a photo or an officer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.harness.live import Live
from tests.journey import steps
from tests.journey.test_every_page import problems

Picture = Callable[..., Path]
OpenPage = Callable[..., Page]


@pytest.mark.browser
def test_vneid_replaces_photos_and_visit(live: Live, open_page: OpenPage, picture: Picture) -> None:
    who = steps.person("0199000205")
    phone = open_page()
    steps.vneid_login(phone, live, who)
    found = problems(phone, "no account")
    picture(phone, "vneid-no-account")
    phone.get_by_role("link", name="Đăng ký ngay, không cần ảnh").click()
    phone.wait_for_url("**/dang-ky/vneid/")
    expect(phone.locator("main")).to_contain_text(who.name)
    expect(phone.locator("[name=phone]")).to_have_value("0" + who.phone.removeprefix("+84"))
    expect(phone.locator("[name=full_name], [name=id_number], input[type=file]")).to_have_count(0)
    found += problems(phone, "declaration")
    picture(phone, "vneid-declaration")

    phone.locator("[name=province]").select_option("01")
    phone.locator(f"[name=ward] option[value='{who.ward}']").wait_for(state="attached")
    phone.locator("[name=ward]").select_option(who.ward)
    phone.locator("[name=office] option[value='00103']").wait_for(state="attached")
    phone.locator("[name=office]").select_option("00103")
    phone.locator("[name=address]").fill(who.address)
    phone.locator("[name=consent]").check(force=True)
    before = steps.codes_so_far(live, who.phone)
    steps.press(phone)
    phone.locator("[name=otp]").fill(steps.code_sent(live, who.phone, after=before))
    found += problems(phone, "code")
    picture(phone, "vneid-code")
    steps.press(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Tài khoản của bạn đã mở")
    assert re.search(r"00103GD/\d{4}/\d{5}", phone.locator("main").inner_text())
    found += problems(phone, "done")
    picture(phone, "vneid-done")
    assert f"tai khoan {who.code} da duoc duyet" in live.message(who.phone, "Mat khau tam")
    assert found == []

    phone.locator("main a[href='/dang-nhap/vneid/']").click()
    if phone.url.startswith(live.issuer):
        phone.locator("[name=username]").fill(who.vneid_name)
        phone.locator("[name=password]").fill("Trinhdien-2")
        phone.locator("button, input[type=submit]").first.click()
    phone.wait_for_url("**/ca-nhan/")
    phone.goto(f"{live.url}/the-bhyt/")
    expect(phone.locator("main")).to_contain_text("Trạm Y tế phường Ví Dụ")


@pytest.mark.browser
def test_without_scripts_the_wards_come_by_a_button(live: Live, open_page: OpenPage) -> None:
    who = steps.person("0199000207")
    phone = open_page(java_script_enabled=False)
    steps.vneid_login(phone, live, who)
    phone.locator("main a[href='/dang-ky/vneid/']").click()
    phone.locator("[name=province]").select_option("01")
    phone.locator("button[value=wards]").click()
    phone.locator("[name=ward]").select_option(who.ward)
    steps.press(phone)
    expect(phone.locator("main [role=alert]")).to_be_visible()
    expect(phone.locator("[name=ward]")).to_have_value(who.ward)
