"""Processes that die and servers that forget, on the live portal: no message is lost and none arrives twice."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import redis
from celery import Celery

from tests.harness.live import Live
from tests.stubs.fixtures import TwilioStub
from vssid.sms.answers import IN_FLIGHT
from vssid.up.services import CODES, SWEEPER, WEB, WORKER

ENQUEUE = """
from django.db import transaction
from django.utils import timezone
from vssid.sms import outbox
with transaction.atomic():
    for number in range({first}, {last}):
        outbox.enqueue(to=f"+849000009{{number:02}}", body="BHXHVN thong bao thu. Ma: {{ref}}", purpose="notice",
                       dedupe_key=f"fault:{{number}}", at=timezone.now())
"""
# Codes that are asked for later: a test lets them fall due.
LATER = """
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from vssid.sms import outbox
at = timezone.now()
with transaction.atomic():
    for number in range(5):
        outbox.enqueue(to=f"+849000008{number:02}", body="BHXHVN ma thu. Ma: {ref}", purpose="otp", at=at,
                       dedupe_key=f"fault:code:{number}", not_before=at + timedelta(hours=1),
                       expires_at=at + timedelta(hours=2))
"""


class Senders:
    """The live portal with Twilio's stand-in as its gateway."""

    def __init__(self, live: Live, gateway: TwilioStub) -> None:
        self.live, self.gateway = live, gateway

    def enqueue(self, numbers: range) -> None:
        """Put notices to as many made-up phones into the outbox, as one change of the portal would."""
        self.live.manage("shell", "--command", ENQUEUE.format(first=numbers.start, last=numbers.stop))

    def states(self) -> Counter[str]:
        """How many of these notices are in which state."""
        rows = self.live.sql("SELECT status FROM sms_message WHERE dedupe_key LIKE 'fault:%' AND purpose = 'notice'")
        return Counter(rows.split())

    def ask_for_code(self, number: int) -> None:
        """Let one code of `LATER` fall due, with its task, as when somebody asks for it."""
        due = f"UPDATE sms_message SET next_attempt_at = now() WHERE dedupe_key = 'fault:code:{number}' RETURNING id"
        broker = Celery("live", set_as_current=False)
        broker.conf.broker_write_url = self.live.variables["CELERY_BROKER_URL"]
        for line in self.live.sql(due).splitlines():
            if line.isdecimal():  # the last line counts rows
                broker.send_task("sms.send_code", args=[int(line)], queue="otp", ignore_result=True)

    def received(self) -> Counter[str]:
        """How often each phone got its notice."""
        return Counter(message["to"] for message in self.gateway.messages)

    def codes(self) -> int:
        """How many of them have arrived."""
        return sum(phone.startswith("+849000008") for phone in self.received())

    def let_time_pass(self, minutes: int) -> None:
        """Leases end and unclear attempts become old, without anybody waiting for it."""
        ago = f"interval '{minutes} minutes'"
        self.live.sql(f"UPDATE sms_attempt SET started_at = started_at - {ago}")
        self.live.sql(
            f"UPDATE sms_message SET next_attempt_at = next_attempt_at - {ago} WHERE next_attempt_at IS NOT NULL"
        )

    def until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for it."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, (
                self.states(),
                self.received(),
                self.live.log(WORKER),
                self.live.log(SWEEPER),
            )
            time.sleep(0.1)


@pytest.fixture(scope="module")
def twilio_senders(live: Live, twilio_process: TwilioStub) -> Iterator[Senders]:
    """Worker and sweeper send through the stand-in until this module is done."""
    before = dict(live.variables)

    def begin_anew(variables: dict[str, str]) -> None:
        live.variables.clear()
        live.variables.update(variables)
        for name in (WORKER, CODES, SWEEPER):
            live.kill(name)
            live.start(name)

    twilio_process.reset()
    begin_anew({**before, **twilio_process.environment})
    yield Senders(live, twilio_process)
    begin_anew(before)


@pytest.fixture
def senders(twilio_senders: Senders) -> Iterator[Senders]:
    """No notice yet, and a gateway that behaves."""
    twilio_senders.gateway.reset()
    yield twilio_senders
    twilio_senders.live.sql("DELETE FROM sms_attempt WHERE message_id IN "
                            "(SELECT id FROM sms_message WHERE dedupe_key LIKE 'fault:%')")  # fmt: skip
    twilio_senders.live.sql("DELETE FROM sms_message WHERE dedupe_key LIKE 'fault:%'")


def test_a_worker_killed_while_it_sends_loses_nothing_and_sends_nothing_twice(live: Live, senders: Senders) -> None:
    senders.gateway.mode("hang", times=3)  # Twilio has these three, the worker never hears of it
    senders.enqueue(range(6))
    senders.until(lambda: len(senders.gateway.messages) == 6)
    live.kill(WORKER)
    assert senders.states()["submitting"] >= 3

    senders.gateway.mode("hang-before")  # and these Twilio never gets
    live.start(WORKER)
    senders.enqueue(range(6, 9))
    senders.until(lambda: sum(request["method"] == "POST" for request in senders.gateway.requests) >= 7)
    live.kill(WORKER)
    live.kill(SWEEPER)
    senders.gateway.mode("ok")
    senders.let_time_pass(5)
    live.start(SWEEPER)
    live.start(WORKER)

    senders.until(lambda: senders.states() == Counter(accepted=9))
    assert senders.received() == Counter(f"+849000009{number:02}" for number in range(9))


@pytest.mark.soak
def test_codes_overtake_notices_that_a_hanging_gateway_holds(live: Live, senders: Senders) -> None:
    """Each call hangs for its ten seconds; codes asked for meanwhile are there while notices of before still hang."""
    live.manage("shell", "--command", LATER)
    senders.ask_for_code(0)
    senders.until(lambda: senders.codes() == 1, seconds=60)  # whoever sends codes has started
    senders.gateway.mode("hang-before")
    senders.enqueue(range(100))
    senders.until(lambda: senders.gateway.in_flight >= IN_FLIGHT)
    senders.gateway.mode("ok")
    for number in range(1, 5):
        senders.ask_for_code(number)
    senders.until(lambda: senders.codes() == 5)

    assert senders.states()["submitting"] > 0, "the gateway still holds notices"
    assert set(senders.received()) == {f"+8490000080{number}" for number in range(5)}, "no notice came before them"
    live.kill(WORKER)
    senders.let_time_pass(5)
    live.start(WORKER)
    live.restart(SWEEPER)
    senders.until(lambda: senders.states() == Counter(accepted=100), seconds=60)


def page_comes(address: str) -> bool:
    """Whether the page is there; whoever is answered while a connection is being cut is told to come again."""
    try:
        with urllib.request.urlopen(address, timeout=10) as page:
            return page.status == 200
    except urllib.error.HTTPError as refused:
        if refused.code != 503:
            raise
        return False


def test_messages_survive_an_emptied_redis_and_cut_database_connections(live: Live, senders: Senders) -> None:
    live.kill(WORKER)
    senders.enqueue(range(20, 24))
    redis.Redis.from_url(live.variables["REDIS_URL"]).flushdb()
    live.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
             "AND pid <> pg_backend_pid()")  # fmt: skip
    senders.until(lambda: page_comes(f"{live.url}/dang-ky/to-khai/"))
    senders.let_time_pass(1)
    live.restart(SWEEPER)  # as if its next round had come

    senders.until(lambda: senders.states() == Counter(accepted=4))
    assert set(senders.received().values()) == {1}
    live.start(WORKER)
    assert live.children[WEB].alive()
