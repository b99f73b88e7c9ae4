"""The cockpit in Chromium: everything by keys, photos enlarged without scripts, nothing for axe to find."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.harness.live import Live
from tests.journey import steps

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
QUEUE = "/quan-tri/accounts/registrationdossier/"
MEMBER = "hbt.phutrach"  # nobody else's authenticator is used twice in half a minute


def complaints(page: Page) -> list[str]:
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page, options=RULES).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return [f"{page.url} {page.viewport_size}: {problem}" for problem in found]


@pytest.mark.browser
def test_an_officer_works_by_keys_and_reads_every_page(live: Live, open_page: Callable[..., Page]) -> None:
    page = open_page(width=1280, height=900)
    steps.staff_login(page, live, MEMBER)
    expect(page.locator("main")).to_contain_text("hồ sơ chờ xét")
    page.goto(f"{live.url}{QUEUE}")
    row = page.locator("tbody tr", has_text="MAI VĂN TUẤN")
    expect(row).to_contain_text("Ngày sinh khác dữ liệu BHXH")
    row.locator("th a").click()
    dossier = page.url

    portrait = page.locator("#photo-1 img")
    small = portrait.bounding_box()
    page.keyboard.press("1")
    large = portrait.bounding_box()
    assert small
    assert large
    assert large["height"] > 2 * small["height"]
    page.keyboard.press("Escape")
    assert portrait.bounding_box()["height"] == small["height"]

    approve = page.get_by_role("button", name="Duyệt")
    expect(approve).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#why")).to_contain_text("Ngày sinh")
    bar = page.locator("form.bar").bounding_box()
    assert bar
    assert bar["y"] + bar["height"] <= 900, "the decision is in view without scrolling"
    page.keyboard.press("b")
    page.wait_for_url("**/return/?version=*")
    page.locator("[name=phone]").press("x")
    assert page.locator("[name=phone]").input_value() == "x", "keys are letters inside a field"
    page.keyboard.press("Escape")  # out of the field
    page.keyboard.press("Escape")  # and back to the dossier
    page.wait_for_url(dossier)
    page.keyboard.press("x")
    page.wait_for_url("**/reject/?version=*")
    expect(page.locator("[name=reason]:checked")).to_be_focused()

    found = []
    pages = [dossier, f"{dossier}../return/", f"{dossier}../reject/", f"{live.url}{QUEUE}?state=all"]
    pages += [f"{live.url}/quan-tri/{path}" for path in ("", "accounts/user/", "sms/message/", "password_change/")]
    for size in ({"width": 1280, "height": 900}, {"width": 390, "height": 844}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for address in pages:
            page.goto(address)
            found += complaints(page)
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_photos_are_enlarged_without_scripts(live: Live, open_page: Callable[..., Page]) -> None:
    page = open_page(width=1280, height=900, java_script_enabled=False)
    steps.staff_login(page, live, "hm.canbo")
    page.goto(f"{live.url}{QUEUE}")
    page.locator("tbody th a").first.click()
    picture = page.locator("#photo-2 img")
    small = picture.bounding_box()
    page.locator("#photo-2 a").first.click()
    large = picture.bounding_box()
    assert small
    assert large
    assert large["width"] > 2 * small["width"]
    page.locator("#photo-2 .close").click()
    assert picture.bounding_box()["width"] == small["width"]


@pytest.mark.browser
def test_two_officers_at_once_learn_of_each_other(live: Live, open_page: Callable[..., Page]) -> None:
    first, second = open_page(width=1280, height=900), open_page(width=1280, height=900)
    steps.staff_login(first, live, "hbt.canbo")
    steps.staff_login(second, live, MEMBER)
    first.goto(f"{live.url}{QUEUE}")
    first.keyboard.press("j")
    first.wait_for_url("**/change/")
    second.goto(first.url)

    first.keyboard.press("n")
    expect(first.locator("form[action$='/release/']")).to_be_visible()
    second.keyboard.press("n")
    expect(second.locator("main")).to_contain_text("Lê Thị Kiểm Thử")
    expect(second.locator("form.bar")).to_have_count(0)

    first.keyboard.press("c")
    expect(first.locator("[name=identity_checked]")).to_be_checked()
    first.keyboard.press("1")
    first.keyboard.press("r")
    expect(first.locator("#photo-1 img")).to_have_attribute("data-turn", "1")
    first.keyboard.press("Escape")
    expect(first.locator("form[action$='/release/']"), "Esc closed the photo only").to_be_visible()
    found = complaints(first) + complaints(second)
    first.keyboard.press("Escape")
    first.wait_for_url(f"**{QUEUE}")
    second.reload()
    second.keyboard.press("n")
    expect(second.locator("form[action$='/release/']")).to_be_visible()
    assert not found, "\n".join(found)
