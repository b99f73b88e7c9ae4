"""What each answer of Twilio does to a message."""

from datetime import timedelta
from itertools import pairwise

import pytest

from vssid.sms import delivery, gateways
from vssid.sms.delivery import NOTICES
from vssid.sms.models import Purpose

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(now):
    """Send whatever is due some seconds after the beginning."""

    def go(seconds=0, purposes=NOTICES):
        return delivery.drain(purposes, at=now + timedelta(seconds=seconds))

    return go


@pytest.fixture
def waits(fresh, now):
    """Seconds after the beginning at which the message is looked at next."""
    return lambda message: round((fresh(message).next_attempt_at - now).total_seconds())


def outcome(message):
    return [attempt.outcome for attempt in message.attempts.order_by("started_at")]


def test_an_accepted_message_carries_the_attempt_and_its_life_time(twilio, enqueue, fresh, now, settings):
    message = enqueue(Purpose.OTP)

    delivery.deliver(message.pk, at=now + timedelta(seconds=20))

    (request,) = twilio.requests
    attempt = message.attempts.get()
    assert request["fields"] == {
        "To": "+84912345678",
        "From": twilio.sender,
        "Body": f"BHXHVN thong bao so {message.ref}",
        "ValidityPeriod": "280",
        "StatusCallback": f"{settings.PUBLIC_BASE_URL}/webhooks/twilio/status/?attempt={attempt.pk}",
    }
    assert fresh(message).status == "accepted"
    assert fresh(message).provider_id == attempt.provider_id == twilio.messages[0]["sid"]


def test_a_messaging_service_takes_the_place_of_the_sender(twilio, enqueue, send, settings):
    settings.TWILIO_MESSAGING_SERVICE_SID = "MG" + "1" * 32
    enqueue()

    send()

    fields = twilio.requests[0]["fields"]
    assert fields["MessagingServiceSid"] == "MG" + "1" * 32
    assert "From" not in fields
    assert "ValidityPeriod" not in fields


def test_many_messages_are_sent_side_by_side(twilio, enqueue, send):
    for _ in range(8):
        enqueue()
    twilio.mode("ok", delay=0.3)

    assert send() == 8

    assert twilio.most_in_flight >= 4
    assert len(twilio.messages) == 8


@pytest.mark.parametrize("code", [21211, 21408, 21610, 21612, 21614, 30004, 30005, 30006])
def test_a_number_that_cannot_be_reached_fails_for_good(twilio, enqueue, fresh, send, code):
    message = enqueue(Purpose.CREDENTIALS)
    twilio.mode("error", status=400, code=code)

    send()

    assert (fresh(message).status, fresh(message).error_code, fresh(message).body) == ("failed", str(code), None)
    assert outcome(message) == ["permanent"]


def test_definite_refusals_are_tried_again_ever_more_slowly(settings, twilio, enqueue, fresh, send, waits):
    message = enqueue()
    settings.TWILIO_API_BASE = "http://127.0.0.1:1"

    seen = [0]
    while send(seen[-1]) and fresh(message).status == "pending":
        seen.append(waits(message))

    assert [later - earlier for earlier, later in pairwise(seen)] == [
        5,
        30,
        120,
        300,
        900,
        1800,
        3600,
    ]
    assert (fresh(message).status, fresh(message).attempt_count) == ("failed", 8)


def test_login_data_is_tried_hourly_for_a_day(settings, twilio, enqueue, fresh, send, waits):
    message = enqueue(Purpose.CREDENTIALS)
    settings.TWILIO_API_BASE = "http://127.0.0.1:1"

    seen = [0]
    while send(seen[-1]) and fresh(message).status == "pending":
        seen.append(waits(message))

    assert seen[-1] - seen[-2] == 3600
    assert 24 * 3600 <= seen[-1] <= 25 * 3600
    assert fresh(message).status == "failed"


