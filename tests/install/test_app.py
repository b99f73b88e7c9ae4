"""The portal as an app: manifest, worker and what may be kept on a device."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import zxingcpp
from django.conf import settings as configured
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageDraw
from pytest_django import Settings

from accounts.actions.credentials import set_own_password
from accounts.actions.own_account import freeze_own
from accounts.actions.sessions import end_others
from accounts.models import User
from insurance import revocations
from tests.insurance.factories import CardFactory
from tests.notices.conftest import account
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.templatetags.portal import owner_mark

KEEP = "/the-bhyt/giu/"


@pytest.mark.parametrize(("query", "card"), [("", "Thẻ bảo hiểm y tế"), ("?lang=en", "Health insurance card")])
def test_the_manifest_names_icons_that_are_there(client: Client, query: str, card: str) -> None:
    answer = client.get(f"/manifest.webmanifest{query}")
    assert answer["Content-Type"] == "application/manifest+json"
    said = json.loads(answer.content)
    assert (said["id"], said["start_url"], said["display"]) == ("/", "/ca-nhan/", "standalone")
    assert said["shortcuts"][0]["name"] == card
    sizes = {}
    for icon in said["icons"]:
        path = finders.find(icon["src"].removeprefix(configured.STATIC_URL))
        assert path, icon
        if icon["type"] == "image/png":
            with Image.open(path) as picture:
                assert icon["sizes"] == f"{picture.width}x{picture.height}"
                sizes[icon["purpose"], picture.width] = picture.mode
    assert {("any", 192), ("any", 512), ("maskable", 512)} == set(sizes)


def test_while_no_operator_is_named_the_app_says_that_it_is_a_demonstration(client: Client, settings: Settings) -> None:
    settings.OPERATOR_NAME = ""
    assert "trình diễn" in client.get("/manifest.webmanifest").json()["name"]
    settings.OPERATOR_NAME = "BHXH Ví Dụ"
    assert "trình diễn" not in client.get("/manifest.webmanifest").json()["name"]


def test_the_worker_is_asked_for_again_and_keeps_only_what_is_there(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript"
    assert "no-cache" in answer["Cache-Control"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    found = re.match(r"self\.SHELL = (\{.+\});", answer.content.decode())
    assert found
    shell = json.loads(found[1])
    assert all(finders.find(path.removeprefix(configured.STATIC_URL)) for path in shell["files"])
    for path in (*shell["pages"].values(), *shell["data"]):
        page = client.get(path)
        assert page.status_code == 200, path
    assert re.fullmatch(r"[0-9a-f]{16}", shell["version"])


@pytest.mark.django_db
def test_the_page_for_no_network_holds_nothing_of_anybody() -> None:
    user = account("0099000471")
    reader = Client()
    reader.force_login(user)
    mine, strangers = reader.get("/ngoai-tuyen/").content, Client().get("/ngoai-tuyen/").content
    assert mine == strangers
    assert user.full_name.encode() not in mine
    assert b"csrfmiddlewaretoken" not in mine


@pytest.mark.django_db
def test_a_card_to_keep_ends_after_thirty_days_or_with_the_card_and_says_whose_it_is() -> None:
    today = timezone.localdate()
    long, short = account("0099000472"), account("0099000473")
    for user, days in ((long, 200), (short, 10)):
        CardFactory(person=user.person, valid_from=date(2026, 1, 1), valid_to=today + timedelta(days=days))
        reader = Client()
        reader.force_login(user)
        answer = reader.get(KEEP)
        left = int(answer["X-Kept-Until"]) - timezone.now().timestamp()
        assert abs(left - 30 * 86400) < 60 if days == 200 else 10 * 86400 <= left <= 11 * 86400
        assert answer["X-Kept-Owner"] == owner_mark(user.pk)
        assert "no-store" in answer["Cache-Control"]  # by nobody but the script that was asked to
        assert b"csrfmiddlewaretoken" not in answer.content
        assert f'data-owner="{owner_mark(user.pk)}"'.encode() in reader.get("/ca-nhan/").content
    assert owner_mark(long.pk) != owner_mark(short.pk)


@pytest.mark.django_db
def test_there_is_nothing_to_keep_without_a_card_in_force_or_a_login() -> None:
    user = account("0099000474")
    CardFactory(person=user.person, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31))
    reader = Client()
    reader.force_login(user)
    assert reader.get(KEEP).status_code == 404
    assert Client().get(KEEP).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ends",
    [
        lambda user: end_others(user=user, keep=None, at=timezone.now()),
        lambda user: freeze_own(user=user, at=timezone.now()),
        lambda user: set_own_password(user, "ruong bac thang mua lua muoi", at=timezone.now()),
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    ],
    ids=["ended elsewhere", "frozen", "password set anew", "closed"],
)
def test_a_browser_that_kept_a_card_learns_logged_out_that_it_has_to_go(ends: Callable[[User], object]) -> None:
    user = account("0099000476")
    CardFactory(person=user.person, valid_from=date(2026, 1, 1), valid_to=timezone.localdate() + timedelta(days=99))
    reader = Client()
    reader.force_login(user)
    kept = {"X-Kept-Pass": reader.get(KEEP)["X-Kept-Pass"]}
    record(Event.SESSION_ENDED, actor=user.actor, subject=user.actor, at=timezone.now(), reason="idle")
    asked = Client().get(f"{KEEP}con/", headers=kept)
    assert (asked.status_code, asked.content) == (204, b"")
    assert "no-store" in asked["Cache-Control"]

    ends(user)

    assert Client().get(f"{KEEP}con/", headers=kept).status_code == 410
    for strange in ("", "x", kept["X-Kept-Pass"][:-1]):
        assert Client().get(f"{KEEP}con/", headers={"X-Kept-Pass": strange}).status_code == 410


@pytest.mark.django_db
def test_a_kept_code_is_withdrawn_with_the_prints() -> None:
    user = account("0099000475")
    CardFactory(person=user.person, valid_from=date(2026, 1, 1), valid_to=timezone.localdate() + timedelta(days=99))
    reader = Client()
    reader.force_login(user)
    token = code_of(reader.get(KEEP).content.decode())
    assert revocations.check(token, timezone.now()).status == "valid"
    reader.post("/the-bhyt/hinh-anh/thu-hoi/")
    assert revocations.check(token, timezone.now() + timedelta(seconds=1)).status == "revoked"


def code_of(page: str) -> str:
    """Read the code that a page draws, from the lines of its QR picture."""
    lines = re.findall(r'd="(M[^"]+)"', page.split('class="qr whole"')[1])[-1]
    picture, scale, x, y = Image.new("L", (800, 800), 255), 8, 0.0, 0.0
    pen = ImageDraw.Draw(picture)
    for what, across, down in re.findall(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?", lines):
        if what == "h":
            pen.rectangle((x * scale, (y - 0.5) * scale, (x + float(across)) * scale - 1, (y + 0.5) * scale - 1), 0)
            x += float(across)
        else:
            x, y = (float(across), float(down)) if what == "M" else (x + float(across), y + float(down))
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)
