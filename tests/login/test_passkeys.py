"""Passkeys: added with a fresh proof, used to log in, removed but for the last way in."""

from __future__ import annotations

import pytest

from accounts.models import Passkey
from tests.harness.stage import new_browser
from tests.login.authenticator import Authenticator
from tests.login.conftest import sent_code, texts
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice

MINUTE = 60
ADD, ADD_OPTIONS = "/tai-khoan/khoa-dang-nhap/them/", "/tai-khoan/khoa-dang-nhap/bat-dau/"
LOG_IN, LOG_IN_OPTIONS = "/dang-nhap/khoa/", "/dang-nhap/khoa/bat-dau/"


@pytest.fixture
def key(inside):
    """Her phone, with a passkey."""
    phone = Authenticator()
    assert add(inside, phone).status_code == 302
    return phone


def add(browser, phone: Authenticator, name: str = "My phone"):
    return browser.post(ADD, {"name": name, "credential": phone.create(browser.post(ADD_OPTIONS).json())})


def give(browser, phone: Authenticator, **more):
    return browser.post(LOG_IN, {"credential": phone.get(browser.post(LOG_IN_OPTIONS).json()), **more})


def test_a_passkey_logs_in_with_two_factors_and_no_message(key, inside, clock):
    inside.post("/dang-xuat/")
    sent = len(texts())
    stranger = new_browser()
    stranger.get("/dang-nhap/")
    before = stranger.post(LOG_IN_OPTIONS) and stranger.session.session_key
    assert give(stranger, key, next="/the-bhyt/").url == "/the-bhyt/"
    assert stranger.session.session_key != before
    assert stranger.session["auth_level"] == 2
    assert len(texts()) == sent
    assert AuditEvent.objects.filter(event="login.succeeded", facts__method="passkey").count() == 1


def test_it_is_listed_by_its_name_and_the_owner_is_told(key, inside, citizen):
    text = inside.get("/tai-khoan/").content.decode()
    assert "My phone" in text
    told = Notice.objects.get(kind="security.passkey_added")
    assert told.person_id == citizen.person_id
    assert "“My phone”" in told.title
    assert "da them khoa dang nhap" in texts("notice")[0]


def test_the_page_asks_for_discoverable_keys_that_verify_their_owner(key, inside):
    options = inside.post(ADD_OPTIONS).json()
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert len(options["excludeCredentials"]) == 1
    question = new_browser().post(LOG_IN_OPTIONS).json()
    assert question["userVerification"] == "required"
    assert question["allowCredentials"] == []


@pytest.mark.parametrize("fault", ["unverified", "origin", "replayed", "late", "stranger's", "nonsense", "counter"])
def test_what_is_no_good_answer_opens_nothing(key, citizen, clock, fault):
    browser = new_browser()
    question = browser.post(LOG_IN_OPTIONS).json()
    if fault == "unverified":
        key.flags = 0x01
    if fault == "origin":
        key.origin = "https://evil.example"
    if fault == "counter":
        Passkey.objects.update(sign_count=50)
    credential = Authenticator().get(question) if fault == "stranger's" else key.get(question)
    if fault == "late":
        clock.shift(5 * MINUTE + 1)
    if fault == "replayed":
        assert browser.post(LOG_IN, {"credential": credential}).url == "/ca-nhan/"
        browser.post("/dang-xuat/")
        browser.post(LOG_IN_OPTIONS)
    answer = browser.post(LOG_IN, {"credential": "[]" if fault == "nonsense" else credential})
    assert answer.url == "/dang-nhap/"
    assert browser.get("/ca-nhan/").status_code == 302


def test_a_frozen_account_is_not_opened(key, citizen):
    citizen.frozen_at = citizen.date_joined
    citizen.save()
    browser = new_browser()
    assert give(browser, key).url == "/dang-nhap/"
    assert "frozen" in browser.get("/dang-nhap/").content.decode()


def test_adding_needs_a_fresh_proof(inside, clock):
    clock.shift(14 * MINUTE)
    inside.get("/tai-khoan/")
    clock.shift(7 * MINUTE)
    assert inside.get(ADD).url.startswith("/tai-khoan/xac-nhan/")
    assert inside.post(ADD_OPTIONS).status_code == 403
    assert not Passkey.objects.exists()


def test_a_passkey_that_does_not_verify_or_is_there_already_is_not_kept(key, inside):
    assert add(inside, Authenticator(verifies=False)).status_code == 400
    assert add(inside, key).status_code == 400
    assert add(inside, Authenticator(origin="https://evil.example")).status_code == 400
    assert add(inside, Authenticator(), name="call 0900000107").status_code == 400
    assert Passkey.objects.count() == 1


def test_a_passkey_is_a_fresh_proof(key, inside, clock):
    clock.shift(14 * MINUTE)
    inside.get("/tai-khoan/")
    clock.shift(7 * MINUTE)
    assert give(inside, key, next=ADD).url == ADD
    assert inside.get(ADD).status_code == 200


def test_somebody_elses_passkey_proves_nothing(key, inside, officer, clock):
    other = Authenticator()
    other.handle = b"x" * 32
    Passkey.objects.create(
        user=officer, name="x", credential_id=other.id, public_key=Passkey.objects.get().public_key,
        user_handle=other.handle, created_at=officer.date_joined,
    )  # fmt: skip
    assert give(inside, other).url == "/tai-khoan/xac-nhan/"


def test_removing_asks_first_and_the_key_opens_nothing_afterwards(key, inside):
    page = f"/tai-khoan/khoa-dang-nhap/{Passkey.objects.get().pk}/xoa/"
    assert "Remove the passkey “My phone”?" in inside.get(page).content.decode()
    assert Passkey.objects.exists()
    inside.post(page)
    assert not Passkey.objects.exists()
    assert give(new_browser(), key).url == "/dang-nhap/"
    assert Notice.objects.filter(kind="security.passkey_removed").count() == 1


def test_the_last_way_in_is_never_removed(key, inside, citizen):
    citizen.set_unusable_password()
    citizen.save()
    browser = new_browser()
    give(browser, key)
    page = f"/tai-khoan/khoa-dang-nhap/{Passkey.objects.get().pk}/xoa/"
    browser.post(page)
    assert Passkey.objects.count() == 1
    assert "only way to log in" in browser.get("/tai-khoan/").content.decode()
    assert add(browser, Authenticator(), "Another").status_code == 302
    browser.post(page)
    assert Passkey.objects.get().name == "Another"


def test_nobody_removes_the_passkey_of_somebody_else(key, inside, officer):
    Passkey.objects.update(user=officer)
    assert inside.post(f"/tai-khoan/khoa-dang-nhap/{Passkey.objects.get().pk}/xoa/").status_code == 404
    assert Passkey.objects.exists()


def test_the_step_up_page_offers_passkey_and_code(key, inside):
    page = inside.get("/tai-khoan/xac-nhan/").content.decode()
    assert 'data-passkey="get"' in page
    inside.post("/tai-khoan/xac-nhan/", {"action": "send_otp"})
    assert sent_code()
