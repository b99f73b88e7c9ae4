"""Changing phone and e-mail, undoing it, and coming back without the phone."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import RequestFactory

from accounts.actions import contacts, credentials
from accounts.models import ContactChange, Passkey, TrustedBrowser
from accounts.sessions import begin_session
from tests.harness.stage import new_browser
from tests.login.authenticator import Authenticator
from tests.login.conftest import CODE, NEW_PASSWORD, PASSWORD, PHONE, log_in, sent_code, texts
from tests.login.test_passkeys import add
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice
from vssid.ops import clock as database_clock

NEW_PHONE = "+84900000999"
PAGE = "/tai-khoan/dien-thoai/"
NEW = {"new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


def ask(browser, number="0900 000 999", page=PAGE):
    return browser.post(page, {"new": number, "action": "send_otp"})


def take(browser, code, page=PAGE):
    return browser.post(page, {"otp": code, "action": "submit"})


@pytest.fixture
def changed(citizen, browser, clock):
    """Her phone was changed a moment ago, in the browser that is returned."""
    log_in(browser)
    ask(browser)
    take(browser, sent_code(NEW_PHONE))
    citizen.refresh_from_db()
    return browser


def test_a_new_phone_counts_after_its_code_and_both_phones_are_told(citizen, browser, clock):
    other = new_browser()
    log_in(other)
    clock.shift(61)
    log_in(browser)
    page = ask(browser).content.decode()
    assert "0999" in page
    assert "data-until" in page
    assert "900000999" not in page.replace("\u00a0", "")
    citizen.refresh_from_db()
    assert citizen.phone == PHONE
    wrong = take(browser, f"{(int(sent_code(NEW_PHONE)) + 1) % 10**6:06d}")
    assert wrong.status_code == 400
    assert take(browser, sent_code(NEW_PHONE)).url == "/tai-khoan/"
    citizen.refresh_from_db()
    assert citizen.phone == NEW_PHONE
    assert browser.get("/tai-khoan/").status_code == 200
    assert other.get("/tai-khoan/").status_code == 302  # T13: other sessions ended
    assert not TrustedBrowser.objects.exists()
    assert "da doi so dien thoai" in texts("notice", NEW_PHONE)[0]
    assert re.search(r"ma huy [A-Z2-9]{10}", texts("notice")[0])
    assert "ma huy" not in texts("notice", NEW_PHONE)[0]
    assert all(len(text) <= 160 and text.isascii() for text in texts("notice") + texts("notice", NEW_PHONE))
    assert Notice.objects.filter(kind="security.phone_changed").count() == 1
    assert "The phone number was changed" in browser.get("/tai-khoan/lich-su/").content.decode()
    assert AuditEvent.objects.filter(event="account.changed", facts__what="phone").count() == 1


def test_who_proved_nothing_lately_is_sent_for_a_proof_first(citizen, browser, clock):
    log_in(browser)
    clock.shift(301)
    assert browser.get(PAGE).url.startswith("/tai-khoan/xac-nhan/")
    assert ask(browser).status_code == 403
    assert not ContactChange.objects.exists()


def test_the_same_number_and_a_landline_are_refused(citizen, browser, clock):
    log_in(browser)
    assert "has this one already" in ask(browser, PHONE).content.decode()
    assert ask(browser, "02437360000").status_code == 400
    assert not texts("otp", "+842437360000")


def test_a_pending_change_dies_with_a_reset_of_the_password(citizen, browser, clock):
    """T14."""
    log_in(browser)
    ask(browser)
    code = sent_code(NEW_PHONE)
    reset = new_browser()
    facts = {"username": CODE, "id_last6": "000107"}
    clock.shift(61)
    reset.post("/mat-khau/quen/", {**facts, "action": "send_otp"})
    reset.post("/mat-khau/quen/", {**facts, **NEW, "otp": sent_code(), "action": "submit"})
    assert take(browser, code).status_code == 302  # the session is over
    clock.shift(61)
    log_in(browser, NEW_PASSWORD)
    assert take(browser, code).status_code == 410
    citizen.refresh_from_db()
    assert citizen.phone == PHONE


def test_a_pending_change_dies_when_an_approval_issues_login_data(citizen, browser, clock):
    """T14."""
    log_in(browser)
    ask(browser)
    code = sent_code(NEW_PHONE)
    version = citizen.session_version
    credentials.issue_credentials(
        user=citizen, phone=PHONE, dedupe_key="credential:1", by="staff:1", at=database_clock.now()
    )
    citizen.must_change_password = False
    citizen.set_password(PASSWORD)
    citizen.save()
    assert citizen.session_version > version
    clock.shift(61)
    log_in(browser)
    assert take(browser, code).status_code == 410


def test_a_new_phone_cannot_reset_the_password_for_a_day(changed, citizen, clock):
    """T14."""
    facts = {"username": CODE, "id_last6": "000107", "action": "send_otp"}
    clock.shift(3600)
    before = len(texts("otp", NEW_PHONE))
    answer = new_browser().post("/mat-khau/quen/", facts)
    assert answer.status_code == 200  # and nobody can tell why no message comes
    assert len(texts("otp", NEW_PHONE)) == before
    clock.shift(23 * 3600)
    new_browser().post("/mat-khau/quen/", facts)
    assert len(texts("otp", NEW_PHONE)) == before + 1


def test_the_old_phone_undoes_the_change_with_the_code_of_its_notice(changed, citizen, clock):
    """T14."""
    found = re.search(r"ma huy ([A-Z2-9]{10})", texts("notice")[0])
    assert found
    undo = found.group(1)
    victim = new_browser()
    for bad in ({"username": CODE, "code": "AAAAAAAAAA"}, {"username": "0099999999", "code": undo}):
        assert victim.post("/tai-khoan/huy-doi-so/", bad).status_code == 400
    answer = victim.post("/tai-khoan/huy-doi-so/", {"username": CODE, "code": undo.lower()})
    assert answer.url == "/mat-khau/quen/"
    citizen.refresh_from_db()
    assert citizen.phone == PHONE
    assert not citizen.has_usable_password()
    assert changed.get("/tai-khoan/").status_code == 302
    assert victim.post("/tai-khoan/huy-doi-so/", {"username": CODE, "code": undo}).status_code == 400
    facts = {"username": CODE, "id_last6": "000107"}
    clock.shift(61)
    victim.post("/mat-khau/quen/", {**facts, "action": "send_otp"})
    assert len(sent_code()) == 8


def test_a_second_change_by_a_thief_leaves_the_first_code_good(changed, citizen, clock):
    """Whoever holds the session adds a passkey and changes the phone once more: the owner's code still ends it all."""
    owners = re.findall(r"ma huy ([A-Z2-9]{10})", texts("notice")[0])[0]
    assert add(changed, Authenticator()).status_code == 302
    clock.shift(120)
    other = "+84900000888"
    ask(changed, other)
    take(changed, sent_code(other))
    citizen.refresh_from_db()
    assert citizen.phone == other
    clock.shift(60)

    undo = new_browser().post("/tai-khoan/huy-doi-so/", {"username": CODE, "code": owners})

    assert undo.status_code == 302
    citizen.refresh_from_db()
    assert citizen.phone == PHONE
    assert not citizen.passkeys.exists()
    assert contacts.phones_to_warn(citizen, at=database_clock.now()) == [PHONE]
    assert "huy mat khau" in texts("notice")[0]
    assert "da doi so dien thoai" in texts("notice", other)[0]
    thiefs = re.findall(r"ma huy ([A-Z2-9]{10})", " ".join(texts("notice", NEW_PHONE)))[0]
    assert new_browser().post("/tai-khoan/huy-doi-so/", {"username": CODE, "code": thiefs}).status_code == 400


