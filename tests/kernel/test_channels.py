"""Two gateways, a busy one, and a budget: what one process learns all of them know."""

from datetime import timedelta

import pytest

from tests.harness.servers import free_port
from vssid.sms import budget, channels, delivery, outbox
from vssid.sms.delivery import NOTICES
from vssid.sms.models import InboxMessage, Message, Purpose

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(twilio, settings):
    """Twilio first, the inbox behind it."""
    settings.SMS_FALLBACK_BACKEND = "inbox"
    return twilio


@pytest.fixture
def send(now):
    return lambda seconds=0, purposes=NOTICES: delivery.drain(purposes, at=now + timedelta(seconds=seconds))


def test_after_five_failures_within_a_minute_the_second_gateway_takes_over(two, settings, enqueue, send, fresh):
    settings.TWILIO_API_BASE = f"http://127.0.0.1:{free_port()}"
    early = [enqueue() for _ in range(4)]
    send()
    assert {fresh(message).provider for message in early} == {"twilio"}
    later = enqueue()
    send(1)  # the fifth failure

    send(7)

    assert {fresh(message).status for message in (*early, later)} == {"accepted"}
    assert {fresh(message).provider for message in (*early, later)} == {"inbox"}
    assert InboxMessage.objects.count() == 5


def test_failures_far_apart_change_nothing(two, settings, now):
    for number in range(12):
        channels.unreachable("twilio", at=now + timedelta(seconds=16 * number))

    assert channels.choose(now + timedelta(seconds=200)) == channels.Way("twilio")


def test_after_fifteen_quiet_minutes_the_first_gateway_is_back(two, now):
    for _ in range(5):
        channels.unreachable("twilio", at=now)

    assert channels.choose(now + timedelta(minutes=14, seconds=59)) == channels.Way("inbox")
    assert channels.choose(now + timedelta(minutes=15)) == channels.Way("twilio")


def test_an_account_that_is_refused_hands_over_at_once(two, settings, enqueue, send, fresh):
    settings.TWILIO_AUTH_TOKEN = "wrong"
    message = enqueue(Purpose.CREDENTIALS)

    send()
    send(1)

    assert (fresh(message).status, fresh(message).provider) == ("accepted", "inbox")


def test_an_unclear_answer_never_goes_to_the_second_gateway(two, enqueue, send, fresh):
    message = enqueue()
    two.mode("drop")

    for seconds in (0, 5, 14):
        send(seconds)

    assert fresh(message).status == "unknown"
    assert not InboxMessage.objects.exists()


def test_without_a_second_gateway_nobody_tries_for_ten_seconds(twilio, settings, enqueue, send):
    settings.TWILIO_API_BASE = f"http://127.0.0.1:{free_port()}"
    for _ in range(5):
        enqueue()
    send()
    settings.TWILIO_API_BASE = twilio.base
    enqueue()

    assert send(9) == 0
    assert send(11) == 6


def test_one_refusal_for_too_many_slows_the_whole_sender(twilio, enqueue, send, fresh):
    messages = [enqueue(to=f"+8491234{number:04}") for number in range(20)]
    twilio.mode("error", status=429, code=20429, retry_after=8)
    send()
    asked = len(twilio.requests)
    twilio.mode("ok")

    assert send(7) == 0, "nobody sends before the gateway wants it"
    assert len(twilio.requests) == asked
    send(9)

    assert {fresh(message).status for message in messages} == {"accepted"}
    assert len(twilio.messages) == 20


def test_a_busy_gateway_gets_half_and_later_twice_as_many(now, settings):
    settings.SMS_BACKEND = "twilio"

    def room(seconds):
        way = channels.choose(now + timedelta(seconds=seconds))
        return way and way.tokens

    channels.busy("twilio", at=now, asked=2)
    assert room(1) is None  # paused
    assert room(11) == 10
    channels.busy("twilio", at=now + timedelta(seconds=12), asked=2)
    assert room(30) == 5
    assert room(14 + 31) == 10
    assert channels.choose(now + timedelta(minutes=10)) == channels.Way("twilio")


def test_codes_overtake_what_waits_for_a_busy_gateway(twilio, enqueue, fresh, now):
    channels.busy("twilio", at=now - timedelta(seconds=5), asked=1)
    channels.spend("twilio", 100)
    notice, code = enqueue(), enqueue(Purpose.OTP)

    delivery.drain(NOTICES, at=now, seconds=0)
    delivery.deliver(code.pk, at=now)

    assert (fresh(notice).status, fresh(code).status) == ("pending", "accepted")


def test_a_code_to_a_busy_gateway_is_not_given_up(twilio, enqueue, fresh, now):
    code = enqueue(Purpose.OTP)
    twilio.mode("error", status=429, code=20429)
    for seconds in range(0, 60, 5):
        delivery.drain({Purpose.OTP}, at=now + timedelta(seconds=seconds))
    assert fresh(code).status == "pending"

    twilio.mode("ok")
    delivery.drain({Purpose.OTP}, at=now + timedelta(seconds=100))

    assert fresh(code).status == "accepted"


@pytest.fixture
def ten(settings):
    """Ten messages an hour: eight, and two more of login data."""
    settings.SMS_BACKEND = "inbox"
    settings.SMS_BUDGET_HOUR = 10


def test_a_spent_budget_stops_codes_and_keeps_a_fifth_for_login_data(ten, enqueue, send, fresh):
    for _ in range(9):
        enqueue()
    send()
    assert Message.objects.filter(status="accepted").count() == 8

    with pytest.raises(budget.BudgetSpent):
        enqueue(Purpose.OTP)
    credentials = enqueue(Purpose.CREDENTIALS)
    send(1)

    assert fresh(credentials).status == "accepted"
    assert Message.objects.filter(status="pending").count() == 1, "the notice waits"
    send(3601)
    assert not Message.objects.filter(status="pending").exists(), "for the next hour"


def test_at_seventy_percent_somebody_is_called_once(ten, enqueue, send, caplog):
    for _ in range(3):
        for _ in range(2):
            enqueue()
        send()
    assert "sms.budget" not in caplog.text
    enqueue()
    send()
    enqueue()
    send()

    assert [record.message for record in caplog.records if record.levelname == "CRITICAL"] == ["sms.budget"]


def test_without_a_budget_nothing_is_counted(settings, enqueue, send):
    settings.SMS_BACKEND = "inbox"
    for _ in range(3):
        enqueue()

    assert send() == 3
    assert budget.left(outbox.Message.objects.earliest("pk").created_at) is None
