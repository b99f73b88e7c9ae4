"""Somebody else collects: named by the principal, accepted by the agent, ended by either, every act with its author."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import deliveries
from accounts.models import User
from accounts.models.channels import Channel
from insurance.models import Authorisation, InsuredPerson
from services.models import ServiceRequest
from tests.harness.stage import new_browser, words
from tests.registration.conftest import code_on, phone_shows
from tests.services.conftest import browser_of
from tests.services.test_requests import decide, file
from vssid.notices.models import Notice

LIST = "/dich-vu-cong/uy-quyen/"
State = Authorisation.State


@pytest.fixture
def offered(citizen, desk, clock) -> str:
    """The page of an authorisation that waits for its agent."""
    decide(desk, file(citizen, "authorisation", from_day="23/11/2026"), "approve")
    return f"{LIST}{Authorisation.objects.get().pk}/"


def state() -> State:
    return Authorisation.objects.get().state(timezone.localdate())


def answer(agent, page: str, action: str):
    assert agent.post(page, {"action": "send_otp"}).status_code == 302
    return agent.post(page, {"action": action, "otp": code_on("+84900000888")})


def test_the_agent_is_told_accepts_with_a_code_and_both_see_who_acted(offered, citizen, agent, account, clock):
    told = Notice.objects.get(kind="authorisation.offered").person_id
    assert told == InsuredPerson.objects.with_code("0099000888").get().pk
    assert "Read and answer" in words(agent.get(LIST))
    assert agent.post(offered, {"action": "accept", "otp": "000000"}).status_code == 400
    assert state() == State.OFFERED
    assert answer(agent, offered, "accept").status_code == 302
    assert state() == State.IN_FORCE
    assert Notice.objects.filter(kind="authorisation.changed", person_id=account.person_id).count() == 1
    for reader, accepted_by in ((citizen, "TRẦN BẢN MẪU"), (agent, "You")):
        page = words(reader.get(offered))
        assert "Authorisation accepted" in page
        assert f'<span class="dim sm">{accepted_by} ·' in page
        assert "The office" in page


def test_the_agent_is_told_by_sms_as_well_and_learns_nothing_of_it_there(agent, offered, clock):
    deliveries.hand_over(Channel.SMS, at=timezone.now())
    said = phone_shows("+84900000888")
    assert len(said) == 1
    assert "1 thong bao" in said[0]
    for secret in ("NGUYEN", ServiceRequest.objects.get().number):
        assert secret not in said[0]


def test_the_agent_declines(offered, agent, clock):
    answer(agent, offered, "decline")
    assert state() == State.DECLINED
    assert agent.post(offered, {"action": "send_otp"}).status_code == 409
    assert agent.post(offered, {"action": "accept", "otp": code_on("+84900000888")}).status_code == 409


def test_either_ends_it_at_once(offered, citizen, agent, desk, clock):
    answer(agent, offered, "accept")
    citizen.post(offered, {"action": "end"})
    assert state() == State.ENDED
    request = ServiceRequest.objects.get()
    assert "not in force today" in words(desk.get(decide(desk, request, "used").url))
    assert not Notice.objects.filter(kind="authorisation.used").exists()


def test_the_office_writes_down_that_the_agent_acted_and_both_are_told(offered, citizen, agent, desk):
    request = ServiceRequest.objects.get()
    decide(desk, request, "used")
    assert not Notice.objects.filter(kind="authorisation.used").exists()
    answer(agent, offered, "accept")
    decide(desk, request, "used")
    assert Notice.objects.filter(kind="authorisation.used").count() == 2
    assert "The agent acted at the office" in words(citizen.get(offered))


def test_it_is_over_after_its_last_day(offered, agent, clock):
    answer(agent, offered, "accept")
    clock.shift(timedelta(days=300))
    assert state() == State.OVER
    late = browser_of(User.objects.get(username="0099000888"))
    assert late.post(offered, {"action": "end"}).status_code == 409


def test_the_principal_cannot_accept_and_others_find_nothing(offered, citizen, elsewhere, client):
    assert citizen.post(offered, {"action": "accept", "otp": "000000"}).status_code == 404
    assert citizen.post(offered, {"action": "send_otp"}).status_code == 404
    assert new_browser().get(offered).status_code == 302
    assert elsewhere.get(offered).status_code in {302, 404}


def test_a_number_and_a_name_that_are_not_one_persons_are_not_granted(citizen, desk):
    request = file(citizen, "authorisation", agent_name="Trần Văn Khác")
    page = words(desk.get(decide(desk, request, "approve").url))
    assert "No insured person has this name" in page
    request.refresh_from_db()
    assert (request.status, Authorisation.objects.count()) == ("submitted", 0)


def test_an_officer_of_another_office_cannot_note_a_use(offered, elsewhere):
    assert decide(elsewhere, ServiceRequest.objects.get(), "used").status_code == 404
