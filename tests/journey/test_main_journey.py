"""The one journey everything is for: from a stranger with a phone to a citizen holding her card."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.harness.live import Live
from tests.journey import steps
from vssid.demo import cast

Picture = Callable[..., Path]
OpenPage = Callable[..., Page]


@pytest.mark.browser
def test_from_a_stranger_with_a_phone_to_a_citizen_holding_her_card(
    live: Live, open_page: OpenPage, picture: Picture
) -> None:
    who = steps.person("0199000201")
    phone = open_page()
    desk = open_page(width=1280, height=900)

    picture(_at(phone, live.url), "home", full_page=False)
    steps.declare(phone, live, who)
    steps.add_photos(phone, who)
    picture(phone, "confirm")
    number = steps.confirm(phone, live, who)
    picture(phone, "receipt")
    assert number.startswith("00103GD/")
    receipt = live.message(who.phone, "da nhan duoc to khai")
    assert f"ma so {who.code} voi so ho so la {number}." in receipt
    assert re.search(r"Ma: [A-Z2-9]{6}$", receipt)

    steps.staff_login(desk, live, "hbt.canbo")
    steps.open_dossier(desk, live, number)
    expect(desk.locator("figure img")).to_have_count(3)
    assert desk.evaluate("[...document.querySelectorAll('figure img')].every(i => i.naturalWidth > 100)")
    picture(desk, "dossier")
    desk.locator("[name=identity_checked]").check(force=True)
    desk.get_by_role("button", name="Duyệt").click()
    desk.locator("[role=status]").wait_for()
    expect(desk.get_by_text(number)).to_be_visible()

    credentials = live.message(who.phone, "Mat khau tam")
    temporary = re.search(r"Mat khau tam: (\w+)", credentials)[1]  # type: ignore[index]
    steps.login(phone, live, who.code, temporary, who.phone)
    assert phone.url.endswith("/mat-khau/doi/")
    phone.goto(f"{live.url}/the-bhyt/")
    assert phone.url.endswith("/mat-khau/doi/"), "a temporary password opens nothing but its own change"
    phone.locator("[name=old_password]").fill(temporary)
    phone.locator("[name=new_password]").fill(steps.OWN_PASSWORD)
    phone.locator("[name=new_password2]").fill(steps.OWN_PASSWORD)
    steps.press(phone)
    phone.wait_for_url("**/ca-nhan/")
    expect(phone.locator("main")).to_contain_text(who.name)
    picture(phone, "personal", full_page=False)
    picture(_at(phone, f"{live.url}/the-bhyt/"), "card", full_page=False)
    expect(phone.locator("main")).to_contain_text("Trạm Y tế phường Ví Dụ")
    picture(_at(phone, f"{live.url}/qua-trinh-tham-gia/"), "history", full_page=False)
    expect(phone.locator("main")).to_contain_text("8 năm 1 tháng")
    steps.logout(phone)
    phone.goto(f"{live.url}/the-bhyt/")
    assert "/dang-nhap/" in phone.url

    before = steps.codes_so_far(live, who.phone)
    steps.vneid_login(phone, live, who)
    phone.wait_for_url("**/dang-nhap/vneid/lien-ket/")
    steps.press(phone)
    phone.locator("[name=otp]").fill(steps.code_sent(live, who.phone, after=before))
    steps.press(phone)
    phone.wait_for_url("**/ca-nhan/")
    steps.logout(phone)
    steps.vneid_login(phone, live, who)
    phone.wait_for_url("**/ca-nhan/")

    token = _token_by_consent(phone, live)
    me = _ask(live, "me", token)
    assert (me["bhxh_code"], me["full_name"], me["citizen_id"][-4:]) == (who.code, who.name, who.citizen_id[-4:])
    assert who.citizen_id not in json.dumps(me)
    card = _ask(live, "me/card", token)
    assert (card["number"], card["status"]) == (f"DN401{who.code}", "valid")
    history = _ask(live, "me/contributions?kind=bhxh", token)
    assert {period["employer"] for period in history["results"]} == {cast.EMPLOYERS[0][1]}
    assert _ask(live, "me/contributions/summary", token)["bhxh"] == {"months": 97, "owed_months": 0}


def _at(page: Page, url: str) -> Page:
    page.goto(url)
    return page


def _token_by_consent(page: Page, live: Live) -> str:
    """What the sample application does: consent in the browser, then code and verifier for a token."""
    client = live.cast()["clients"][0]
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    redirect = client["redirect_uris"][0]
    query = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": redirect,
        "scope": "profile card contributions",
        "state": "a-state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    returned: list[str] = []

    def arrived(route: Route) -> None:
        returned.append(route.request.url)
        route.fulfill(body="back at the application")

    page.route(f"{redirect}*", arrived)
    page.goto(f"{live.url}/oauth/authorize?{urlencode(query)}")
    steps.press(page)
    page.wait_for_url(f"{redirect}*")
    answer = parse_qs(urlsplit(returned[0]).query)
    assert answer["state"] == ["a-state"]
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"][0],
        "redirect_uri": redirect,
        "code_verifier": verifier,
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
    }
    request = urllib.request.Request(f"{live.url}/oauth/token", urlencode(form).encode())
    with urllib.request.urlopen(request, timeout=10) as response:
        token: str = json.load(response)["access_token"]
    return token


def _ask(live: Live, path: str, token: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{live.url}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.headers["Cache-Control"] == "no-store"
        answer: dict[str, Any] = json.load(response)
    return answer
