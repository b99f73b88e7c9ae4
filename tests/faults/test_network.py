"""The wire between the portal and gateway, Redis or PostgreSQL is slow, silent or broken."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.core.cache import caches
from django.db import connection, connections

from accounts.models import RegistrationDossier
from tests.faults.test_kill_rounds import enqueue, received, senders, settle, wait_until
from tests.harness.proxy import Proxy
from tests.harness.stage import new_browser, words
from tests.registration.conftest import ready, send
from tests.stubs.fixtures import TwilioStub
from vssid.celery import app
from vssid.sms import delivery
from vssid.sms.clock import database_now
from vssid.sms.models import Message

ProxyTo = Callable[[int | Path], Proxy]


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_breaks_off_on_the_wire_is_asked_for_and_nothing_is_sent_twice(
    twilio: TwilioStub, settings: Any, proxy_to: ProxyTo
) -> None:
    wire = proxy_to(int(urlsplit(twilio.base).port or 0))
    settings.TWILIO_API_BASE = f"http://127.0.0.1:{wire.port}"
    wire.delay, wire.lose_answers = 0.05, True
    made = enqueue(3)
    for purposes in ({"otp"}, delivery.NOTICES):
        delivery.drain(purposes, at=database_now())  # type: ignore[arg-type]
    assert set(Message.objects.values_list("status", flat=True)) == {"unknown"}
    assert len(twilio.messages) == 3

    wire.lose_answers = False
    settle()
    assert received(twilio, made) == Counter(dict.fromkeys(made, 1))
    assert set(Message.objects.values_list("status", flat=True)) == {"accepted"}


@pytest.fixture
def wire_to_database(proxy_to: ProxyTo) -> Proxy:
    """The wire to PostgreSQL, for a sender of its own."""
    return proxy_to(Path(connections["default"].settings_dict["HOST"]) / ".s.PGSQL.5432")


def beyond(wire: Proxy) -> dict[str, str]:
    """The variables by which a process reaches the database over this wire."""
    place = connections["default"].settings_dict
    return {"DATABASE_URL": f"postgres://{place['USER']}@127.0.0.1:{wire.port}/{place['NAME']}?sslmode=disable"}


def only_calls_are_under_way(twilio: TwilioStub) -> bool:
    """Tell whether the gateway holds all that is claimed, and no transaction is open that silence would keep so."""
    calls = twilio.in_flight
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        (busy,) = cursor.fetchone()
    return bool(calls) and not busy and Message.objects.filter(status="submitting").count() == calls


@pytest.mark.django_db(transaction=True)
def test_a_database_silent_while_a_sender_calls_loses_nothing_and_doubles_nothing(
    twilio: TwilioStub, wire_to_database: Proxy
) -> None:
    """Another sender takes over what the silenced one had begun; its answers come too late and change nothing."""
    twilio.mode("ok", delay=0.5)
    made = enqueue(60)
    with senders({**twilio.environment, **beyond(wire_to_database)}, "--number", "1"):
        taken_over = False
        while not taken_over:
            wait_until(lambda: only_calls_are_under_way(twilio))
            with wire_to_database.silent():
                if taken_over := only_calls_are_under_way(twilio):
                    twilio.mode("ok")
                    settle()
    settle()

    assert received(twilio, made) == Counter(dict.fromkeys(made, 1))
    assert set(Message.objects.values_list("status", flat=True)) == {"accepted"}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_breaks_off_again_and_again_loses_nothing_and_doubles_nothing(
    twilio: TwilioStub, wire_to_database: Proxy
) -> None:
    twilio.mode("ok", delay=0.1)
    made = enqueue(60)
    with senders({**twilio.environment, **beyond(wire_to_database)}, "--number", "1"):
        for reached in (10, 20, 30):
            wait_until(lambda: len(twilio.messages) >= reached)  # noqa: B023
            wire_to_database.cut()
    settle()

    assert received(twilio, made) == Counter(dict.fromkeys(made, 1))
    assert set(Message.objects.values_list("status", flat=True)) == {"accepted"}


@pytest.mark.django_db(transaction=True)
def test_a_claim_whose_commit_hung_longer_than_its_lease_is_not_sent_but_asked_for(
    twilio: TwilioStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another sender may have taken it over; had it not, the gateway does not know it and it is sent then."""
    made = enqueue(3)
    with monkeypatch.context() as hung:
        hung.setattr(delivery, "CALL", delivery.LEASE.total_seconds())
        delivery.drain(delivery.NOTICES, at=database_now())
    assert not twilio.messages
    settle()

    assert received(twilio, made) == Counter(dict.fromkeys(made, 1))


@pytest.fixture
def redis_beyond(settings: Any, proxy_to: ProxyTo) -> Iterator[Proxy]:
    """The wire to Redis, for cache and broker."""
    url = urlsplit(settings.REDIS_URL)
    wire = proxy_to(int(url.port or 0))
    address = f"redis://127.0.0.1:{wire.port}{url.path}"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": address}}
    broker = Celery("beyond")
    broker.conf.broker_write_url = address
    broker.conf.broker_transport_options = dict(settings.CELERY_BROKER_TRANSPORT_OPTIONS)
    broker.set_current()
    yield wire
    app.set_current()


@pytest.mark.django_db(transaction=True)
def test_a_silent_redis_holds_somebody_who_registers_up_once_for_five_seconds_at_most(
    person: object, redis_beyond: Proxy
) -> None:
    browser = new_browser()
    code = ready(browser)
    assert caches["default"].get("nothing") is None
    with redis_beyond.silent():
        begun = time.monotonic()
        sent = send(browser, code)
        first = time.monotonic() - begun
        begun = time.monotonic()
        number = RegistrationDossier.objects.get().number
        page = words(browser.get(sent.url))
        later = time.monotonic() - begun

    assert sent.url == "/dang-ky/hoan-tat/"
    assert first < 5
    assert later < 2, "Redis is not asked again"
    assert number
    assert number in page
    assert delivery.drain(delivery.NOTICES, at=database_now()) == 1, "the database is asked, not Redis"
