"""The outbox beside bare Celery tasks: the same broker, the same two workers, one process each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import otp
from tests.benchmarks.measure import Row, at_least_of, at_most, in_words, race, rate_ratio
from tests.benchmarks.stage import Stage
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.celery import app
from vssid.sms import answers, delivery, outbox, wakeup
from vssid.sms.clock import database_now
from vssid.sms.models import Message, Purpose

ROUNDS = 5
TASKS, MESSAGES, SLOW = 3_000, 6_000, 4_000
WAITING = 10_000
CODES = 40
BODY = "BHXHVN: ho so 00108GD/2026/00107 can bo sung. Xem o muc Theo doi ho so tren cong BHXH. LH 19009068. Ma: {ref}"
CODE = "BHXHVN: ma xac nhan cua ban la 123456, dung trong 5 phut. Khong cung cap ma cho bat ky ai. Ma: {ref}"
PATIENCE = 120.0
SIZES = {"thousand": 1_000, "million": 1_000_000}
BATCH = 1_000
MESSAGE, ATTEMPT = "sms_message", "sms_attempt"


def rows(stage: Stage) -> Iterator[Row]:
    """outbox.insert, outbox.backlog, outbox.http, outbox.twilio, outbox.gateway50, otp.p95."""
    yield _insert(stage)
    with _gateway() as base:
        yield _backlog(stage, base)
        yield from _throughput(base)
        yield _slow_gateway(base)
        yield _codes(base)


# The cost of a message in the transaction that causes it.


def _insert(stage: Stage) -> Row:
    """Asking for a code, the commonest act that sends; its decoy is the same transaction without the message.

    The detail tells how an act of one row is burdened, as nothing in the portal is as short.
    """
    user, number = stage.user, iter(range(10**9))

    def code(decoy: bool) -> Callable[[], object]:
        def run() -> object:
            n = next(number)  # every phone is another, and of another block of a hundred
            return otp.issue(purpose="login", phone=f"+8490{n * 100 % 10**7:07}", subject=f"user:{n}", browser_key="b",
                             at=timezone.now(), decoy=decoy, owner=str(n))  # fmt: skip

        return run

    def act(message: bool, written_down: bool) -> Callable[[], None]:
        def run() -> None:
            at = timezone.now()
            with transaction.atomic():
                type(user).objects.filter(pk=user.pk).update(full_name=user.full_name)
                if written_down:
                    record(Event.PASSWORD_CHANGED, actor=user.actor, subject=user.actor, at=at)
                if message:
                    outbox.enqueue(to="+84900000107", body=BODY, purpose=Purpose.NOTICE, at=at,
                                   dedupe_key=f"bench:{os.getpid()}:{next(number)}")  # fmt: skip

        return run

    runners = {"code": code(False), "decoy": code(True), "sending": act(True, True), "silent": act(False, True),
               "sending_bare": act(True, False), "silent_bare": act(False, False)}  # fmt: skip
    times = race(stage.helpers(), **runners)
    wakeup.flush()
    share = 1 / rate_ratio(times, "code", "decoy")
    audited, bare = 1 / rate_ratio(times, "sending", "silent"), 1 / rate_ratio(times, "sending_bare", "silent_bare")
    words = (
        f"{in_words(times, 'code', 'decoy')}; beside one UPDATE with its entry in the audit log {audited:.2f},"
        f" beside one UPDATE and nothing else {bare:.2f}"
    )
    Message.objects.all().delete()
    return at_most("outbox.insert", share, 1.5, detail=words)


# Flat, however many wait.


def _backlog(stage: Stage, base: str) -> Row:
    settings.SMS_BACKEND, settings.SMS_HTTP_URL = "http", f"{base}/gateway"
    for schema, size in SIZES.items():
        _tables(schema, size)
    backend = stage.helpers()[0]
    cpu: dict[str, list[float]] = {schema: [] for schema in SIZES}
    for turn in range(ROUNDS + 1):
        for schema in SIZES:
            _run(f"SET search_path = {schema}, public")
            if schema == "thousand":
                _run(f"TRUNCATE {MESSAGE}, {ATTEMPT}")
                _fill(SIZES[schema])
            begun = time.process_time() + _cpu(backend)
            handled = delivery.drain(delivery.NOTICES, at=database_now(), limit=BATCH, seconds=30)
            assert handled == BATCH, handled
            if turn:  # the first warms up
                cpu[schema].append((time.process_time() + _cpu(backend) - begun) / BATCH)
    _run("RESET search_path", *(f"DROP SCHEMA {schema} CASCADE" for schema in SIZES))
    share = median(big / small for big, small in zip(cpu["million"], cpu["thousand"], strict=True))
    words = " against ".join(f"{median(cpu[schema]) * 1e6:,.0f}" for schema in ("million", "thousand"))
    return at_most("outbox.backlog", share, 1.2, detail=f"CPU {words} µs a message, PostgreSQL's with it")


def _tables(schema: str, size: int) -> None:
    _run(f"CREATE SCHEMA {schema}")
    for table in (MESSAGE, ATTEMPT):
        _run(f"CREATE TABLE {schema}.{table} (LIKE public.{table} INCLUDING ALL)")
    _run(f"SET search_path = {schema}, public")
    _fill(size)
    _run("RESET search_path")


def _fill(number: int) -> None:
    """So many notices that wait, all to one made-up phone."""
    seal = {name: Message._meta.get_field(name).seal for name in ("to", "body")}  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO {MESSAGE} (id, purpose, status, "to", body, ref, dedupe_key, created_at, next_attempt_at, '
            "attempt_count, provider, provider_id, error_code) "
            "SELECT nextval('sms_message_id_seq'), 'notice', 'pending', %s, %s, "
            "upper(lpad(to_hex(n), 6, '0')), 'bench:' || n, now(), now(), 0, '', '', '' "
            "FROM generate_series(1, %s) AS n",
            [seal["to"]("+84900000107"), seal["body"](BODY.replace("{ref}", "BCDFGH")), number],
        )
        cursor.execute(f"ANALYZE {MESSAGE}")


# How many a second, from the wake-up to the last answer written down.


def _throughput(base: str) -> Iterator[Row]:
    ways = {
        "http": {"SMS_BACKEND": "http", "SMS_HTTP_URL": f"{base}/gateway"},
        "twilio": {"SMS_BACKEND": "twilio", "TWILIO_API_BASE": base, "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
                   "TWILIO_AUTH_TOKEN": "bench", "TWILIO_FROM": "+15005550006"},
    }  # fmt: skip
    rates: dict[str, list[float]] = {"noop": [], "http": [], "twilio": []}
    cpu: dict[str, list[float]] = {name: [] for name in rates}
    with (
        _workers("noop", {}) as noop,
        _workers("http", ways["http"]) as http,
        _workers("twilio", ways["twilio"]) as sdk,
    ):
        for turn in range(ROUNDS + 1):
            for name, processes in (("noop", noop), ("http", http), ("twilio", sdk)):
                before = sum(map(_cpu, processes))
                rate = _noop_rate(noop) if name == "noop" else _outbox_rate(name, MESSAGES if name == "http" else SLOW)
                if turn:
                    rates[name].append(rate)
                    number = TASKS if name == "noop" else MESSAGES if name == "http" else SLOW
                    cpu[name].append((sum(map(_cpu, processes)) - before) / number)
    for name, goal in (("http", 2.0), ("twilio", 0.5)):
        value = median(own / bare for own, bare in zip(rates[name], rates["noop"], strict=True))
        own, bare = (f"{median(rates[one]):,.0f} a second, {median(cpu[one]) * 1e6:,.0f} µs" for one in (name, "noop"))
        words = f"{own} of the workers' CPU each, against {bare} for a bare task"
        yield at_least_of(f"outbox.{name}", value, goal, limit=median(rates["noop"]), detail=words)


def _slow_gateway(base: str) -> Row:
    rates = []
    way = {"SMS_BACKEND": "http", "SMS_HTTP_URL": f"{base}/gateway/delay/0.05"}
    with _workers("slow", way, number=1):
        for turn in range(ROUNDS + 1):
            rate = _outbox_rate("slow", SLOW, workers=1)
            if turn:
                rates.append(rate)
    ceiling = answers.IN_FLIGHT / 0.05
    words = (
        f"{median(rates):,.0f} messages a second by one process of {ceiling:,.0f} that {answers.IN_FLIGHT} calls allow"
    )
    return at_least_of("outbox.gateway50", median(rates) / ceiling, 0.65, limit=ceiling, detail=words)


def _codes(base: str) -> Row:
    """Codes asked for one after the other while ten thousand notices wait for a gateway of 50 ms."""
    _empty()
    _fill(WAITING)
    redis.Redis.from_url(settings.CELERY_BROKER_URL).delete(
        "otp", "notify"
    )  # tasks of the codes that _insert asked for
    way = {"SMS_BACKEND": "http", "SMS_HTTP_URL": f"{base}/gateway/delay/0.05"}
    asked = {}
    with _workers("bulk", way, number=1, queue="notify"), _workers("otp", way, number=1, queue="otp", pool="threads"):
        wakeup.publish("sms.drain", queue="notify")
        for n in range(CODES):
            at = timezone.now()
            with transaction.atomic():
                message = outbox.enqueue(to="+84900000108", body=CODE, purpose=Purpose.OTP, at=at,
                                         dedupe_key=f"code:{n}", expires_at=at + timedelta(minutes=5))  # fmt: skip
            asked[message.ref] = at.timestamp()
            time.sleep(0.05)
        waiting = Message.objects.filter(status="pending", purpose="notice").count()
        until = time.monotonic() + PATIENCE
        while len(arrived := json.load(urllib.request.urlopen(f"{base}/codes"))) < CODES:
            assert time.monotonic() < until, f"{len(arrived)} of {CODES} codes arrived"
            time.sleep(0.2)
    took = [arrived[ref] - asked[ref] for ref in asked]
    words = (
        f"median {median(took):.3f} s, longest {max(took):.3f}; {waiting:,} notices still waited after the last code"
    )
    return at_most("otp.p95", quantiles(took, n=20)[-1], 3, unit="s", detail=words)


def _outbox_rate(name: str, number: int, workers: int = 2) -> float:
    _empty()
    _fill(number)
    begun, woken = time.monotonic(), -delivery.DRAIN_SECONDS
    while Message.objects.filter(accepted_at=None).exists():
        now = time.monotonic()
        assert now < begun + PATIENCE, "it took too long"
        # A drain ends after some seconds and asks for the next one on the portal's queue, where nobody listens here.
        if now - woken >= delivery.DRAIN_SECONDS:
            woken = now
            for _ in range(workers):
                app.send_task("sms.drain", queue=f"bench-{name}", ignore_result=True)
        time.sleep(0.02)
    return number / (time.monotonic() - begun)


def _noop_rate(workers: list[int]) -> float:
    """Tasks that lie in the queue before anybody takes them, as the messages do."""
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    with app.connection_for_write() as broker, app.amqp.Producer(broker) as producer:
        for _ in range(TASKS):
            app.send_task("bench.noop", queue="bench-noop", producer=producer, ignore_result=True)
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    assert client.llen("bench-noop") >= TASKS - 2 * len(workers)
    begun = time.monotonic()
    for pid in workers:
        os.kill(pid, signal.SIGCONT)
    _until(lambda: not client.llen("bench-noop") and not client.hlen("unacked"))
    return TASKS / (time.monotonic() - begun)


@contextmanager
def _workers(
    name: str, environment: dict[str, str], *, number: int = 2, queue: str = "", pool: str = "solo"
) -> Iterator[list[int]]:
    """Celery workers of one process each that wait; their process ids."""
    command = [sys.executable, "-m", "celery", "-A", "vssid", "worker", "--include", "tests.benchmarks.noop",
               "--pool", pool, "--queues", queue or f"bench-{name}",
               "--without-gossip", "--without-mingle", "--without-heartbeat"]  # fmt: skip
    started = [
        subprocess.Popen(
            [*command, "--hostname", f"{name}{n}@bench"], env={**os.environ, "LOG_LEVEL": "ERROR", **environment},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for n in range(number)
    ]  # fmt: skip
    try:
        _until(lambda: len(app.control.ping([f"{name}{n}@bench" for n in range(number)], timeout=1)) == number)
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()


@contextmanager
def _gateway() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.gateway"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


def _empty() -> None:
    _run(f"TRUNCATE {MESSAGE}, {ATTEMPT}")


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _cpu(pid: int) -> float:
    """Seconds on a CPU of all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
