"""The audit log: only added to, chained by hashes, and whoever tampers is named."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from vssid.audit import chain, log
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent, AuditSeal

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(now):
    return [
        log.record(Event.DOSSIER_VIEWED, actor=f"staff:{n}", subject="person:7", at=now, office="00108", photos=n)
        for n in range(5)
    ]


def verify():
    call_command("verify_audit")


def tamper(sql, *params):
    """What an administrator of the database could do after taking the trigger away."""
    with connection.cursor() as cursor:
        for table in ("audit_auditevent", "audit_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, params)


def test_an_event_keeps_who_what_when_and_the_facts(now):
    log.record(
        Event.DOSSIER_RETURNED, actor="staff:3", subject="dossier:9", at=now, office="00108", fields="phone", count=1
    )

    event = AuditEvent.objects.get()

    assert (event.event, event.actor, event.subject, event.office, event.at) == (
        "dossier.returned",
        "staff:3",
        "dossier:9",
        "00108",
        now,
    )
    assert event.facts == {"fields": "phone", "count": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": "Nguyễn Văn An"},
        {"actor": ""},
        {"subject": "+84912345678"},
        {"note": "x" * 201},
        {"note": ["a"]},
        {"amount": 1.5},
    ],
)
def test_an_event_takes_no_names_and_no_long_texts(wrong, now):
    with pytest.raises(ValueError, match="audit"):
        log.record(Event.LOGOUT, **{"actor": "user:1", "at": now, **wrong})


def test_an_unknown_event_is_refused(now):
    with pytest.raises(ValueError, match="coffee"):
        log.record("coffee.made", actor="user:1", at=now)


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditseal"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_every_change(events, now, table, sql):
    chain.seal_events(at=now)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def test_a_sealed_log_verifies(events, now, capsys):
    assert chain.seal_events(at=now) == 5
    assert chain.seal_events(at=now) == 0
    log.record(Event.LOGOUT, actor="user:1", at=now)
    chain.seal_events(at=now + timedelta(days=1))

    verify()

    assert "verifies" in capsys.readouterr().out
    assert list(AuditSeal.objects.order_by("pk").values_list("position", flat=True)) == [1, 2, 3, 4, 5, 1]


def test_an_altered_row_is_named(events, now, capsys):
    chain.seal_events(at=now)
    tamper("UPDATE audit_auditevent SET actor = 'staff:9' WHERE id = %s", events[2].pk)

    with pytest.raises(CommandError):
        verify()

    told = capsys.readouterr().out.splitlines()
    assert len(told) == 1
    assert told[0].startswith(f"event {events[2].pk} ")
    assert told[0].endswith("altered, or the seal before it is")


def test_a_removed_row_is_named(events, now, capsys):
    chain.seal_events(at=now)
    tamper("DELETE FROM audit_auditevent WHERE id = %s", events[0].pk)

    with pytest.raises(CommandError):
        verify()

    assert f"event {events[0].pk} " in capsys.readouterr().out


def test_a_row_removed_with_its_seal_is_noticed(events, now, capsys):
    chain.seal_events(at=now)
    tamper("DELETE FROM audit_auditevent WHERE id = %s", events[1].pk)
    tamper("DELETE FROM audit_auditseal WHERE event_id = %s", events[1].pk)

    with pytest.raises(CommandError):
        verify()

    assert "seals before it are missing" in capsys.readouterr().out


def test_events_that_nobody_sealed_are_noticed(events, now, capsys):
    with pytest.raises(CommandError):
        verify()

    assert "5 events" in capsys.readouterr().out
    call_command("seal_audit")
    verify()


def test_only_one_sealer_works_at_a_time(events, now, other_connection):
    other_connection("BEGIN; SELECT pg_advisory_xact_lock(%s)", chain.ADVISORY_LOCK)

    assert chain.seal_events(at=now) == 0


def test_the_events_of_a_person_are_found_by_index(events):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = AuditEvent.objects.filter(subject="person:7").order_by("-at").explain()

    assert "audit_of_subject" in plan
