"""From the transaction that wants a message to the phone."""

import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from kombu import Connection

from tests.harness.clock import node_off_by
from tests.harness.servers import free_port
from vssid.celery import app
from vssid.sms import delivery, inbox, outbox, tasks, texts, wakeup
from vssid.sms.clock import database_now
from vssid.sms.delivery import NOTICES
from vssid.sms.models import Message, Purpose
from vssid.sms.reconcile import reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inbox(settings):
    settings.SMS_BACKEND = "inbox"


@pytest.fixture
def broker(settings):
    """Let the portal publish to another broker."""

    def use(url):
        other = Celery("elsewhere")
        other.conf.broker_write_url = url  # the plain one would lose against the environment
        other.conf.broker_transport_options = dict(settings.CELERY_BROKER_TRANSPORT_OPTIONS)
        other.set_current()

    yield use
    app.set_current()


def test_a_message_reaches_the_phone_with_its_reference(enqueue, fresh, now):
    message = enqueue(Purpose.RECEIPT, body="BHXHVN da nhan duoc to khai. Ma: {ref}")

    assert delivery.drain(NOTICES, at=now) == 1

    assert fresh(message).status == "accepted"
    (received,) = inbox.messages("+84912345678")
    assert received["body"] == f"BHXHVN da nhan duoc to khai. Ma: {message.ref}"
    assert received["purpose"] == "receipt"
    assert inbox.messages("+84912345679") == []


def test_the_same_cause_gives_one_message(enqueue, now):
    first = enqueue(dedupe_key="receipt:1")
    second = enqueue(dedupe_key="receipt:1", body="anders {ref}")

    assert first.pk == second.pk
    assert delivery.drain(NOTICES, at=now) == 1
    assert len(inbox.messages()) == 1


def test_references_are_short_unlike_and_easy_to_read_aloud(enqueue):
    refs = [enqueue().ref for _ in range(50)]

    assert len(set(refs)) == 50
    assert all(len(ref) == 6 and set(ref) <= set(outbox.REF_ALPHABET) for ref in refs)
    assert not set("01OIL") & set(outbox.REF_ALPHABET)


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": "đã nhận {ref}"},
        {"body": "x" * 155 + "{ref}"},
        {"body": "no place for a reference"},
        {"body": "extension ~ {ref}"},
        {"to": "0912345678"},
        {"to": "+12025550123"},
        {"to": "+842439361234"},
    ],
)
def test_what_cannot_be_sent_is_refused_at_once(enqueue, wrong):
    with pytest.raises(Exception, match=r"sms|Vietnam|landline|Việt Nam|cố định"):
        enqueue(**wrong)

    assert not Message.objects.exists()


def test_names_are_folded_for_the_message():
    assert texts.fold("Đặng Thị Hường, BHXH cơ sở Đống Đa") == "Dang Thi Huong, BHXH co so Dong Da"
    texts.check(texts.fold("Nguyễn Thuỵ Ưu Ỹ"))


@pytest.mark.django_db(transaction=True)
def test_a_message_needs_the_transaction_of_its_cause(now):
    with pytest.raises(transaction.TransactionManagementError):
        outbox.enqueue(to="+84912345678", body="{ref}", purpose=Purpose.NOTICE, dedupe_key="a", at=now)


def test_a_cause_that_is_undone_leaves_no_message(enqueue):
    def cause():
        with transaction.atomic():
            enqueue()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cause()

    assert not Message.objects.exists()


def test_the_row_holds_neither_number_nor_text(enqueue):
    enqueue(Purpose.CREDENTIALS, body="Mat khau: Tr8pq. Ma: {ref}")

    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(\"to\", 'escape') || encode(body, 'escape') || m::text FROM sms_message m")
        (row,) = cursor.fetchone()
    for plain in ("Mat khau", "Tr8pq", "912345678"):
        assert plain not in row
        assert plain.encode().hex() not in row


