"""Every citizen's page, in both languages: no accessibility violation, nothing scrolls sideways, nothing breaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.harness.live import Live
from tests.journey import steps
from vssid.demo import cast

OpenPage = Callable[..., Page]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
WIDTHS = (320, 390, 1280)
OPEN = (
    "/",
    "/dang-ky/",
    "/dang-ky/?doi-tuong=to-chuc",
    "/dang-ky/to-khai/",
    "/dang-ky/tra-cuu/",
    "/the-bhyt/kiem-tra/",
    "/dang-nhap/",
    "/mat-khau/quen/",
    "/demo/",
    "/demo/sms/",
    "/api/docs/",
    "/khong-co-trang-nay/",
)
HELP = ("/tra-cuu/", "/tra-cuu/co-quan-bhxh/?q=bach+mai", "/tra-cuu/ma-so/", "/tro-giup/", "/tro-giup/lien-he/")
OWN = ("/ca-nhan/", "/the-bhyt/", "/the-bhyt/ma/", "/the-bhyt/hinh-anh/", "/qua-trinh-tham-gia/",
       "/qua-trinh-tham-gia/?kind=bhyt", "/tai-khoan/", "/mat-khau/doi/", "/dang-xuat/")  # fmt: skip
# Two employers and months owed, the long name, the year-only birth with an ended card, nothing at all, forty years.
CITIZENS = ("0199000102", "0199000103", "0199000104", "0199000105", "0199000106")
LONGEST, ALIKE = "0199000103", {"0199000102", "0199000106"}
# By night and in English the one with the longest words; the others, and whose pages are much the same, in `make soak`.
LOOKED_AT = [
    pytest.param(code, scheme, marks=[pytest.mark.soak] * (code != LONGEST and (scheme == "dark" or code in ALIKE)))
    for code in CITIZENS
    for scheme in ("light", "dark")
]


def inspect(page: Page, live: Live, paths: tuple[str, ...], *, language: str) -> list[str]:
    """Visit the pages at each width; say what is wrong with them."""
    found = []
    for path in paths:
        page.goto(live.url + path)
        assert page.locator("html").get_attribute("lang") == language
        found += problems(page, path)
    return found


def problems(page: Page, where: str) -> list[str]:
    """Say what is wrong with the page that is open: sideways scrolling, violations of axe's rules."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{where} is {wide} px wide at {width}")
    page.set_viewport_size({"width": 390, "height": 844})
    for violation in Axe().run(page, options=RULES).response["violations"]:
        targets = [node["target"] for node in violation["nodes"][:3]]
        found.append(f"{where}: {violation['id']} {targets}")
    return found


def in_language(page: Page, live: Live, language: str) -> None:
    page.context.add_cookies([{"name": "language", "value": language, "url": live.url}])


@pytest.mark.browser
@pytest.mark.parametrize("language", ["vi", pytest.param("en", marks=pytest.mark.soak)])
def test_pages_before_login_serve_everybody(live: Live, open_page: OpenPage, language: str) -> None:
    page = open_page()
    in_language(page, live, language)

    assert inspect(page, live, OPEN, language=language) == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["vi", "en"])
def test_look_ups_and_help_serve_everybody(live: Live, open_page: OpenPage, language: str) -> None:
    page = open_page()
    in_language(page, live, language)

    assert inspect(page, live, HELP, language=language) == []


@pytest.mark.browser
@pytest.mark.parametrize(("code", "scheme"), LOOKED_AT)
def test_pages_of_a_citizen_serve_everybody(live: Live, open_page: OpenPage, code: str, scheme: str) -> None:
    who = steps.person(code)
    page = open_page(color_scheme=scheme)
    language = "vi" if scheme == "light" else "en"
    in_language(page, live, language)
    steps.login(page, live, who.code, cast.PASSWORD, who.phone)

    assert inspect(page, live, OWN, language=language) == []


@pytest.mark.browser
def test_a_wrong_declaration_names_each_field_and_keeps_what_was_typed(live: Live, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{live.url}/dang-ky/to-khai/")
    page.locator("[name=bhxh_code]").fill("019900020")
    page.locator("[name=full_name]").fill("HOÀNG THỊ LAN ANH")
    page.locator("[name=date_of_birth]").fill("31/02/1990")
    steps.press(page)

    summary = page.locator("main [role=alert]")
    assert "Bạn đã nhập 9." in summary.inner_text()
    assert "Tháng 2 không có ngày 31" in summary.inner_text()
    assert summary.evaluate("element => element === document.activeElement")
    assert page.locator("[name=full_name]").input_value() == "HOÀNG THỊ LAN ANH"
    assert page.title().startswith("Lỗi:")
    assert problems(page, "the declaration with mistakes") == []


@pytest.mark.browser
def test_the_registration_works_without_scripts(live: Live, open_page: OpenPage) -> None:
    who = steps.person("0199000204")
    page = open_page(java_script_enabled=False)
    page.goto(f"{live.url}/dang-ky/to-khai/")
    typed = {
        "bhxh_code": who.code,
        "full_name": who.name,
        "date_of_birth": who.born,
        "id_number": who.citizen_id,
        "phone": who.phone,
        "address": who.address,
    }
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator(f"[name=gender][value={who.gender}]").check(force=True)
    page.locator("[name=province]").select_option("01")
    page.locator("button[name=action][value=wards]").click()
    page.locator("[name=ward]").select_option(who.ward)
    page.locator("[name=office]").select_option("00103")
    steps.press(page)
    page.wait_for_url("**/dang-ky/anh/")
    steps.add_photos(page, who)

    assert steps.confirm(page, live, who).startswith("00103GD/")
