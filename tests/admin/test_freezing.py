"""A mistaken approval is undone by freezing the account: a supervisor's act, with a reason, told to the citizen."""

import re

import pytest
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions import credentials
from accounts.models import User
from insurance import card_tokens, revocations
from insurance.reads.cards import card_of
from tests.admin.conftest import CODE, FAR, NEAR, approve, logged_in, make_staff, told
from tests.harness.stage import new_browser, words
from tests.insurance.factories import CardFactory
from vssid.audit.models import AuditEvent
from vssid.sms.models import Message

PLACE = "/quan-tri/accounts/registrationdossier/tai-khoan/"
OWN = "Muoi-hai-con-cho-sua"


@pytest.fixture
def citizen(desk, dossier) -> User:
    """Her dossier was approved and she set her own password."""
    approve(desk, dossier)
    text = Message.objects.get(purpose="credentials").body
    first = re.search(r"Mat khau tam: (\w{12})", text)[1]
    user = User.objects.get(username=CODE)
    return credentials.change_password(user=user, old_password=first, new_password=OWN, at=timezone.now())


def page_of(user) -> str:
    return f"{PLACE}{user.pk}/"


def freeze(client, user, reason="The portrait is another person's."):
    return client.post(page_of(user), {"action": "freeze", "reason": reason})


def notices() -> list[str]:
    return [message.body for message in Message.objects.filter(purpose="notice").order_by("pk")]


def test_a_supervisor_ends_every_session_and_the_password_stays(boss, supervisor, citizen):
    inside = new_browser()
    inside.force_login(citizen)
    page = told(boss, boss.post(page_of(citizen), {"action": "end_sessions"}))
    assert "Every session of this account is ended." in page
    assert inside.get("/ca-nhan/").status_code == 302
    citizen.refresh_from_db()
    assert citizen.frozen_at is None
    assert citizen.check_password(OWN)
    ended = AuditEvent.objects.get(event="session.ended", subject=citizen.actor)
    assert (ended.actor, ended.facts["reason"]) == (supervisor.actor, "staff")


def test_a_reason_sent_too_late_is_there_again_after_the_login(boss, supervisor, citizen, clock):
    assert boss.get(page_of(citizen)).status_code == 200
    clock.shift(16 * 60)
    assert freeze(boss, citizen, "Seen with another person's card.").url.startswith("/quan-tri/login/")
    boss.force_login(supervisor)
    session = boss.session
    session["otp_device_id"] = TOTPDevice.objects.get(user=supervisor).persistent_id
    session.save()
    assert "Seen with another person&#x27;s card." in words(boss.get(page_of(citizen)))
    assert User.objects.get(pk=citizen.pk).frozen_at is None


def test_a_frozen_account_is_out_at_once_and_is_told_so(boss, supervisor, citizen):
    inside = new_browser()
    inside.force_login(citizen)
    assert inside.get("/ca-nhan/").status_code == 200
    page = told(boss, freeze(boss, citizen))
    assert "The account is frozen." in page
    assert "The portrait is another person&#x27;s." in page
    assert inside.get("/ca-nhan/").status_code == 302
    frozen = User.objects.get(pk=citizen.pk)
    assert (frozen.frozen_at, frozen.frozen_reason) == (timezone.now(), "The portrait is another person's.")
    assert f"tai khoan ...{CODE[-4:]} tam khoa luc" in notices()[-1]
    event = AuditEvent.objects.get(event="account.frozen")
    assert (event.actor, event.subject, event.facts) == (supervisor.actor, citizen.actor, {})


def test_cards_that_a_frozen_account_has_printed_are_good_no_longer(boss, citizen):
    CardFactory(person=citizen.person)
    card = card_of(citizen.person_id, timezone.localdate())
    printed = card_tokens.sign_for_paper(card.says_of(citizen.person), timezone.now())
    assert revocations.check(printed, timezone.now()).status == "valid"

    freeze(boss, citizen)

    assert revocations.check(printed, timezone.now()).status == "revoked"


def test_opened_again_she_gets_in_with_her_own_password(boss, citizen):
    freeze(boss, citizen)
    assert "The account is open again." in told(boss, boss.post(page_of(citizen), {"action": "unfreeze"}))
    again = User.objects.get(pk=citizen.pk)
    assert (again.frozen_at, again.frozen_reason, again.check_password(OWN)) == (None, "", True)
    assert "duoc mo lai luc" in notices()[-1]
    assert AuditEvent.objects.filter(event="account.unfrozen", subject=citizen.actor).count() == 1


def test_freezing_needs_a_reason(boss, citizen):
    for reason in ("", "   "):
        answer = freeze(boss, citizen, reason)
        assert answer.status_code == 400
    assert User.objects.get(pk=citizen.pk).frozen_at is None


def test_a_second_click_freezes_once(boss, citizen):
    freeze(boss, citizen)
    assert "This account is frozen already." in told(boss, freeze(boss, citizen))
    boss.post(page_of(citizen), {"action": "unfreeze"})
    assert "This account is not frozen." in told(boss, boss.post(page_of(citizen), {"action": "unfreeze"}))
    assert AuditEvent.objects.filter(event="account.frozen").count() == 1
    freeze(boss, citizen)
    assert sum("tam khoa" in text for text in notices()) == 2


def test_an_account_is_found_by_its_whole_code_only(boss, citizen):
    found = boss.post(PLACE, {"bhxh_code": "0099 000 107"})
    assert found.url == page_of(citizen)
    assert CODE not in found.url
    for code in ("009900010", "0099000115", "NGUYỄN", ""):
        assert boss.post(PLACE, {"bhxh_code": code}).status_code == 400
    page = words(boss.get(PLACE))
    assert citizen.full_name not in page
    freeze(boss, citizen)
    assert citizen.full_name in words(boss.get(PLACE))


def test_a_supervisors_look_is_written_down(boss, supervisor, citizen):
    assert citizen.full_name in words(boss.get(page_of(citizen)))
    seen = AuditEvent.objects.filter(event="record.viewed", actor=supervisor.actor, subject=citizen.actor)
    assert seen.count() == 1


def test_another_provinces_supervisor_finds_nothing(citizen, clock):
    stranger = logged_in(make_staff("xa", "supervisor", FAR))
    assert "No account with this code" in words(stranger.post(PLACE, {"bhxh_code": CODE}))
    assert stranger.get(page_of(citizen)).status_code == 404
    assert freeze(stranger, citizen).status_code == 404
    assert User.objects.get(pk=citizen.pk).frozen_at is None


@pytest.mark.parametrize("role", ["officer", "auditor", "administrator"])
def test_only_supervisors_freeze(citizen, clock, role):
    other = logged_in(make_staff("khac", role, NEAR))
    assert other.get(PLACE).status_code == 404
    assert freeze(other, citizen).status_code == 404
    assert User.objects.get(pk=citizen.pk).frozen_at is None


def test_staff_cannot_be_frozen_here(boss, officer):
    assert freeze(boss, officer).status_code == 404


def test_the_way_there_leads_over_the_approved_dossier(boss, desk, citizen, dossier):
    address = f"/quan-tri/accounts/registrationdossier/{dossier.pk}/change/"
    assert page_of(citizen) in words(boss.get(address))
    assert page_of(citizen) not in words(desk.get(address))
