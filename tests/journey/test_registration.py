"""A declaration that is interrupted: typed on a phone, gone on with on another device, where no script runs."""

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

# The ward is chosen in the very moment its list is there: no choice is lost while the page settles.
CHOSEN_AS_IT_APPEARS = """code => new MutationObserver((_, watching) => {
    const ward = document.querySelector(`[name=ward]:has(option[value="${code}"])`)
    if (!ward) return
    watching.disconnect()
    ward.value = code
    ward.dispatchEvent(new Event("change", { bubbles: true }))
}).observe(document.body, { childList: true, subtree: true })"""


@pytest.mark.browser
def test_what_was_typed_on_one_phone_is_gone_on_with_on_another(
    live: Live, open_page: OpenPage, picture: Picture
) -> None:
    who = steps.person("0199000203")
    first = open_page()
    first.goto(f"{live.url}/dang-ky/to-khai/")
    first.locator("[name=full_name]").fill("Ngô Thị Chi")
    first.locator("[name=phone]").fill(who.phone)
    expect(first.get_by_text(re.compile("Đã lưu lúc|Saved at"))).to_be_visible()
    first.evaluate(CHOSEN_AS_IT_APPEARS, who.ward)
    first.locator("[name=province]").select_option("01")
    expect(first.locator("#office-facts dl")).to_be_visible()
    with first.expect_response("**/to-khai/luu/"):
        first.locator("[name=address]").fill("Số 0, ngõ Ví Dụ")
    assert problems(first, "the declaration as it is typed") == []
    picture(first, "declaration-typed")

    second = open_page(width=1280, height=900, java_script_enabled=False)
    before = steps.codes_so_far(live, who.phone)
    second.goto(f"{live.url}/dang-ky/tiep-tuc/")
    second.locator("[name=phone]").fill(who.phone)
    picture(second, "resume")
    steps.press(second)
    second.locator("[name=otp]").fill(steps.code_sent(live, who.phone, after=before))
    steps.press(second)
    second.wait_for_url("**/dang-ky/to-khai/")
    expect(second.locator("[name=full_name]")).to_have_value("Ngô Thị Chi")
    expect(second.locator("[name=address]")).to_have_value("Số 0, ngõ Ví Dụ")
    expect(second.locator("[name=ward]")).to_have_value(who.ward)

    first.reload()
    expect(first.locator("[name=full_name]")).to_have_value("")
