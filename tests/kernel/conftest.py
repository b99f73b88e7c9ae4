"""What the kernel's tests share."""

import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from django.conf import settings as django_settings
from django.db import transaction

from vssid.sms import outbox
from vssid.sms.models import Message, Purpose


@pytest.fixture
def now():
    """The moment at which the test plays; it lies in the past, so that real clocks are later."""
    return datetime.now(UTC) - timedelta(hours=30)


@pytest.fixture
def enqueue(now):
    """Put a message into the outbox in a transaction of its own."""
    count = 0

    def put(purpose=Purpose.NOTICE, *, to="+84912345678", body="BHXHVN thong bao so {ref}", at=None, **more):
        nonlocal count
        count += 1
        more.setdefault("dedupe_key", f"test:{count}")
        if purpose == Purpose.OTP:
            more.setdefault("expires_at", (at or now) + timedelta(minutes=5))
        with transaction.atomic():
            return outbox.enqueue(to=to, body=body, purpose=purpose, at=at or now, **more)

    return put


@pytest.fixture
def fresh():
    """Read a message anew from the database."""
    return lambda message: Message.objects.get(pk=message.pk)


@pytest.fixture
def other_connection():
    """Run SQL on a connection of its own, whose transaction stays open until the test ends."""
    place = django_settings.DATABASES["default"]
    other = psycopg2.connect(
        dbname=place["NAME"],
        user=place["USER"],
        password=place["PASSWORD"],
        host=place["HOST"],
        port=place["PORT"] or None,
    )

    def run(sql, *params):
        with other.cursor() as cursor:
            cursor.execute(sql.removeprefix("BEGIN; "), params)

    yield run
    other.close()


@pytest.fixture
def eventually():
    """Wait until something holds, at most some seconds."""

    def wait(holds, seconds=20):
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, "it did not come about in time"
            threading.Event().wait(0.05)

    return wait
