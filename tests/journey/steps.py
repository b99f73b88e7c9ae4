"""The steps of the main journey as their users take them, for the browser tests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

from playwright.sync_api import Page

from tests.harness.live import Live
from vssid.demo import cast, pictures

OWN_PASSWORD = "Muoi-hai-con-cho-sua"


def press(page: Page) -> None:
    """Press the main button of the page: the last submit button of the last form in <main>."""
    page.locator("main form").last.locator("button:not([type=button])").last.click()


def person(code: str) -> cast.Person:
    """The member of the cast with this code."""
    return next(person for person in cast.PEOPLE if person.code == code)


def declare(page: Page, live: Live, who: cast.Person, office: str = "00103", **other: str) -> None:
    """From the landing page to the declaration sent; ends on the page of the photos."""
    page.goto(live.url)
    page.get_by_role("link", name=re.compile("Đăng ký ngay|Register")).first.click()
    page.locator("main a[href$='/dang-ky/to-khai/']").first.click()
    typed = {
        "bhxh_code": who.code,
        "full_name": who.name.title(),
        "date_of_birth": "/".join(reversed(who.born.split("-"))),
        "id_number": who.citizen_id,
        "phone": "0" + who.phone.removeprefix("+84"),
        "address": who.address,
        **other,
    }
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator(f"[name=gender][value={who.gender}]").check(force=True)
    page.locator("[name=province]").select_option("01")
    page.locator(f"[name=ward] option[value='{who.ward}']").wait_for(state="attached")
    page.locator("[name=ward]").select_option(who.ward)
    page.locator(f"[name=office] option[value='{office}']").wait_for(state="attached")
    page.locator("[name=office]").select_option(office)
    press(page)
    page.wait_for_url("**/dang-ky/anh/")


def add_photos(page: Page, who: cast.Person) -> None:
    """The three photos, then on to the confirmation."""
    drawings = {
        "portrait": pictures.portrait(who),
        "id_front": pictures.id_front(who),
        "id_back": pictures.id_back(who),
    }
    for slot, jpeg in drawings.items():
        page.locator(f"[name={slot}]").set_input_files(
            {"name": f"{slot}.jpg", "mimeType": "image/jpeg", "buffer": jpeg}
        )
    press(page)
    page.wait_for_url("**/dang-ky/xac-nhan/")


def confirm(page: Page, live: Live, who: cast.Person) -> str:
    """Consent, code, "Ghi nhận"; returns the dossier's number."""
    before = codes_so_far(live, who.phone)
    page.locator("[name=consent]").check(force=True)
    press(page)
    page.locator("[name=otp]").fill(code_sent(live, who.phone, after=before))
    press(page)
    page.wait_for_url("**/dang-ky/hoan-tat/")
    found = re.search(r"\d{5}GD/\d{4}/\d{5}", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def code_sent(live: Live, phone: str, *, after: int = 0) -> str:
    """The six digits of the newest code to a phone; `after` is how many codes came before."""
    text = live.message(phone, "ma xac nhan", after=after)
    return re.search(r"\b\d{6}\b", text)[0]  # type: ignore[index]


def codes_so_far(live: Live, phone: str) -> int:
    """How many codes a phone has received."""
    return sum("ma xac nhan" in message["body"] for message in live.messages(phone))


def staff_login(page: Page, live: Live, username: str) -> None:
    """In by password and the authenticator's code."""
    member: dict[str, Any] = next(one for one in live.cast()["staff"] if one["username"] == username)
    # A code works once, and tests of one half minute share the staff: theirs is a fresh one each time.
    live.sql("UPDATE otp_totp_totpdevice SET last_t = -1, throttling_failure_count = 0")
    page.goto(f"{live.url}/quan-tri/")
    page.locator("[name=username]").fill(member["username"])
    page.locator("[name=password]").fill(member["password"])
    press(page)
    page.locator("[name=otp]").fill(totp(member["totp_secret"]))
    press(page)
    page.wait_for_url("**/quan-tri/")


def open_dossier(page: Page, live: Live, number: str) -> None:
    """From the queue to the page of one dossier."""
    page.goto(f"{live.url}/quan-tri/accounts/registrationdossier/")
    page.get_by_role("link", name=number).click()
    page.wait_for_load_state("networkidle")


def give_back(page: Page, **reasons: str) -> None:
    """From the page of a dossier: words beside each field or photo that must be corrected."""
    page.locator("a[data-key=b]").click()
    for name, words in reasons.items():
        page.locator(f"[name={name}]").fill(words)
    press(page)
    page.locator("[role=status]").wait_for()


def refuse(page: Page, reason: str, words: str) -> None:
    """From the page of a dossier: a reason of the catalogue, and words added to it."""
    page.locator("a[data-key=x]").click()
    page.locator(f"[name=reason][value={reason}]").check(force=True)
    page.locator("[name=text]").fill(words)
    press(page)
    page.locator("[role=status]").wait_for()


def approve(page: Page) -> None:
    """From the page of a dossier, the applicant standing there with the paper."""
    page.locator("[name=identity_checked]").check(force=True)
    page.locator("button[data-key=d]").click()
    page.locator("[role=status]").wait_for()


def follow(page: Page, live: Live, who: cast.Person, number: str) -> None:
    """By number, phone and code to the page that shows where the dossier stands."""
    before = codes_so_far(live, who.phone)
    page.goto(f"{live.url}/dang-ky/tra-cuu/")
    page.locator("[name=number]").fill(number)
    page.locator("[name=phone]").fill(who.phone)
    press(page)
    page.locator("[name=otp]").fill(code_sent(live, who.phone, after=before))
    press(page)
    page.get_by_role("heading", name=number).wait_for()


def totp(secret: str) -> str:
    """What an authenticator shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time() // 30)), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def login(page: Page, live: Live, username: str, password: str, phone: str) -> None:
    """By user name, password and, on a new browser, the code."""
    before = codes_so_far(live, phone)
    page.goto(f"{live.url}/dang-nhap/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    press(page)
    page.wait_for_url(re.compile(r"/(dang-nhap/xac-nhan|ca-nhan|mat-khau/doi)/"))
    if "/dang-nhap/xac-nhan/" in page.url:
        page.locator("[name=otp]").fill(code_sent(live, phone, after=before))
        press(page)
        page.wait_for_url(re.compile(r"/(ca-nhan|mat-khau/doi)/"))


def logout(page: Page) -> None:
    """By the button in the header."""
    page.locator("header form[action$='/dang-xuat/'] button").click()
    page.wait_for_url(re.compile(r"://[^/]+/$"))


def vneid_login(page: Page, live: Live, who: cast.Person) -> None:
    """By the button for VNeID and the stand-in's own page; ends back on the portal."""
    page.goto(f"{live.url}/dang-nhap/")
    page.locator("main a[href='/dang-nhap/vneid/']").click()
    if page.url.startswith(live.issuer):
        page.locator("[name=username]").fill(who.vneid_name)
        page.locator("[name=password]").fill(cast.VNEID_PASSWORD)
        page.locator("button, input[type=submit]").first.click()
