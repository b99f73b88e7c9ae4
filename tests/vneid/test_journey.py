"""Logging in with VNeID from the portal's pages: the first link, later log-ins, and each way it can end otherwise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings as portal
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.actions import otp, vneid
from accounts.models import LoginThrottle, OneTimeCode, User, VNeIDLink
from insurance.models import InsuredPerson
from tests.vneid.phone import CODE, LINK, PASSWORD, PHONE, Phone, link, text
from tests.vneid.standin import StandIn
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent
from vssid.ops import clock
from vssid.sms.models import Message, Purpose

pytestmark = pytest.mark.django_db


def refused_because() -> list[str]:
    return [event.facts["cause"] for event in AuditEvent.objects.filter(event=Event.VNEID_REFUSED)]


def test_the_first_login_is_confirmed_by_a_code_to_the_accounts_phone(phone: Phone, account: User) -> None:
    answer = phone.log_in()

    assert answer.headers["Location"] == LINK
    page = text(phone.client.get(LINK))
    assert "Send the code" in page
    assert "0107" in page
    assert "0900000107" not in page
    assert phone.user_id is None

    answer = phone.confirm(otp=phone.code())

    assert answer.headers["Location"] == "/ca-nhan/"
    assert phone.user_id == account.pk
    assert phone.client.session["method"] == "vneid"
    assert phone.client.session["auth_level"] == 2
    assert VNeIDLink.objects.get().user == account
    linked = AuditEvent.objects.get(event=Event.VNEID_LINKED)
    assert (linked.subject, linked.facts) == (account.actor, {"proof": "otp"})


def test_the_first_login_is_confirmed_by_the_accounts_password(phone: Phone, account: User) -> None:
    phone.log_in()
    assert "Password of your account here" in text(phone.client.get(f"{LINK}?password"))

    answer = phone.confirm(password=PASSWORD)

    assert answer.headers["Location"] == "/ca-nhan/"
    assert phone.user_id == account.pk


def test_the_owner_is_told_by_sms_once(phone: Phone, account: User) -> None:
    phone.log_in()
    phone.confirm(password=PASSWORD)

    notice = Message.objects.get(purpose=Purpose.NOTICE)

    assert notice.to == PHONE
    assert "lien ket VNeID" in (notice.body or "")
    assert CODE not in (notice.body or "")


def test_a_linked_identity_logs_in_at_once(
    phone: Phone, account: User, standin: StandIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    known = link(account, standin)
    before = phone.client.session.session_key
    address = phone.client.get("/dang-nhap/vneid/?next=/the-bhyt/").headers["Location"]
    back = standin.log_in(address)

    with django_assert_max_num_queries(18):  # twelve, and the savepoints of a test
        answer = phone.client.get(back)

    assert answer.headers["Location"] == "/the-bhyt/"
    assert phone.user_id == account.pk
    assert phone.client.session.session_key != before
    known.refresh_from_db()
    assert known.last_login_at is not None
    assert not Message.objects.exists()


def test_a_password_disabled_by_guesses_does_not_keep_vneid_out(phone: Phone, account: User, standin: StandIn) -> None:
    link(account, standin)
    Client().post("/dang-nhap/", {"username": CODE, "password": "sai-mat-khau-roi"})
    LoginThrottle.objects.update(failures=50)
    guessed = otp.issue(purpose="login", phone=PHONE, subject=account.actor, browser_key="x", at=clock.now())
    OneTimeCode.objects.filter(pk=guessed.pk).update(tries=15)
    assert Client().post("/dang-nhap/", {"username": CODE, "password": PASSWORD}).status_code == 429

    assert phone.log_in().headers["Location"] == "/ca-nhan/"
    assert phone.user_id == account.pk
    assert otp.issue(purpose="step_up", phone=PHONE, subject=account.actor, browser_key="x", at=clock.now())


def test_linking_ends_older_sessions(phone: Phone, account: User, standin: StandIn) -> None:
    other = Client()
    other.force_login(account)
    assert other.get("/ca-nhan/").status_code == 200

    phone.log_in()
    phone.confirm(password=PASSWORD)

    assert other.get("/ca-nhan/").status_code == 302


@pytest.mark.parametrize("form", [{"otp": "000000"}, {"otp": ""}, {"password": "not this one"}, {"password": ""}, {}])
def test_without_proof_nothing_is_linked(phone: Phone, account: User, form: dict[str, str]) -> None:
    phone.log_in()
    phone.code()

    answer = phone.confirm(**form)

    assert answer.status_code == 400
    assert 'role="alert"' in text(answer)
    assert phone.user_id is None
    assert not VNeIDLink.objects.exists()


def test_a_code_for_another_browser_links_nothing(phone: Phone, account: User, standin: StandIn) -> None:
    phone.log_in()
    code = phone.code()
    thief = Phone(standin)
    thief.log_in()

    assert thief.confirm(otp=code).status_code == 400
    assert not VNeIDLink.objects.exists()


def test_passwords_cannot_be_guessed_through_the_link(phone: Phone, account: User) -> None:
    phone.log_in()
    answers = [phone.confirm(password=f"guess {number}") for number in range(6)]

    assert answers[-1].status_code == 429
    assert "Retry-After" in answers[-1].headers
    assert phone.confirm(password=PASSWORD).status_code == 429


def test_a_second_code_is_not_sent_at_once(phone: Phone, account: User) -> None:
    phone.log_in()
    phone.code()

    answer = phone.client.post(LINK, {"action": "send_otp"})

    assert answer.status_code == 429
    assert Message.objects.filter(purpose=Purpose.OTP).count() == 1


def test_a_link_must_be_confirmed_within_ten_minutes(phone: Phone, account: User) -> None:
    phone.log_in()

    with time_machine.travel(timezone.now() + timedelta(seconds=601), tick=False):
        answer = phone.confirm(password=PASSWORD)

    assert answer.status_code == 400
    assert "within 10 minutes" in text(answer)
    assert not VNeIDLink.objects.exists()


def test_a_password_reset_in_between_ends_the_link(phone: Phone, account: User) -> None:
    phone.log_in()
    account.session_version += 1
    account.save()

    assert phone.client.get(LINK).status_code == 400


def test_nobody_links_without_coming_from_vneid(phone: Phone, account: User) -> None:
    answer = phone.client.get(LINK)

    assert answer.status_code == 400
    assert "Start again" in text(answer)


# Ways it ends otherwise. Each has its words, a way forward, and leaves no link.


def test_level_1_is_told_how_to_reach_level_2(phone: Phone, account: User) -> None:
    answer = phone.log_in("ban.mau")

    assert answer.status_code == 403
    assert "How to reach level 2" in text(answer)
    assert "/dang-nhap/vneid/?other=1" in text(answer)
    assert refused_because() == ["acr"]
    assert not VNeIDLink.objects.exists()


def test_without_an_account_one_registers_first(phone: Phone, person: InsuredPerson) -> None:
    answer = phone.log_in()

    assert answer.status_code == 403
    assert "Register first" in text(answer)
    assert 'href="/dang-ky/"' in text(answer)
    assert phone.user_id is None


def test_another_birth_date_links_nothing(phone: Phone, account: User) -> None:
    InsuredPerson.objects.update(date_of_birth=date(1990, 4, 13))

    answer = phone.log_in()

    assert answer.status_code == 403
    assert "another date of birth" in text(answer)
    assert refused_because() == ["vneid_mismatch"]


def test_a_record_that_knows_the_year_only_is_matched_by_it(phone: Phone, account: User) -> None:
    InsuredPerson.objects.update(date_of_birth=date(1990, 1, 1), birth_year_only=True)

    assert phone.log_in().headers["Location"] == LINK


def test_an_account_linked_to_another_identity_is_not_opened(phone: Phone, account: User, standin: StandIn) -> None:
    link(account, standin, subject="somebody-else")

    answer = phone.log_in()

    assert answer.status_code == 403
    assert "already linked to another VNeID account" in text(answer)


def test_a_known_identity_with_another_number_is_refused(phone: Phone, account: User, standin: StandIn) -> None:
    link(account, standin)
    standin.arm("citizen_id_other")

    answer = phone.log_in()

    assert answer.status_code == 403
    assert refused_because() == ["vneid_subject_changed"]
    assert phone.user_id is None


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("state", [{"is_active": False}, {"frozen_at": timezone.now()}])
def test_a_frozen_account_is_not_opened(
    phone: Phone, account: User, standin: StandIn, state: dict[str, object], linked: bool
) -> None:
    if linked:
        link(account, standin)
    User.objects.filter(pk=account.pk).update(**state)

    answer = phone.log_in()

    assert answer.status_code == 403
    assert portal.OPERATOR_HOTLINE in text(answer)
    assert phone.user_id is None


def test_an_account_frozen_before_the_confirmation_is_not_opened(phone: Phone, account: User) -> None:
    phone.log_in()
    User.objects.filter(pk=account.pk).update(frozen_at=timezone.now())

    assert phone.confirm(password=PASSWORD).status_code == 403
    assert not VNeIDLink.objects.exists()


def test_cancelling_leads_back(phone: Phone, account: User, standin: StandIn) -> None:
    address = phone.client.get("/dang-nhap/vneid/").headers["Location"]

    answer = phone.client.get(standin.cancel(address))

    assert "You cancelled the login" in text(answer)
    assert 'href="/dang-nhap/"' in text(answer)


def test_an_old_answer_says_so(phone: Phone, account: User) -> None:
    answer = phone.client.get("/dang-nhap/vneid/callback/?code=x&state=y")

    assert answer.status_code == 400
    assert "within 10 minutes" in text(answer)


@pytest.mark.parametrize("fault", ["nonce_wrong", "aud_wrong", "alg_none", "userinfo_sub_wrong", "id_token_missing"])
def test_an_answer_that_cannot_be_trusted_changes_nothing(phone: Phone, account: User, fault: str) -> None:
    phone.standin.arm(fault)

    answer = phone.log_in()

    assert answer.status_code == 400
    assert "could not be trusted" in text(answer)
    assert phone.user_id is None
    assert not VNeIDLink.objects.exists()
    assert AuditEvent.objects.filter(event=Event.VNEID_REFUSED).count() == 1


def test_vneid_down_leaves_the_password(phone: Phone, account: User, settings: Settings) -> None:
    settings.VNEID_ISSUER = "http://127.0.0.1:9"

    answer = phone.client.get("/dang-nhap/vneid/")

    assert answer.status_code == 503
    assert "busy or under maintenance" in text(answer)
    assert 'href="/dang-nhap/"' in text(answer)
    assert answer.headers["Retry-After"] == "30"


def test_vneid_down_on_the_way_back_leaves_the_password(phone: Phone, account: User) -> None:
    phone.standin.arm("token_500")

    answer = phone.log_in()

    assert answer.status_code == 503
    assert refused_because() == ["network"]


def test_the_pages_speak_vietnamese(standin: StandIn, account: User) -> None:
    answer = Phone(standin, language="vi").log_in("ban.mau")

    assert "Tài khoản VNeID của bạn chưa đạt mức độ 2" in text(answer)


def test_the_way_back_leads_nowhere_else(phone: Phone, account: User, standin: StandIn) -> None:
    link(account, standin)

    answer = phone.log_in(start="/dang-nhap/vneid/?next=https://evil.example/")

    assert answer.headers["Location"] == "/ca-nhan/"


def test_this_machines_other_name_is_led_to_the_public_one(phone: Phone) -> None:
    answer = phone.client.get("/dang-nhap/vneid/?next=/the-bhyt/", headers={"host": "127.0.0.1"})

    assert answer.headers["Location"] == "http://localhost/dang-nhap/vneid/?next=/the-bhyt/"


def test_two_browsers_cannot_link_the_same_account_twice(phone: Phone, account: User, standin: StandIn) -> None:
    phone.log_in()
    link(account, standin, subject="somebody-else")

    answer = phone.confirm(password=PASSWORD)

    assert answer.status_code == 403
    assert VNeIDLink.objects.count() == 1
    assert vneid.VNeIDLink.objects.get().subject == "somebody-else"
