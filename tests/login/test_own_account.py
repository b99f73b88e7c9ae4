"""The history in plain sentences, "this was not me", freezing one's account and opening it again."""

from __future__ import annotations

from django.utils import timezone

from accounts.actions import own_account
from accounts.models import Passkey, TrustedBrowser
from tests.harness.stage import new_browser
from tests.login.authenticator import Authenticator
from tests.login.conftest import CODE, NEW_PASSWORD, PASSWORD, give_password, log_in, texts
from tests.login.test_passkeys import add
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice

HISTORY = "/tai-khoan/lich-su/"


def entry(event: str) -> AuditEvent:
    return AuditEvent.objects.filter(event=event).latest("pk")


def not_me(event: str) -> str:
    return f"{HISTORY}{entry(event).pk}/khong-phai-toi/"


def test_the_history_tells_in_plain_sentences(inside, citizen, officer, clock):
    give_password(new_browser(), "wrong")
    record(Event.RECORD_VIEWED, actor=officer.actor, subject=citizen.actor, at=timezone.now(), purpose="account")
    for page in (inside.get(HISTORY).content.decode(), inside.get("/tai-khoan/").content.decode()):
        assert "Logged in with the password on a new browser" in page
        assert "Somebody tried to log in and did not get in" in page
        assert "Your account was looked at by a social insurance officer" in page
        assert officer.full_name not in page


def test_the_history_is_ones_own(inside, citizen, officer):
    record(Event.PASSKEY_ADDED, actor=officer.actor, subject=officer.actor, at=timezone.now(), passkey=1)
    assert "A passkey was added" not in inside.get(HISTORY).content.decode()
    assert inside.get(not_me("passkey.added")).status_code == 404


def test_this_was_not_me_closes_every_door_and_says_how_to_come_back(inside, citizen, clock):
    phone = Authenticator()
    add(inside, phone)
    stranger = new_browser()
    clock.shift(70)
    log_in(stranger)
    page = not_me("passkey.added")
    assert "It was not me" in inside.get(page).content.decode()
    assert stranger.get("/tai-khoan/").status_code == 200  # asking changed nothing

    answer = inside.post(page)
    assert answer.status_code == 200
    assert "How you come back" in answer.content.decode()
    for browser in (inside, stranger):
        assert browser.get("/tai-khoan/").status_code == 302
    assert give_password(new_browser()).status_code == 400
    assert not Passkey.objects.exists()
    assert not TrustedBrowser.objects.exists()
    assert "huy mat khau" in texts("notice")[0]
    assert Notice.objects.filter(kind="security.not_me").count() == 1
    assert entry("account.disowned").facts["what"] == "passkey.added"


def test_what_needs_no_answer_offers_none(inside):
    give_password(new_browser(), "wrong")
    page = not_me("login.failed")
    assert "close every door" not in inside.get(page).content.decode()
    inside.post(page)
    assert inside.get("/tai-khoan/").status_code == 200


def test_freezing_lets_nobody_in(inside, citizen):
    page = "/tai-khoan/tam-khoa/"
    assert "Freeze my account?" in inside.get(page).content.decode()
    assert "Your account is frozen" in inside.post(page).content.decode()
    assert inside.get("/tai-khoan/").status_code == 302
    assert give_password(new_browser()).status_code == 403
    assert "ban da tam khoa tai khoan" in texts("notice")[0]
    assert Notice.objects.filter(kind="security.frozen").count() == 1


def test_vneid_opens_what_the_owner_froze_and_not_what_staff_froze(inside, citizen, officer):
    own_account.freeze_own(user=citizen, at=timezone.now())
    citizen.refresh_from_db()
    assert own_account.thaw_own(user=citizen, at=timezone.now())
    citizen.refresh_from_db()
    assert citizen.frozen_at is None
    assert "duoc mo lai" in texts("notice")[0]

    citizen.frozen_at = timezone.now()
    citizen.save()
    record(Event.ACCOUNT_FROZEN, actor=officer.actor, subject=citizen.actor, at=timezone.now())
    assert not own_account.thaw_own(user=citizen, at=timezone.now())
    citizen.refresh_from_db()
    assert citizen.frozen_at is not None


def test_each_change_is_told_once_on_the_portal(inside, citizen):
    assert Notice.objects.filter(kind="security.new_browser").count() == 1
    form = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    inside.post("/mat-khau/doi/", form)
    assert Notice.objects.filter(kind="security.password_changed").count() == 1
    assert len([text for text in texts("notice") if "mat khau" in text]) == 1
    assert CODE not in texts("notice")[0]
