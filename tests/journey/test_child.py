"""A parent registers a child on a phone, an officer admits the child online, the parent opens the child's card."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.harness.live import Live
from tests.journey import steps
from tests.journey.test_every_page import problems
from vssid.demo import cast, pictures

PARENT, CHILD = "0199000101", "0199000401"


@pytest.mark.browser
def test_a_parent_registers_a_child_and_opens_the_childs_card(
    live: Live, open_page: Callable[..., Page], picture: Callable[..., Path]
) -> None:
    parent, child = steps.person(PARENT), steps.person(CHILD)
    phone, desk = open_page(), open_page(width=1280, height=900)
    steps.login(phone, live, parent.code, cast.PASSWORD, parent.phone)
    phone.goto(f"{live.url}/ca-nhan/")
    found = problems(phone, "home")
    phone.get_by_role("link", name="Thêm con").click()
    found += problems(phone, "no children")
    picture(phone, "children-none")
    phone.locator("main a[href$='/con/dang-ky/']").click()

    phone.locator("[name=bhxh_code]").fill(f"HS401{child.code}")
    phone.locator("[name=full_name]").fill(child.name.title())
    phone.locator("[name=date_of_birth]").fill("15/03/2016")
    phone.locator(f"[name=gender][value={child.gender}]").check(force=True)
    phone.locator("[name=relation][value=mother]").check(force=True)
    ward = phone.locator("[name=ward] option[value='00256']")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.route(re.compile("province=79"), hold)
    with phone.expect_request(re.compile("province=79")):
        phone.locator("[name=province]").select_option("79")
    # Nothing of the former province can be chosen while the answer is on its way.
    expect(phone.locator("[name=ward]")).to_be_disabled()
    expect(phone.locator("[name=office]")).to_be_disabled()
    held[0].continue_()
    ward.wait_for(state="detached")
    expect(phone.locator("[name=ward]")).to_be_enabled()
    phone.locator("[name=province]").select_option("01")
    ward.wait_for(state="attached")
    phone.locator("[name=ward]").select_option("00256")
    expect(phone.locator("[name=office]")).to_have_value("00103")
    found += problems(phone, "declaration")
    picture(phone, "child-declaration")
    steps.press(phone)
    phone.wait_for_url("**/con/dang-ky/anh/")
    for slot, jpeg in (("portrait", pictures.portrait(child)), ("birth", pictures.id_back(child))):
        photo = {"name": f"{slot}.jpg", "mimeType": "image/jpeg", "buffer": jpeg}
        phone.locator(f"[name={slot}]").set_input_files(photo)
    phone.locator("[name=consent]").check(force=True)
    found += problems(phone, "photos")
    picture(phone, "child-photos")
    steps.press(phone)
    phone.wait_for_url("**/con/dang-ky/xac-nhan/")
    before = steps.codes_so_far(live, parent.phone)
    steps.press(phone)
    phone.locator("[name=otp]").fill(steps.code_sent(live, parent.phone, after=before))
    found += problems(phone, "confirm")
    picture(phone, "child-confirm")
    steps.press(phone)
    phone.wait_for_url("**/tai-khoan/con/")
    match = re.search(r"\d{5}GD/\d{4}/\d{5}", phone.locator("main").inner_text())
    assert match
    found += problems(phone, "sent")

    steps.staff_login(desk, live, "hbt.canbo")
    steps.open_dossier(desk, live, match[0])
    expect(desk.locator("main")).to_contain_text(parent.name)
    picture(desk, "child-desk")
    desk.locator("button[data-key=d]").click()
    desk.locator("[role=status]").wait_for()
    assert live.message(parent.phone, f"{child.code} da duoc duyet")

    phone.goto(f"{live.url}/ca-nhan/")
    phone.get_by_role("button", name=re.compile(child.name, re.IGNORECASE)).click()
    expect(phone.locator("main")).to_contain_text("Bạn đang xem hồ sơ của")
    found += problems(phone, "home of the child")
    picture(phone, "child-home")
    phone.goto(f"{live.url}/the-bhyt/")
    expect(phone.locator(".pass .name")).to_contain_text(child.name)
    found += problems(phone, "card of the child")
    picture(phone, "child-card")
    phone.goto(f"{live.url}/tai-khoan/con/")
    found += problems(phone, "children")
    picture(phone, "children")
    phone.goto(f"{live.url}/ca-nhan/")
    phone.get_by_role("button", name="Tôi").click()
    expect(phone.locator("#name")).to_contain_text(parent.name)
    assert found == []
