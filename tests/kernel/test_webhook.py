"""Twilio's reports: believed only when Twilio signed them, harmless when repeated, late or early."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from vssid.sms import delivery, reconcile, reports
from vssid.sms.models import Message, ParkedReport

pytestmark = pytest.mark.django_db

PATH = "/webhooks/twilio/status/"


@pytest.fixture
def message(twilio, enqueue, now, fresh):
    message = enqueue()
    delivery.deliver(message.pk, at=now)
    return fresh(message)


@pytest.fixture
def post(client, twilio, settings):
    """Post a report as Twilio would, or with something wrong."""

    def send(message, status, *, attempt=None, token=None, base=None, extra="", unsigned=None, **fields):
        query = f"?attempt={attempt or message.attempts.get().pk}"
        fields = {"MessageSid": message.provider_id, "MessageStatus": status, "AccountSid": twilio.account, **fields}
        url = f"{base or settings.PUBLIC_BASE_URL}{PATH}{query}"
        signature = twilio.signature(url, fields, token or twilio.token)
        headers = {"X-Twilio-Signature": signature} if unsigned is None else unsigned
        return client.post(
            f"{PATH}{query}{extra}",
            urlencode(fields),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        ).status_code

    return send


def test_a_report_moves_the_message_on(message, post, fresh):
    assert post(message, "sent") == 204
    assert fresh(message).status == "sent"

    assert post(message, "delivered") == 204
    assert fresh(message).status == "delivered"
    assert fresh(message).finished_at is not None


@pytest.mark.parametrize(
    "forged",
    [
        {"token": "another token"},
        {"base": "https://elsewhere.example"},
        {"extra": "&more=1"},
        {"unsigned": {}},
        {"unsigned": {"X-Twilio-Signature": "ÿ"}},
        {"AccountSid": "AC" + "9" * 32},
        {"MessageSid": "SM" + "9" * 32},
    ],
)
def test_a_forged_report_is_refused_and_changes_nothing(message, post, fresh, forged):
    before = Message.objects.values().get()

    assert post(message, "delivered", **forged) == 403

    assert Message.objects.values().get() == before


def test_a_changed_field_breaks_the_signature(message, client, twilio, settings):
    url = f"{PATH}?attempt={message.attempts.get().pk}"
    fields = {"MessageSid": message.provider_id, "MessageStatus": "sent", "AccountSid": twilio.account}
    signature = twilio.signature(settings.PUBLIC_BASE_URL + url, fields)

    answer = client.post(url, {**fields, "MessageStatus": "failed"}, headers={"X-Twilio-Signature": signature})

    assert answer.status_code == 403


CHOOSES = "X-Twilio-Webhooks-Signature-Settings"


def signed(message, twilio, settings, algorithm, token):
    fields = {"MessageSid": message.provider_id, "MessageStatus": "sent", "AccountSid": twilio.account}
    url = f"{settings.PUBLIC_BASE_URL}{PATH}?attempt={message.attempts.get().pk}"
    signature = twilio.signature(url, fields, token, algorithm=algorithm)
    return {"X-Twilio-Signature": signature, CHOOSES: f"key=one,algorithm=HMAC_{algorithm.upper()}"}


def test_a_header_cannot_choose_another_algorithm(message, post, twilio, settings):
    assert post(message, "sent", unsigned={"X-Twilio-Signature": "", CHOOSES: "algorithm=none"}) == 403
    assert post(message, "sent", unsigned=signed(message, twilio, settings, "sha256", twilio.token)) == 403


def test_our_settings_choose_the_algorithm_and_its_key(message, post, twilio, settings):
    settings.TWILIO_SIGNATURE, settings.TWILIO_SIGNATURE_KEY = "sha256", "a shared key"
    assert post(message, "sent", unsigned=signed(message, twilio, settings, "sha1", twilio.token)) == 403
    assert post(message, "sent", unsigned=signed(message, twilio, settings, "sha256", twilio.token)) == 403
    assert post(message, "sent", unsigned=signed(message, twilio, settings, "sha256", "a shared key")) == 204


def test_only_posting_is_possible(client):
    assert client.get(PATH).status_code == 405


def test_reports_repeated_and_out_of_order_are_harmless(message, post, fresh):
    assert [post(message, status) for status in ("delivered", "sent", "queued", "delivered", "undelivered")] == [
        204
    ] * 5

    assert fresh(message).status == "delivered"


def test_the_first_final_state_stays(message, post, fresh):
    post(message, "undelivered", ErrorCode="30005")
    post(message, "delivered")

    assert (fresh(message).status, fresh(message).error_code) == ("undelivered", "30005")


def test_a_code_that_died_in_the_queue_is_called_expired(message, post, fresh):
    post(message, "failed", ErrorCode="30036")

    assert fresh(message).status == "expired"


@pytest.mark.django_db(transaction=True)
def test_reports_side_by_side_are_all_taken_and_the_first_final_one_stays(message, post, fresh):
    attempt = message.attempts.get().pk

    def report(status):
        try:
            return post(message, status, attempt=attempt)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(report, ["delivered", "sent", "sending", "queued", "delivered"] * 2))

    assert answers == [204] * 10
    assert fresh(message).status == "delivered"


def test_a_report_that_comes_before_its_attempt_is_parked_and_taken_up(message, post, fresh, now):
    early = uuid4()
    assert [post(message, "delivered", attempt=early) for _ in range(3)] == [204] * 3
    assert ParkedReport.objects.count() == 1
    assert reports.take_up_parked(at=timezone.now()) == 0

    message.attempts.create(pk=early, started_at=now, provider="twilio")
    reconcile.reconcile(at=timezone.now())

    assert fresh(message).status == "delivered"
    assert not ParkedReport.objects.exists()


def test_a_parked_report_is_forgotten_after_a_day(message, post):
    post(message, "delivered", attempt=uuid4())

    reports.take_up_parked(at=timezone.now() + timedelta(hours=23))
    assert ParkedReport.objects.exists()
    reports.take_up_parked(at=timezone.now() + timedelta(hours=25))
    assert not ParkedReport.objects.exists()


@pytest.mark.parametrize("attempt", [uuid4(), "garbage"])
def test_a_report_on_an_attempt_we_do_not_know_is_taken_quietly(message, post, fresh, attempt):
    assert post(message, "delivered", attempt=attempt) == 204

    assert fresh(message).status == "accepted"


def test_a_word_we_do_not_know_is_taken_quietly(message, post, fresh):
    assert post(message, "teleported") == 204

    assert fresh(message).status == "accepted"


def test_a_report_proves_acceptance_when_our_answer_was_lost(twilio, enqueue, now, fresh, post):
    message = enqueue()
    twilio.mode("drop", times=1)
    delivery.deliver(message.pk, at=now)
    assert fresh(message).status == "unknown"
    message.provider_id = twilio.messages[0]["sid"]

    assert post(message, "sent") == 204

    assert (fresh(message).status, fresh(message).body) == ("sent", None)
    assert fresh(message).provider_id == twilio.messages[0]["sid"]
    assert len(twilio.messages) == 1