def test_the_text_is_gone_once_the_gateway_has_it(enqueue, fresh, now):
    message = enqueue(Purpose.CREDENTIALS)
    delivery.deliver(message.pk, at=now)

    assert fresh(message).body is None
    with pytest.raises(IntegrityError, match="sms_text_gone_when_done"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(body="again")


def test_delivering_twice_sends_once(enqueue, now):
    message = enqueue(Purpose.OTP)

    delivery.deliver(message.pk, at=now)
    delivery.deliver(message.pk, at=now + timedelta(hours=1))

    assert len(inbox.messages()) == 1


def test_a_code_that_waited_too_long_is_not_sent(enqueue, fresh, now):
    message = enqueue(Purpose.OTP)

    delivery.deliver(message.pk, at=now + timedelta(minutes=5))

    assert (fresh(message).status, fresh(message).body) == ("expired", None)
    assert inbox.messages() == []


def test_codes_do_not_wait_behind_notices(enqueue, now):
    for _ in range(3):
        enqueue()
    code = enqueue(Purpose.OTP)

    assert delivery.drain({Purpose.OTP}, at=now) == 1

    assert [item["purpose"] for item in inbox.messages()] == ["otp"]
    assert Message.objects.get(pk=code.pk).status == "accepted"
    assert delivery.drain(NOTICES, at=now, limit=2) == 2
    assert delivery.drain(NOTICES, at=now, limit=2) == 1
    assert delivery.drain(NOTICES, at=now, limit=2) == 0


def test_a_message_that_cannot_be_read_does_not_hold_up_the_others(enqueue, fresh, now):
    poison, healthy = enqueue(), enqueue()
    Message.objects.filter(pk=poison.pk).update(body="x")
    with connection.cursor() as cursor:
        cursor.execute('UPDATE sms_message SET body = "to" WHERE id = %s', [poison.pk])

    delivery.drain(NOTICES, at=now)

    assert Message.objects.values_list("status", "error_code").get(pk=poison.pk) == ("failed", "unreadable")
    assert fresh(healthy).status == "accepted"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_row(enqueue, now, other_connection):
    held, free = enqueue(), enqueue()
    other_connection("SELECT id FROM sms_message WHERE id = %s FOR UPDATE", held.pk)

    assert delivery.drain(NOTICES, at=now) == 1

    assert Message.objects.get(pk=free.pk).status == "accepted"
    assert Message.objects.get(pk=held.pk).status == "pending"


def test_a_commit_wakes_a_worker_without_telling_it_anything_personal(
    enqueue, django_capture_on_commit_callbacks, broker
):
    broker("memory://")
    with django_capture_on_commit_callbacks(execute=True):
        code, _ = enqueue(Purpose.OTP), enqueue()

    seen = {}
    with Connection("memory://") as reader:
        for queue in ("otp", "notify"):
            task = reader.SimpleQueue(queue).get(timeout=1)
            seen[task.headers["task"]] = task.payload[0]
    assert seen == {"sms.send_code": [code.pk], "sms.drain": []}


def test_a_dead_broker_costs_no_message_and_little_time(enqueue, django_capture_on_commit_callbacks, broker, now):
    broker(f"redis://127.0.0.1:{free_port()}/0")
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        enqueue()
    first = time.monotonic() - started
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        enqueue()
    second = time.monotonic() - started

    assert first < 5
    assert second < 2, "the second one does not try at all"
    assert delivery.drain(NOTICES, at=now) == 2


def test_a_silent_broker_is_given_up_after_its_time_limit(broker, monkeypatch):
    assert wakeup.LONGEST_PUBLISH < 5
    monkeypatch.setattr(wakeup, "LONGEST_PUBLISH", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        started = time.monotonic()

        assert not wakeup.publish("sms.drain", queue="notify")
        assert time.monotonic() - started < 5
        assert not wakeup.publish("sms.drain", queue="notify")


def test_nobody_waits_for_a_silent_broker_and_the_next_one_is_told(broker, eventually, monkeypatch):
    monkeypatch.setattr(wakeup, "_announcer", None)
    with socket.create_server(("127.0.0.1", 0)) as silent, monkeypatch.context() as hurried:
        hurried.setattr(wakeup, "LONGEST_PUBLISH", 0.1)
        broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        started = time.monotonic()
        wakeup.wake(1, Purpose.OTP)
        left_behind = wakeup._announcer
        eventually(left_behind.is_stuck)
        wakeup.wake(2, Purpose.OTP)
        assert time.monotonic() - started < 4
        eventually(wakeup._announcer.idle.is_set)
        assert not wakeup.publish("sms.drain", queue="notify")

    broker("memory://")
    wakeup.reset()
    wakeup.wake(3, Purpose.OTP)
    with Connection("memory://") as reader:
        assert reader.SimpleQueue("otp").get(timeout=5).payload[0] == [3]
    eventually(lambda: not left_behind.is_alive())


def test_tasks_find_their_work_in_the_outbox_and_may_run_twice(enqueue, fresh, now):
    code, notice = enqueue(Purpose.OTP, expires_at=now + timedelta(days=3)), enqueue()

    for _ in range(2):
        tasks.send_code.apply(args=[code.pk], throw=True)
        tasks.drain.apply(throw=True)

    assert [fresh(code).status, fresh(notice).status] == ["accepted", "accepted"]
    assert len(inbox.messages()) == 2


@pytest.mark.parametrize(("purposes", "index"), [({Purpose.OTP}, "sms_codes_due"), (NOTICES, "sms_notices_due")])
def test_what_is_due_is_found_by_index(purposes, index, now):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = delivery.due(purposes, now).filter(status="pending").explain()

    assert index in plan
    assert "Sort" not in plan


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_sends_until_it_is_told_to_end(enqueue, fresh, eventually):
    sweeper = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "sweep", "--notices-every", "0.2"]
    )
    try:
        for _ in range(2):
            message = enqueue(at=datetime.now(UTC))
            eventually(lambda pk=message: fresh(pk).status == "accepted", seconds=60)
        sweeper.send_signal(signal.SIGTERM)
        assert sweeper.wait(timeout=20) == 0
    finally:
        sweeper.kill()
        sweeper.wait()


