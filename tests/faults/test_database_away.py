"""PostgreSQL restarts or takes no changes: people are told to come back, messages are neither lost nor sent twice."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import psycopg2
import pytest
from django.db import InternalError, OperationalError, connection, connections
from django.test import Client

from accounts.actions import otp
from accounts.models import OneTimeCode
from tests.faults.test_kill_rounds import enqueue, received, senders, wait_until
from tests.harness import databases, servers
from tests.registration.conftest import CODE, PHONE
from tests.stubs.fixtures import TwilioStub
from vssid.sms import delivery
from vssid.sms.clock import database_now
from vssid.sms.models import Attempt, Message
from vssid.up.postgres import Postgres


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL of this test's own, which it may restart; this process works on it too."""
    folder = servers.home() / f"restarted-{servers.WORKER}"
    folder.mkdir(mode=0o755)
    own = Postgres(folder / "pg", durable=False, log=folder / "log", options={"shared_buffers": "32MB"})
    own.start()
    own.create_database("portal")
    dump = subprocess.run([own.bin / "pg_dump", "-Fp", "--no-owner", databases_url()], capture_output=True, check=True)
    subprocess.run(
        [own.bin / "psql", "-q", "-X", url_of(own)], input=dump.stdout, check=True, stdout=subprocess.DEVNULL
    )
    place, before = connections["default"].settings_dict, {}
    connections.close_all()
    before.update(NAME=place["NAME"], HOST=place["HOST"])
    place.update(NAME="portal", HOST=str(own.socket_folder))
    yield own
    connections.close_all()
    place.update(before)
    own.stop()


def databases_url() -> str:
    return servers.postgres().url(databases.template()).replace("postgres://", "postgresql://")


def url_of(cluster: Postgres) -> str:
    return cluster.url("portal").replace("postgres://", "postgresql://")


@pytest.mark.django_db(transaction=True)
def test_a_restart_under_load_loses_nothing_and_sends_nothing_twice(twilio: TwilioStub, cluster: Postgres) -> None:
    made = enqueue(120)
    twilio.mode("ok", delay=0.2)
    with senders({**twilio.environment, "DATABASE_URL": cluster.url("portal")}):
        wait_until(lambda: len(twilio.messages) >= 20)
        connections.close_all()
        away = time.monotonic()
        cluster.stop()
        assert Client(raise_request_exception=False).get("/dang-nhap/").status_code in (200, 503)
        refused = Client(raise_request_exception=False).post("/dang-nhap/", {"username": CODE, "password": "x"})
        cluster.start()
        away = time.monotonic() - away
        connections.close_all()
        wait_until(lambda: set(Message.objects.values_list("status", flat=True)) == {"accepted"})

    assert refused.status_code == 503
    assert refused["Retry-After"]
    assert refused["X-Request-ID"] in refused.content.decode()
    assert received(twilio, made) == Counter(dict.fromkeys(made, 1))
    # A machine so busy that the restart outlasts the answers' patience has them asked for instead.
    waited = {"accepted"} if away < delivery.RECORD_SECONDS / 2 else {"accepted", "lost"}
    assert set(Attempt.objects.values_list("outcome", flat=True)) <= waited


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_no_changes_takes_no_code_and_says_so() -> None:
    """A stale replica after a failover: a code is used by writing so."""
    at = database_now()
    sent = otp.issue(purpose=OneTimeCode.Purpose.LOGIN, phone=PHONE, subject="user:1", browser_key="b", at=at)
    code = Message.objects.get().body.split("la ")[1][:6]
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    with pytest.raises(InternalError) as refused:
        otp.check(purpose=OneTimeCode.Purpose.LOGIN, subject="user:1", code=code, browser_key="b", at=at)
    assert isinstance(refused.value.__cause__, psycopg2.errors.ReadOnlySqlTransaction)
    page = Client(raise_request_exception=False).post("/dang-nhap/", {"username": CODE, "password": "x"})
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")

    sent.refresh_from_db()
    assert (sent.tries, sent.consumed_at) == (0, None)
    assert page.status_code == 503
    assert page["X-Request-ID"] in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_is_under_way_when_the_database_breaks_off_is_answered_for(
    twilio: TwilioStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim of the next messages fails while the gateway still has the first ones."""
    made = enqueue(120)
    claim, claimed = delivery._claim, []

    def breaks_off(*facts: object) -> object:
        if claimed:
            connection.close()
            raise OperationalError("server closed the connection unexpectedly")
        claimed.append(1)
        return claim(*facts)  # type: ignore[arg-type]

    monkeypatch.setattr(delivery, "_claim", breaks_off)
    twilio.mode("ok", delay=0.2)
    with pytest.raises(OperationalError):
        delivery.drain(delivery.NOTICES, at=database_now())

    taken = Message.objects.filter(status="accepted").count()
    assert taken == received(twilio, made).total() > 0
    assert not Message.objects.filter(status="submitting").exists()