def test_who_did_not_change_the_phone_closes_every_door_and_is_led_to_the_undo_code(changed, citizen, clock):
    entry = AuditEvent.objects.get(event="account.changed", facts__what="phone")
    page = f"/tai-khoan/lich-su/{entry.pk}/khong-phai-toi/"
    assert "It was not me" in changed.get(page).content.decode()
    answer = changed.post(page).content.decode()
    assert "/tai-khoan/huy-doi-so/" in answer
    assert "/mat-khau/quen/" not in answer, "the new phone resets no password for a day"

    undo = re.findall(r"ma huy ([A-Z2-9]{10})", " ".join(texts("notice")))
    new_browser().post("/tai-khoan/huy-doi-so/", {"username": CODE, "code": undo[0]})
    citizen.refresh_from_db()
    assert citizen.phone == PHONE


def test_the_undo_code_has_five_tries_and_a_day(changed, citizen, clock):
    found = re.search(r"ma huy ([A-Z2-9]{10})", texts("notice")[0])
    assert found
    undo = {"username": CODE, "code": found.group(1)}
    for _try in range(5):
        new_browser().post("/tai-khoan/huy-doi-so/", {**undo, "code": "A" * 10})
    cache.clear()  # not the limit of the address, the code's own
    assert new_browser().post("/tai-khoan/huy-doi-so/", undo).status_code == 400
    ContactChange.objects.update(undo_tries=0)
    cache.clear()
    clock.shift(86_401)
    assert new_browser().post("/tai-khoan/huy-doi-so/", undo).status_code == 400


