"""Workers that die, answers that get lost: nothing is lost and nobody gets a message twice."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from vssid.sms import delivery, reconcile, states
from vssid.sms.delivery import NOTICES
from vssid.sms.models import Purpose

MANAGE = Path(django_settings.BASE_DIR) / "manage.py"


@pytest.fixture
def send(now):
    return lambda seconds=0, purposes=NOTICES: delivery.drain(purposes, at=now + timedelta(seconds=seconds))


@pytest.fixture
def look_after(now):
    return lambda seconds: reconcile.reconcile(at=now + timedelta(seconds=seconds))


@pytest.fixture
def killed_while_sending(twilio, enqueue, eventually):
    """A message whose sender, a process of its own, was killed with signal 9 while Twilio did not answer."""

    def kill(mode, purpose):
        started = datetime.now(UTC)
        message = enqueue(purpose, at=started)
        twilio.mode(mode)
        sender = subprocess.Popen(
            [sys.executable, str(MANAGE), "sweep", "--once"], env={**os.environ, **twilio.environment}, stderr=-3
        )
        try:
            eventually(lambda: twilio.requests or sender.poll() is not None, seconds=60)
            assert sender.poll() is None, "the sender ended early"
        finally:
            sender.send_signal(signal.SIGKILL)
            sender.wait()
        twilio.mode("ok")
        return message, message.attempts.get().started_at

    return kill


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("purpose", [Purpose.CREDENTIALS, Purpose.OTP])
def test_a_worker_killed_after_twilio_took_the_message_sends_it_once(killed_while_sending, twilio, fresh, purpose):
    message, started = killed_while_sending("hang", purpose)
    assert fresh(message).status == "submitting"

    reconcile.reconcile(at=started + timedelta(seconds=29))
    assert fresh(message).status == "submitting", "the lease still runs"
    reconcile.reconcile(at=started + timedelta(seconds=31))

    assert (fresh(message).status, fresh(message).body) == ("accepted", None)
    assert fresh(message).provider_id == twilio.messages[0]["sid"]
    assert delivery.drain(set(Purpose) - {Purpose.OTP}, at=started + timedelta(days=1)) == 0
    assert len(twilio.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_before_twilio_took_the_message_sends_it_once(killed_while_sending, twilio, fresh):
    message, started = killed_while_sending("hang-before", Purpose.CREDENTIALS)

    for seconds in (31, 61, 121):
        reconcile.reconcile(at=started + timedelta(seconds=seconds))
    delivery.drain(NOTICES, at=started + timedelta(seconds=122))

    assert fresh(message).status == "accepted"
    assert [m["to"] for m in twilio.messages] == ["+84912345678"]


@pytest.mark.django_db(transaction=True)
def test_a_code_whose_fate_is_unclear_is_never_sent_again(killed_while_sending, twilio, fresh):
    message, started = killed_while_sending("hang-before", Purpose.OTP)

    for seconds in (31, 61, 121, 300):
        reconcile.reconcile(at=started + timedelta(seconds=seconds))
        delivery.drain({Purpose.OTP}, at=started + timedelta(seconds=seconds))

    assert (fresh(message).status, fresh(message).next_attempt_at, fresh(message).body) == ("unknown", None, None)
    assert twilio.messages == []


@pytest.mark.django_db
def test_an_unclear_message_is_looked_for_before_it_is_sent_again(twilio, enqueue, fresh, send, look_after):
    message, other = enqueue(), enqueue(to="+84912345679")
    twilio.mode("drop", times=1)
    delivery.deliver(message.pk, at=fresh(message).next_attempt_at)
    send()
    assert (fresh(message).status, fresh(other).status) == ("unknown", "accepted")

    assert look_after(14) == 0
    assert look_after(16) == 1

    assert fresh(message).status == "accepted"
    assert len(twilio.messages) == 2


@pytest.mark.django_db
def test_a_message_that_twilio_does_not_know_is_sent_again_after_two_minutes(twilio, enqueue, fresh, send, look_after):
    message = enqueue()
    twilio.mode("drop-before", times=1)
    send()

    for seconds in (16, 61):
        look_after(seconds)
        assert fresh(message).status == "unknown"
    look_after(121)
    assert fresh(message).status == "pending"
    send(121)

    assert fresh(message).status == "accepted"
    assert [attempt.outcome for attempt in message.attempts.order_by("started_at")] == ["ambiguous", "accepted"]
    assert len(twilio.messages) == 1


@pytest.mark.django_db
def test_while_twilio_cannot_be_asked_nothing_is_sent(settings, twilio, enqueue, fresh, send, look_after):
    message = enqueue()
    twilio.mode("drop")
    send()
    settings.TWILIO_API_BASE = "http://127.0.0.1:1"

    for seconds in range(20, 600, 60):
        look_after(seconds)
        send(seconds)
    assert fresh(message).status == "unknown"

    settings.TWILIO_API_BASE = twilio.base
    look_after(700)
    assert fresh(message).status == "accepted"
    assert len(twilio.messages) == 1


@pytest.mark.django_db
def test_reports_that_never_came_are_asked_for(twilio, enqueue, fresh, send, look_after):
    message = enqueue()
    send()
    twilio.set_status(fresh(message).provider_id, "delivered")

    assert look_after(599) == 0
    assert look_after(601) == 1

    assert fresh(message).status == "delivered"
    look_after(601 + 61)
    assert twilio.messages[0]["body"] == "", "its text is gone at the gateway too"
    assert (fresh(message).erased_at is not None, fresh(message).next_attempt_at) == (True, None)


@pytest.mark.django_db
def test_a_text_is_erased_at_the_gateway_within_an_hour_of_its_arrival(twilio, enqueue, fresh, send, look_after):
    """Also when the gateway could not be asked for a while."""
    message = enqueue(Purpose.CREDENTIALS, body="Mat khau: Tr8pq. Ma: {ref}")
    send()
    twilio.set_status(fresh(message).provider_id, "delivered")
    look_after(601)
    twilio.mode("error", status=503, erasing=True)
    look_after(670)
    assert "Tr8pq" in twilio.messages[0]["body"]

    twilio.mode("ok")
    look_after(670 + 301)

    assert "Tr8pq" not in twilio.messages[0]["body"]
    assert fresh(message).erased_at is not None


@pytest.mark.django_db
def test_asking_for_a_report_ends_after_a_day(twilio, enqueue, fresh, send, look_after):
    message = enqueue()
    send()

    asked = [seconds for seconds in range(0, 30 * 3600, 600) if look_after(seconds + 1)]

    assert len(asked) == len(states.POLL_AFTER)
    assert (fresh(message).status, fresh(message).next_attempt_at) == ("accepted", None)


@pytest.mark.django_db
def test_a_gateway_without_memory_gets_a_notice_again_and_a_code_never(
    settings, twilio, enqueue, fresh, send, look_after
):
    """The domestic gateway cannot be asked: at least once for notices, at most once for codes."""
    settings.SMS_BACKEND = "http"
    settings.SMS_HTTP_URL = twilio.base.replace("//", f"//{twilio.account}:{twilio.token}@") + "/gateway"
    notice, code = enqueue(), enqueue(Purpose.OTP)
    twilio.mode("drop-before")
    send()
    send(0, {Purpose.OTP})

    for seconds in (16, 61, 121):
        look_after(seconds)

    assert (fresh(notice).status, fresh(code).status) == ("pending", "unknown")
    assert fresh(code).next_attempt_at is None
