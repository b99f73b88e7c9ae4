"""From the first form to the first login: no log line, whatever its level, says anything about the person; no table
and nothing in Redis holds a code or a password."""

from __future__ import annotations

import logging
import re

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import RegistrationDossier
from tests.faults.conftest import officers_browser
from tests.harness.stage import new_browser
from tests.login.conftest import give_code, give_password, sent_code, temporary_password
from tests.login.test_credentials import database_in_clear
from tests.registration.conftest import (
    CITIZEN_ID,
    CODE,
    PHONE,
    TYPED,
    add_photos,
    ask_for_code,
    code_on,
    declare,
    other,
    send,
)
from vssid.ops.logs import JsonFormatter
from vssid.sms import delivery
from vssid.sms.models import Message, Purpose
from vssid.sms.texts import fold

OWN_PASSWORD = "Muoi-hai-con-cho-sua"
EMAIL = "thu.nghiem@example.com"


def deliver() -> None:
    while delivery.drain([Purpose.OTP], at=timezone.now()) or delivery.drain(delivery.NOTICES, at=timezone.now()):
        pass


def journey(browser: Client) -> list[str]:
    """Register with mistakes on the way, be approved, log in, reset the password; return every secret that came up."""
    declare(browser, phone="12345", email=EMAIL)
    declare(browser, email=EMAIL)
    add_photos(browser)
    ask_for_code(browser)
    secrets = [code_on()]
    send(browser, other(secrets[0]))
    send(browser, secrets[0])
    dossier = RegistrationDossier.objects.get()
    page = f"/quan-tri/accounts/registrationdossier/{dossier.pk}"
    officer = officers_browser("00103")
    officer.get(f"/quan-tri/accounts/registrationdossier/?q={CODE}")
    officer.get(f"{page}/change/")
    officer.post(
        f"{page}/approve/", {"version": str(dossier.version), "identity_checked": "on", "identity_document": "cccd"}
    )
    secrets.append(temporary_password())
    deliver()

    new_browser().post("/dang-ky/tra-cuu/", {"number": dossier.number, "phone": TYPED["phone"], "action": "send_otp"})
    give_password(browser, "wrong-password-of-hers")
    give_password(browser, secrets[1])
    secrets.append(sent_code())
    give_code(browser)
    browser.post("/mat-khau/doi/", {"old_password": secrets[1], "new_password": "short", "new_password2": "short"})
    new = {"old_password": secrets[1], "new_password": OWN_PASSWORD, "new_password2": OWN_PASSWORD}
    assert browser.post("/mat-khau/doi/", new).status_code == 302
    for address in ("/ca-nhan/", "/the-bhyt/", "/qua-trinh-tham-gia/", "/tai-khoan/"):
        assert browser.get(address).status_code == 200
    browser.post("/dang-xuat/")
    forgotten = {"username": CODE, "id_last6": CITIZEN_ID[-6:], "action": "send_otp"}
    new_browser().post("/mat-khau/quen/", forgotten)
    deliver()
    return [*secrets, OWN_PASSWORD, "wrong-password-of-hers"]


def kept_in_redis() -> str:
    """Whatever lies in this worker's cache and broker."""
    found = []
    for url in (settings.REDIS_URL, settings.CELERY_BROKER_URL):
        client = redis.Redis.from_url(url)
        for key in client.scan_iter():
            read = {b"string": client.get, b"list": lambda name: client.lrange(name, 0, -1), b"hash": client.hgetall}  # noqa: B023
            found.append(f"{key!r} {read[client.type(key)](key)!r}")
    return "\n".join(found)


@pytest.mark.usefixtures("person")
def test_a_whole_journey_leaves_nothing_personal_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = new_browser()

    secrets = journey(browser)
    browser.get(f"/khong-co/{CODE}/?phone={PHONE}")  # somebody's address with numbers in it
    lines = [JsonFormatter().format(record) for record in caplog.records]

    assert {record.name for record in caplog.records} >= {"vssid.request"}
    assert Message.objects.filter(purpose__in=["otp", "receipt", "credentials", "notice"]).count() >= 5
    name = TYPED["full_name"]
    personal = [CODE, CITIZEN_ID, CITIZEN_ID[-6:], PHONE, TYPED["phone"].replace(" ", ""), TYPED["phone"], EMAIL]
    personal += [name, name.upper(), fold(name), TYPED["address"], "1985-02-09", TYPED["date_of_birth"], *secrets]
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in personal), re.IGNORECASE)
    assert [line for line in lines if pattern.search(line)] == []
    ours = [record.getMessage() + str(vars(record)) for record in caplog.records if record.name.startswith("vssid")]
    assert [line for line in ours if pattern.search(line)] == [], "the net under the rule caught what the rule let pass"
    stored = "\n".join([*database_in_clear(), kept_in_redis()])
    assert "cached_db" in stored, "sessions were looked at"
    assert [code for code in secrets if re.search(rf"(?<![\w.]){re.escape(code)}(?!\w)", stored)] == []