def test_a_new_email_counts_after_its_code_and_the_phone_is_told(
    citizen, browser, clock, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_URL = "smtp://mail.example"
    log_in(browser)
    page = "/tai-khoan/thu-dien-tu/"
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(browser, "thu@vidu.example", page).status_code == 200
    (letter,) = mail.outbox
    assert letter.to == ["thu@vidu.example"]
    code = re.search(r"\d{6}", letter.body)
    assert code
    assert take(browser, code.group(), page).url == "/tai-khoan/"
    citizen.refresh_from_db()
    assert citizen.email == "thu@vidu.example"
    assert "da doi thu dien tu" in texts("notice")[0]
    assert Notice.objects.filter(kind="security.email_changed").count() == 1
    assert "The email address was changed" in browser.get("/tai-khoan/lich-su/").content.decode()


def test_without_a_mail_server_the_page_says_so(citizen, browser, clock, settings):
    settings.EMAIL_URL = ""
    log_in(browser)
    assert "This portal sends no email" in browser.get("/tai-khoan/thu-dien-tu/").content.decode()
    assert ask(browser, "thu@vidu.example", "/tai-khoan/thu-dien-tu/").status_code == 200
    assert not ContactChange.objects.exists()


# Without the phone, by VNeID


def vouched(browser, citizen):
    """A browser in which VNeID just vouched for her."""
    request = RequestFactory().get("/")
    request.session = browser.session
    begin_session(request, citizen, method="vneid", at=database_clock.now())
    request.session.save()
    browser.cookies["session"] = request.session.session_key
    return browser


def test_vneid_gives_a_new_phone_and_password_at_once(citizen, browser, clock):
    page = "/mat-khau/khoi-phuc/vneid/"
    assert browser.get(page).url == "/mat-khau/khoi-phuc/"
    lost = Passkey.objects.create(user=citizen, name="Lost", credential_id=b"1", public_key=b"2", user_handle=b"3",
                                  sign_count=0, created_at=database_clock.now())  # fmt: skip
    assert "khoi-phuc%2Fvneid%2F" in browser.get("/mat-khau/khoi-phuc/").content.decode()
    vouched(browser, citizen)
    assert "data-until" in browser.post(page, {"phone": "0900 000 999", "action": "send_otp"}).content.decode()
    code = sent_code(NEW_PHONE)
    answer = browser.post(page, {"phone": PHONE, "otp": code, **NEW, "action": "submit"})
    assert answer.status_code == 400  # the code is for the other number
    answer = browser.post(page, {"phone": NEW_PHONE, "otp": code, **NEW, "action": "submit"})
    assert answer.url == "/dang-nhap/"
    citizen.refresh_from_db()
    assert citizen.phone == NEW_PHONE
    assert citizen.check_password(NEW_PASSWORD)
    assert not Passkey.objects.filter(pk=lost.pk).exists()
    assert "da doi so dien thoai" in texts("notice")[0]
    assert AuditEvent.objects.get(event="account.recovered").facts["way"] == "vneid"
    assert Notice.objects.filter(kind="security.phone_changed").count() == 1


def test_a_session_by_password_or_an_old_one_by_vneid_recovers_nothing(citizen, browser, clock):
    page = "/mat-khau/khoi-phuc/vneid/"
    log_in(browser)
    assert browser.get(page).status_code == 302
    vouched(browser, citizen)
    assert browser.get(page).status_code == 200
    clock.shift(301)
    assert browser.get(page).status_code == 302
    # A code to the phone, which may be in other hands, does not stand for VNeID.
    browser.post("/tai-khoan/xac-nhan/", {"action": "send_otp"})
    browser.post("/tai-khoan/xac-nhan/", {"otp": sent_code(), "action": "submit"})
    assert browser.get(PAGE).status_code == 200
    assert browser.get(page).status_code == 302