def test_a_code_is_tried_twice_within_thirty_seconds(settings, twilio, enqueue, fresh, send, waits):
    message = enqueue(Purpose.OTP)
    settings.TWILIO_API_BASE = "http://127.0.0.1:1"

    send(0, {Purpose.OTP})
    assert waits(message) <= 30
    send(waits(message), {Purpose.OTP})

    assert (fresh(message).status, fresh(message).attempt_count, fresh(message).body) == ("failed", 2, None)


def test_the_gateway_down_then_up_loses_nothing(settings, twilio, enqueue, fresh, send, waits):
    message = enqueue()
    settings.TWILIO_API_BASE = "http://127.0.0.1:1"
    send()
    settings.TWILIO_API_BASE = twilio.base

    send(waits(message))

    assert fresh(message).status == "accepted"
    assert len(twilio.messages) == 1


def test_a_busy_gateway_is_given_the_time_it_asks_for(twilio, enqueue, fresh, send, waits):
    message = enqueue()
    twilio.mode("error", status=429, code=20429, retry_after=17)

    send()

    assert (fresh(message).status, waits(message)) == ("pending", 17)


def test_a_busy_gateway_never_fails_a_message(twilio, enqueue, fresh, send, waits):
    message = enqueue()
    twilio.mode("error", status=429, code=20429)

    for _ in range(12):
        before = waits(message)
        send(before + 1)
        assert fresh(message).status == "pending"
        assert 1 < waits(message) - before <= 39

    assert set(outcome(message)) == {"throttled"}


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_never_followed_by_a_blind_retry(twilio, enqueue, fresh, send, waits, status):
    message = enqueue()
    twilio.mode("error-after", status=status)

    send()
    assert (fresh(message).status, waits(message)) == ("unknown", 15)
    assert send(15) == 0


def test_a_lost_answer_is_unclear(twilio, enqueue, fresh, send):
    message = enqueue()
    twilio.mode("drop")

    send()

    assert fresh(message).status == "unknown"
    assert fresh(message).body is not None


def test_an_empty_answer_is_unclear(twilio, enqueue, fresh, send):
    message = enqueue()
    twilio.mode("empty")

    send()

    assert (fresh(message).status, fresh(message).error_code) == ("unknown", "empty")


def test_wrong_credentials_stop_the_sender_and_fail_nothing(settings, twilio, enqueue, fresh, send, waits, caplog):
    settings.TWILIO_AUTH_TOKEN = "wrong"
    first = enqueue(Purpose.CREDENTIALS)
    send()
    second = enqueue()

    assert send(1) == 0
    assert (fresh(first).status, fresh(second).status) == ("pending", "pending")
    assert [record.message for record in caplog.records if record.levelname == "CRITICAL"] == ["sms.alarm"]

    settings.TWILIO_AUTH_TOKEN = twilio.token
    send(waits(first))
    assert (fresh(first).status, fresh(second).status) == ("accepted", "accepted")


@pytest.mark.parametrize("code", [30007, 99999, None])
def test_an_answer_nobody_knows_is_not_repeated_and_raises_an_alarm(twilio, enqueue, fresh, send, code, caplog):
    message = enqueue()
    twilio.mode("error", status=400, code=code)

    send()

    assert fresh(message).status == "failed"
    assert "sms.alarm" in caplog.text


def test_logs_hold_neither_number_nor_text(twilio, enqueue, send, caplog):
    for logger in (None, "twilio.http_client", "urllib3"):
        caplog.set_level("INFO", logger=logger)
    enqueue(Purpose.CREDENTIALS, body="Mat khau: Tr8pq. Ma: {ref}")
    twilio.mode("error", status=400, code=99999)
    send()
    twilio.mode("drop")
    enqueue(Purpose.CREDENTIALS, body="Mat khau: Tr8pq. Ma: {ref}")
    send()

    assert caplog.records
    for plain in ("912345678", "Tr8pq", twilio.token):
        assert plain not in caplog.text


def test_regions_in_the_environment_do_not_change_the_address(twilio, enqueue, send, monkeypatch):
    monkeypatch.setenv("TWILIO_REGION", "au1")
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    gateways._twilio.cache_clear()
    enqueue()

    send()

    assert len(twilio.messages) == 1