def test_the_sweeper_needs_no_broker(enqueue, fresh, now):
    code = enqueue(Purpose.OTP, expires_at=now + timedelta(days=3))
    notice = enqueue()

    call_command("sweep", once=True)

    assert [fresh(code).status, fresh(notice).status] == ["accepted", "accepted"]


def test_a_wrong_clock_of_one_machine_neither_delays_nor_doubles(enqueue, fresh, twilio):
    """Two minutes ahead where it was written, two behind where it is sent: the database's clock decides."""
    with node_off_by(120):
        message = enqueue(at=datetime.now(UTC))
    with node_off_by(-120):
        twilio.mode("drop-before", times=1)
        tasks.drain.apply(throw=True)
        waits = fresh(message).next_attempt_at - database_now()
        assert fresh(message).status == "unknown"

    assert timedelta(seconds=5) < waits <= timedelta(seconds=15)
    assert len(twilio.requests) == 1


def test_a_message_that_ends_every_worker_is_given_up_after_eight_tries(enqueue, fresh, now):
    poison, healthy = enqueue(), enqueue()
    delivery.deliver(healthy.pk, at=now)
    at = now
    while fresh(poison).status != "failed":
        at = max(at, fresh(poison).next_attempt_at)
        if fresh(poison).status == "pending":  # a worker takes it and dies
            Message.objects.filter(pk=poison.pk).update(
                status="submitting", next_attempt_at=at + delivery.LEASE, attempt_count=F("attempt_count") + 1,
                provider="inbox",
            )  # fmt: skip
            poison.attempts.create(started_at=at, provider="inbox")
        reconcile(at=fresh(poison).next_attempt_at)

    assert fresh(poison).attempt_count == 8
    assert fresh(healthy).status == "accepted"
    assert set(poison.attempts.values_list("outcome", flat=True)) == {"lost"}
