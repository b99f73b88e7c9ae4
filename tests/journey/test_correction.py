"""A dossier comes back: the officer says what is wrong, the citizen mends it on her phone, the officer approves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.harness.live import Live
from tests.journey import steps
from tests.journey.test_every_page import problems
from vssid.demo import pictures

Picture = Callable[..., Path]
OpenPage = Callable[..., Page]


@pytest.mark.browser
def test_a_returned_dossier_is_mended_on_the_phone_and_approved(
    live: Live, open_page: OpenPage, picture: Picture
) -> None:
    who = steps.person("0199000203")
    begun = open_page()
    desk = open_page(width=1280, height=900)
    steps.declare(begun, live, who, office="00108", full_name="Ngô Thị Chi")
    steps.add_photos(begun, who)
    number = steps.confirm(begun, live, who)

    steps.staff_login(desk, live, "hm.canbo")
    steps.open_dossier(desk, live, number)
    steps.give_back(desk, full_name="Thiếu chữ đệm Kim.", id_front="Ảnh bị mờ. Chụp lại nơi đủ sáng.")
    # A supervisor can still take it back, so the message waits.
    assert not any("can bo sung" in message["body"] for message in live.messages(who.phone))

    phone = open_page(java_script_enabled=False)
    steps.follow(phone, live, who, number)
    picture(phone, "returned")
    phone.get_by_role("button", name="Sửa và gửi lại").click()
    phone.wait_for_url("**/dang-ky/to-khai/")
    picture(phone, "returned-declaration")
    name = phone.locator(".field", has=phone.locator("[name=full_name]"))
    expect(name).to_contain_text("Thiếu chữ đệm Kim.")
    phone.locator("[name=full_name]").fill(who.name)
    steps.press(phone)
    phone.wait_for_url("**/dang-ky/anh/")
    picture(phone, "returned-photos")
    slot = phone.locator(".slot", has=phone.locator("[name=id_front]"))
    expect(slot).to_contain_text("Ảnh bị mờ.")
    photo = {"name": "lai.jpg", "mimeType": "image/jpeg", "buffer": pictures.id_front(who)}
    phone.locator("[name=id_front]").set_input_files(photo)
    steps.press(phone)
    phone.wait_for_url("**/dang-ky/xac-nhan/")
    expect(phone.get_by_text("Đã sửa")).to_have_count(2)
    picture(phone, "returned-confirm")
    assert steps.confirm(phone, live, who) == number
    assert number in live.message(who.phone, "da nhan lai ho so")

    steps.open_dossier(desk, live, number)
    steps.approve(desk)
    assert who.code in live.message(who.phone, "Mat khau tam")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_of_a_correction_serve_everybody(
    live: Live, open_page: OpenPage, picture: Picture, language: str
) -> None:
    who = steps.person({"vi": "0199000301", "en": "0199000302"}[language])
    which = f"WHERE bhxh_code = '{who.code}'"
    number = live.sql(f"SELECT number FROM accounts_registrationdossier {which}")
    reasons = '[{"field": "gender", "text": "Nam hay nữ?"}, {"field": "portrait", "text": "Tối quá."}]'
    state = f"status = 'returned', return_reasons = '{reasons}'"
    live.sql(f"UPDATE accounts_registrationdossier SET {state} {which}")
    page = open_page()
    page.context.add_cookies([{"name": "language", "value": language, "url": live.url}])
    steps.follow(page, live, who, number)
    found = problems(page, "returned")
    page.locator("a[href='?rut']").click()
    found += problems(page, "withdraw")
    picture(page, f"withdraw-{language}")
    page.go_back()
    steps.press(page)
    for path in ("/dang-ky/to-khai/", "/dang-ky/anh/", "/dang-ky/xac-nhan/", "/dang-ky/"):
        page.goto(live.url + path)
        found += problems(page, path)
        picture(page, f"correct{path.replace('/', '-')}{language}")
    assert found == []
