"""A supervisor takes back a return or a refusal while its message waits; afterwards nobody does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import registration_tokens
from accounts.actions import registration
from accounts.dossiers import reopening
from accounts.models import RegistrationDossier
from tests.admin.conftest import FAR, NEAR, approve, at, logged_in, make_dossier, make_staff, now_of, told
from tests.harness.stage import NOW, words
from vssid.audit.log import Event, record
from vssid.audit.models import AuditEvent
from vssid.sms import delivery
from vssid.sms.models import Message, Purpose

WORDS = "Take the decision back"


def refuse(desk, dossier):
    desk.post(at(dossier, "reject"), {"version": dossier.version, "reason": "not_the_person", "text": "No."})
    return now_of(dossier)


def give_back(desk, dossier):
    desk.post(at(dossier, "return"), {"version": dossier.version, "id_front": "Blurred."})
    return now_of(dossier)


def take_back(client, dossier):
    return client.post(at(dossier, "reopen"), {"version": dossier.version})


def test_a_reopened_refusal_and_what_came_meanwhile_know_of_each_other(desk, boss, dossier, person):
    refused = refuse(desk, dossier)
    later = make_dossier(person, NEAR, photos=False)
    assert "duplicate_code" not in [*refused.marks, *later.marks]
    take_back(boss, refused)
    assert "duplicate_code" in now_of(dossier).marks
    assert "duplicate_code" in now_of(later).marks


def sends(moment) -> int:
    """How many notices leave at a moment."""
    delivery.drain([Purpose.NOTICE], at=moment, limit=10)
    return Message.objects.filter(purpose="notice").exclude(status__in=("pending", "cancelled")).count()


@pytest.mark.parametrize("decide", [refuse, give_back])
def test_the_message_of_a_refusal_or_return_waits_a_quarter_of_an_hour(desk, dossier, decide):
    decide(desk, dossier)
    assert sends(NOW + timedelta(minutes=14, seconds=59)) == 0
    assert sends(NOW + timedelta(minutes=15)) == 1


def test_login_data_does_not_wait(desk, dossier):
    approve(desk, dossier)
    assert Message.objects.get(purpose="credentials").next_attempt_at <= NOW


@pytest.mark.parametrize("decide", [refuse, give_back])
def test_a_supervisor_takes_it_back_and_nobody_is_told(desk, boss, supervisor, dossier, clock, decide):
    sent = dossier.submitted_at
    decided = decide(desk, dossier)
    clock.shift(timedelta(minutes=14))
    page = words(boss.get(at(dossier)))
    assert WORDS in page
    assert "leaves in 1 minute." in page
    assert "is taken back, and its message too" in told(boss, take_back(boss, decided))
    again = now_of(dossier)
    assert (again.status, again.submitted_at, again.decided_by, again.decided_at) == ("submitted", sent, None, None)
    assert (again.reason, again.reason_text, again.return_reasons) == ("", "", [])
    assert sends(NOW + timedelta(hours=1)) == 0
    event = AuditEvent.objects.get(event="dossier.reopened")
    assert (event.actor, event.facts) == (supervisor.actor, {"was": decided.status})
    approve(desk, again)
    assert now_of(dossier).status == "approved"


def test_after_a_quarter_of_an_hour_it_stands(desk, boss, dossier, clock):
    refused = refuse(desk, dossier)
    clock.shift(timedelta(minutes=15))
    assert WORDS not in words(boss.get(at(dossier)))
    assert "can be taken back within 15 minutes" in told(boss, take_back(boss, refused))
    assert now_of(dossier).status == "rejected"


def test_a_message_that_is_on_its_way_is_not_taken_back(desk, boss, dossier):
    refused = refuse(desk, dossier)
    Message.objects.filter(purpose="notice").update(status="accepted", body=None)
    assert "has read the decision already" in told(boss, take_back(boss, refused))
    assert now_of(dossier).status == "rejected"


def test_a_citizen_who_looked_meanwhile_knows(desk, boss, dossier):
    returned = give_back(desk, dossier)
    record(Event.DOSSIER_TRACKED, actor="anonymous", subject=f"dossier:{dossier.pk}", at=timezone.now())
    assert WORDS not in words(boss.get(at(dossier)))
    assert "has read the decision already" in told(boss, take_back(boss, returned))
    assert now_of(dossier).status == "returned"


def test_nor_is_what_a_program_read_with_the_registrations_token(desk, boss, dossier):
    returned = give_back(desk, dossier)
    token = registration_tokens.issue(dossier.public_id)
    seen = boss.get(f"/api/v1/registrations/{dossier.public_id}", headers={"authorization": f"Registration {token}"})
    assert seen.json()["returned"][0]["text"] == "Blurred."
    assert "has read the decision already" in told(boss, take_back(boss, returned))


def test_an_officer_takes_nothing_back(desk, dossier):
    refused = refuse(desk, dossier)
    assert WORDS not in words(desk.get(at(dossier)))
    assert take_back(desk, refused).status_code == 404
    assert now_of(dossier).status == "rejected"


def test_nor_does_another_provinces_supervisor(desk, dossier):
    refused = refuse(desk, dossier)
    assert take_back(logged_in(make_staff("xa", "supervisor", FAR)), refused).status_code == 404
    assert now_of(dossier).status == "rejected"


def test_taking_back_twice_says_who_was_first(desk, boss, dossier):
    refused = refuse(desk, dossier)
    take_back(boss, refused)
    assert "changed in the meantime by yourself" in told(boss, take_back(boss, refused))
    assert AuditEvent.objects.filter(event="dossier.reopened").count() == 1


def test_an_approval_is_not_taken_back_here(desk, boss, dossier):
    approve(desk, dossier)
    approved = now_of(dossier)
    assert WORDS not in words(boss.get(at(dossier)))
    assert "changed in the meantime" in told(boss, take_back(boss, approved))
    assert now_of(dossier).status == "approved"


def test_a_return_that_was_withdrawn_meanwhile_sends_nothing(desk, dossier):
    returned = give_back(desk, dossier)
    registration.withdraw(dossier=returned, at=NOW)
    assert sends(NOW + timedelta(hours=1)) == 0
    assert reopening.minutes_left(RegistrationDossier.objects.get(), at=NOW) == 0


def test_two_supervisors_in_one_moment(desk, dossier):
    """The second one finds the version gone."""
    refused = refuse(desk, dossier)
    first, second = (logged_in(make_staff(f"phutrach{number}", "supervisor", NEAR)) for number in (1, 2))
    take_back(first, refused)
    assert "Cán bộ phutrach1" in told(second, take_back(second, refused))
