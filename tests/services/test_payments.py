"""Nobody leads a pension elsewhere unseen: fresh proof, 72 hours, both phones told, a code that stops it (T45)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import credentials
from accounts.models import ContactChange, User
from insurance.models import Benefit
from services import tasks
from services.models import ServiceRequest
from tests.admin.conftest import logged_in
from tests.harness.stage import NOW, new_browser, words
from tests.registration.conftest import PHONE
from tests.services.test_requests import TYPED, decide, file
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.sms.models import Message

STOP = "/dich-vu-cong/huy-thay-doi/"
WAIT = timedelta(hours=72)
STOPS = re.compile(r"ma huy (\w{10}) ")
OLD_PHONE = "+84900000999"


@pytest.fixture
def pension(person) -> Benefit:
    return Benefit.objects.get(person=person)


def stopping_code() -> str:
    return STOPS.search(Message.objects.get(purpose="receipt").body)[1]


def account_of(benefit: Benefit) -> str | None:
    benefit.refresh_from_db()
    return benefit.account


def test_payment_details_need_a_fresh_proof(account, client):
    client.force_login(account)
    assert client.get("/dich-vu-cong/payee-change/")["Location"].startswith("/tai-khoan/xac-nhan/")
    assert client.post("/dich-vu-cong/payee-change/", TYPED["payee-change"]).status_code == 403
    assert not ServiceRequest.objects.exists()


def test_after_a_reset_of_the_password_money_stays_where_it_is_for_a_day(account, citizen, clock, pension):
    record(Event.PASSWORD_RESET, actor=account.actor, subject=account.actor, at=timezone.now())
    refused = citizen.post("/dich-vu-cong/payee-change/", TYPED["payee-change"])
    assert refused.status_code == 403
    assert "set anew within 24 hours" in words(refused)
    assert not ServiceRequest.objects.exists()

    assert not credentials.was_reset_lately(account, at=timezone.now() + timedelta(hours=24))


def test_a_granted_account_counts_after_three_days_by_itself_and_once(citizen, desk, clock, pension):
    before = account_of(pension)
    request = file(citizen, "payee-change")
    assert request.effective_at == NOW + WAIT
    decide(desk, request, "approve")
    clock.shift(WAIT - timedelta(minutes=1))
    assert tasks.carry_out_due() == 0
    assert account_of(pension) == before
    clock.shift(timedelta(minutes=1))
    assert (tasks.carry_out_due(), tasks.carry_out_due()) == (1, 0)
    assert account_of(pension) == TYPED["payee-change"]["account"]
    request.refresh_from_db()
    assert request.applied_at == timezone.now()


def test_what_is_granted_after_the_wait_counts_at_once(citizen, desk, clock, pension):
    request = file(citizen, "payee-change", method="cash", pay_point="Bưu điện Ví Dụ")
    clock.shift(WAIT)
    decide(logged_in(User.objects.get(username="canbo.dvc")), request, "approve")
    pension.refresh_from_db()
    assert (pension.method, pension.place, pension.account) == ("cash", "Bưu điện Ví Dụ", None)
    assert tasks.carry_out_due() == 0


def test_the_code_of_the_message_stops_it_without_a_login(citizen, desk, clock, pension):
    before = account_of(pension)
    request = file(citizen, "payee-change")
    decide(desk, request, "approve")
    clock.shift(WAIT - timedelta(minutes=1))
    answer = new_browser().post(STOP, {"number": request.url_number.lower(), "code": stopping_code().lower()})
    assert "The change is stopped" in words(answer)
    request.refresh_from_db()
    assert request.status == "cancelled"
    clock.shift(WAIT)
    assert tasks.carry_out_due() == 0
    assert account_of(pension) == before


def test_a_change_that_nobody_has_granted_yet_is_stopped_as_well(citizen):
    request = file(citizen, "payee-change")
    new_browser().post(STOP, {"number": request.number, "code": stopping_code()})
    request.refresh_from_db()
    assert request.status == "withdrawn"


def test_the_owner_stops_a_granted_change_on_its_page(citizen, desk):
    request = file(citizen, "payee-change")
    decide(desk, request, "approve")
    page = f"/dich-vu-cong/ho-so/{request.url_number}/"
    assert "Withdraw the request" in words(citizen.get(page))
    citizen.post(page, {"action": "withdraw"})
    request.refresh_from_db()
    assert request.status == "cancelled"


def test_a_wrong_code_another_number_and_a_late_code_stop_nothing(citizen, desk, clock):
    request = file(citizen, "payee-change")
    stranger, code = new_browser(), stopping_code()
    assert stranger.post(STOP, {"number": request.number, "code": "A" * 10}).status_code == 400
    assert stranger.post(STOP, {"number": "00103DVC/2026/09999", "code": code}).status_code == 400
    decide(desk, request, "approve")
    clock.shift(WAIT)
    tasks.carry_out_due()
    assert stranger.post(STOP, {"number": request.number, "code": code}).status_code == 400
    request.refresh_from_db()
    assert request.status == "approved"


def test_guesses_from_one_address_end(citizen):
    guess = {"number": "00103DVC/2026/00001", "code": "B" * 10}
    stranger = new_browser()
    assert [stranger.post(STOP, guess).status_code for _try in range(6)] == [400, 400, 400, 400, 400, 403]


def test_a_phone_that_was_replaced_lately_is_told_as_well(citizen, account):
    lately = NOW - timedelta(days=3)
    ContactChange.objects.create(
        user=account, kind="phone", old=OLD_PHONE, new=PHONE, session_version=1, asked_at=lately, made_at=lately
    )
    file(citizen, "payee-change")
    told = {(message.to, STOPS.search(message.body or "")[1]) for message in Message.objects.exclude(purpose="otp")}
    assert told == {(PHONE, stopping_code()), (OLD_PHONE, stopping_code())}
