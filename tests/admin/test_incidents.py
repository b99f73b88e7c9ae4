"""A breach of data: whom it touches by the audit log, telling them, the 72 hours to the report."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Incident
from insurance.models import InsuredPerson
from tests.admin.conftest import FAR, NEAR, at, logged_in, make_dossier, make_staff
from tests.harness.stage import NOW
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice

LIST = "/quan-tri/accounts/incident/"


@pytest.fixture
def keeper(places):
    return logged_in(make_staff("quantri.mot", "administrator", NEAR))


@pytest.fixture
def incident(officer, clock):
    window = {"began_at": NOW - timedelta(days=1), "ended_at": NOW + timedelta(minutes=1)}
    return Incident.objects.create(title="Mật khẩu của cán bộ bị lộ", account=officer, noticed_at=NOW, **window)


@pytest.fixture
def other(places):
    return InsuredPerson.objects.create(
        bhxh_code="0099000108", full_name="TRẦN VĂN KHÁC", date_of_birth="1980-01-01", gender="male", made_up=True
    )


def act(client, incident, action: str):
    return client.post(LIST, {"action": action, "_selected_action": incident.pk}, follow=action != "download")


def test_it_touches_whom_the_misused_account_looked_at_in_its_window(keeper, incident, officer, person, other):
    dossier = make_dossier(person)
    logged_in(officer).get(at(dossier))
    record(Event.RECORD_VIEWED, actor=officer.actor, subject=f"person:{other.pk}", at=NOW - timedelta(days=2))
    record(Event.RECORD_VIEWED, actor="staff:999999", subject=f"person:{other.pk}", at=NOW)

    answer = act(keeper, incident, "download")

    rows = b"".join(answer.streaming_content).decode()
    assert person.bhxh_code in rows
    assert other.bhxh_code not in rows
    assert AuditEvent.objects.get(event="incident.listed").facts["persons"] == 1


def test_the_persons_are_told_once(keeper, incident, officer, person, other):
    for one in (person, other):
        record(Event.RECORD_VIEWED, actor=officer.actor, subject=f"person:{one.pk}", at=NOW)
    act(keeper, incident, "tell")
    page = act(keeper, incident, "tell").content.decode()
    assert "This was done before." in page
    told = Notice.objects.filter(kind="security.incident")
    assert set(told.values_list("person_id", flat=True)) == {person.pk, other.pk}


def test_the_clock_runs_72_hours_from_noticing_to_the_report(keeper, incident, clock):
    assert "72 hours left" in keeper.get(LIST).content.decode()
    clock.shift(timedelta(hours=70))
    act(logged_in(make_staff("quantri.hai", "administrator", NEAR)), incident, "reported")
    incident.refresh_from_db()
    assert incident.reported_at == NOW + timedelta(hours=70)
    assert AuditEvent.objects.get(event="incident.reported").facts["in_time"] is True


def test_officers_and_supervisors_do_not_keep_incidents(incident, officer, places):
    for staff in (officer, make_staff("truong.xa", "supervisor", FAR)):
        assert logged_in(staff).get(LIST).status_code == 403
