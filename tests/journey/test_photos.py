"""Photos in a phone's browser: made smaller before they are sent, the doubtful one told, the same without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ImageFilter
from playwright.sync_api import Page, expect

from tests.harness.live import Live
from tests.journey import steps
from tests.registration import pictures

Picture = Callable[..., Path]
OpenPage = Callable[..., Page]


def choose(page: Page, slot: str, jpeg: bytes) -> None:
    file = {"name": "IMG_2031.jpg", "mimeType": "image/jpeg", "buffer": jpeg}
    page.locator(f"[name={slot}]").set_input_files(file)


def bytes_to_send(page: Page, slot: str) -> int:
    return int(page.locator(f"[name={slot}]").evaluate("input => input.files[0].size"))


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_photos_from_a_phone(live: Live, open_page: OpenPage, picture: Picture, scripts: bool) -> None:
    who = steps.person("0199000203")
    begun = open_page()
    steps.declare(begun, live, who)
    page = begun
    if not scripts:
        page = open_page(java_script_enabled=False)
        page.context.add_cookies(begun.context.cookies())
        page.goto(f"{live.url}/dang-ky/anh/")
    picture(page, f"photos-empty-{scripts}")
    large = pictures.encoded(pictures.card().resize((3200, 2400)), "JPEG", quality=98)
    blurred = pictures.encoded(pictures.card().filter(ImageFilter.GaussianBlur(6)), "JPEG")
    choose(page, "portrait", pictures.encoded(pictures.portrait(), "JPEG"))
    choose(page, "id_front", large)
    choose(page, "id_back", blurred)
    if scripts:
        expect(page.locator("[data-chosen]").nth(1)).to_have_text("IMG_2031.jpg")
        assert bytes_to_send(page, "id_front") < len(large) / 2
    steps.press(page)
    expect(page.get_by_text("Cần xem lại")).to_be_visible()
    expect(page.locator(".slot figure img")).to_have_count(3)
    picture(page, f"photos-doubtful-{scripts}")
    page.set_viewport_size({"width": 1280, "height": 900})
    picture(page, f"photos-doubtful-wide-{scripts}")
    steps.press(page)
    page.wait_for_url("**/dang-ky/xac-nhan/")
