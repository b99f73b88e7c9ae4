"""Five hundred messages while senders are killed every second: none is missing, none doubled that can be helped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from tests.stubs.fixtures import TwilioStub
from vssid.sms import delivery, outbox
from vssid.sms.clock import database_now
from vssid.sms.models import Attempt, Message, Purpose
from vssid.sms.reconcile import reconcile

MESSAGES = 500
PURPOSES = [Purpose.OTP] * 1 + [Purpose.CREDENTIALS] * 1 + [Purpose.NOTICE] * 8
OPEN = ("pending", "submitting", "unknown")
UNCLEAR = ("lost", "ambiguous", "")

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def senders(environment: dict[str, str], *options: str) -> Iterator[subprocess.Popen[str]]:
    """Sender processes of their own, ended in order when the block ends; `.kills` is then in their last line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.senders", *options], start_new_session=True,
        cwd=django_settings.BASE_DIR, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "sending\n"
        yield process
    finally:
        try:
            process.send_signal(signal.SIGTERM)
            process.kills = int(process.communicate(timeout=180)[0] or 0)  # type: ignore[attr-defined]
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # what does not end disturbs no other test


def enqueue(number: int = MESSAGES) -> dict[str, Message]:
    """So many messages to as many made-up phones, by reference; one of ten is a code, one carries login data."""
    made = {}
    for n in range(number):
        purpose = PURPOSES[n % len(PURPOSES)]
        at = timezone.now()
        with transaction.atomic():
            message = outbox.enqueue(
                to=f"+8490000{n:04}", body="BHXHVN thong bao thu. Ma: {ref}", purpose=purpose, at=at,
                dedupe_key=f"round:{n}", expires_at=at + timedelta(hours=5) if purpose == "otp" else None,
            )  # fmt: skip
        made[message.ref] = message
    return made


def left() -> int:
    return Message.objects.filter(status__in=OPEN, next_attempt_at__isnull=False).count()


def let_time_pass(seconds: int) -> None:
    """Leases end and unclear attempts become old, without anybody waiting for it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sms_attempt SET started_at = started_at - %s * interval '1 second'", [seconds])
        cursor.execute("UPDATE sms_message SET next_attempt_at = next_attempt_at - %s * interval '1 second'", [seconds])


def settle() -> None:
    """What a sweeper does in the minutes after."""
    for _ in range(20):
        if not left():
            return
        let_time_pass(35)
        while reconcile(at=database_now()):
            pass
        delivery.drain({Purpose.OTP}, at=database_now())
        delivery.drain(delivery.NOTICES, at=database_now())
    raise AssertionError(f"{left()} messages did not settle")


def wait_until(holds: Callable[[], bool], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.05)


def received(gateway: TwilioStub, made: Mapping[str, Message]) -> Counter[str]:
    """How often each of these references reached the gateway; a call that the test before left on the wire is none."""
    return Counter(ref for message in gateway.messages if (ref := message["body"].rpartition(" ")[2]) in made)


ROUNDS = [*range(2), *(pytest.param(number, marks=pytest.mark.soak) for number in range(2, 20))]


@pytest.mark.parametrize("number", ROUNDS)
def test_a_killing_every_second_loses_nothing_and_doubles_nothing(
    twilio: TwilioStub, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    """Twilio can be asked what it got: no message twice at all."""
    # Every other round it takes a message only after the wait: a killed sender's call is still under way.
    twilio.mode("ok", delay=0.3, late=bool(number % 2))
    made = enqueue()
    with senders(twilio.environment, "--number", "3", "--kill-every", "1") as process:
        wait_until(lambda: not Message.objects.filter(status="pending").exists())
    kills = process.kills  # type: ignore[attr-defined]
    unclear = Attempt.objects.filter(outcome__in=UNCLEAR).count()
    wait_until(lambda: twilio.in_flight == 0)
    twilio.mode("ok")
    settle()

    got = received(twilio, made)
    given_up = {ref for ref, message in made.items() if message.purpose == "otp"} & (made.keys() - got.keys())
    with capsys.disabled():
        print(f"\nround {number + 1}: {kills} kills, {unclear} attempts without an answer, "  # noqa: T201
              f"{len(made.keys() - got.keys() - given_up)} missing, {sum(got.values()) - len(got)} twice, "
              f"{len(given_up)} codes never sent again")  # fmt: skip
    assert kills >= 2
    assert unclear > 0, "nobody was killed while sending"
    # A code that a killed sender had not handed over yet is asked for anew by its citizen.
    assert set(Message.objects.filter(ref__in=given_up).values_list("status", flat=True)) <= {"unknown"}
    assert got == Counter(dict.fromkeys(made.keys() - given_up, 1))
    assert set(Message.objects.exclude(ref__in=given_up).values_list("status", flat=True)) == {"accepted"}


@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=[pytest.mark.soak] * (number > 0)) for number in range(5)]
)
def test_a_gateway_without_memory_gets_codes_once_and_others_at_least_once(
    twilio: TwilioStub, settings: Any, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    """It cannot be asked: what was under way when a sender died may come twice, never a code, and nothing else."""
    environment = {"SMS_BACKEND": "http", "SMS_HTTP_URL": f"{twilio.base}/gateway"}
    settings.SMS_BACKEND, settings.SMS_HTTP_URL = environment["SMS_BACKEND"], environment["SMS_HTTP_URL"]
    twilio.mode("ok", delay=0.3)
    made = enqueue()
    with senders(environment, "--number", "3", "--kill-every", "1") as process:
        wait_until(lambda: not Message.objects.filter(status="pending").exists())
    kills = process.kills  # type: ignore[attr-defined]
    twilio.mode("ok")
    settle()

    got = received(twilio, made)
    twice = {ref for ref, times in got.items() if times > 1}
    unclear = set(Attempt.objects.filter(outcome__in=UNCLEAR).values_list("message__ref", flat=True))
    with capsys.disabled():
        print(f"\nwithout memory {number + 1}: {kills} kills, {len(unclear)} unclear, "  # noqa: T201
              f"{len(made.keys() - got.keys())} missing, {len(twice)} twice")  # fmt: skip
    assert twice <= unclear
    assert not {ref for ref in twice if made[ref].purpose == "otp"}
    assert {made[ref].purpose for ref in made.keys() - got.keys()} <= {"otp"}


def test_senders_that_are_told_to_end_finish_what_they_began(twilio: TwilioStub) -> None:
    """A deployment under load: each process is ended and another started, nothing is lost and nothing doubled."""
    twilio.mode("ok", delay=0.4)
    made = enqueue(200)
    while Message.objects.filter(status="pending").exists():
        with senders(twilio.environment):
            started = len(twilio.messages)
            wait_until(lambda before=started: len(twilio.messages) > before)  # type: ignore[misc]

    # A sender whose database connection broke meanwhile leaves its batch to whoever looks after it next.
    settle()
    assert received(twilio, made) == Counter(dict.fromkeys(made, 1))
    assert set(Message.objects.values_list("status", flat=True)) == {"accepted"}
