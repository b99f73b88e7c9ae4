"""A domestic gateway behind SMS_HTTP_URL, wholly described by settings."""

from urllib.parse import urlsplit

import pytest

from vssid.sms import delivery, wire
from vssid.sms.models import Purpose

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(twilio, settings):
    settings.SMS_BACKEND = "http"
    settings.SMS_HTTP_URL = f"{twilio.base}/gateway"
    settings.SMS_HTTP_TOKEN = "secret"
    settings.SMS_HTTP_TEMPLATE = (
        '{"to": "{to}", "lines": ["{body}"], "meta": {"id": "ref-{reference}", "brand": "BHXHVN"}}'
    )
    return twilio


def test_the_template_shapes_what_is_sent(gateway, enqueue, fresh, now):
    message = enqueue(Purpose.RECEIPT, body='Chao "ban" Ma: {ref}')

    delivery.deliver(message.pk, at=now)

    (request,) = gateway.requests
    assert request["json"] == {
        "to": "+84912345678",
        "lines": [f'Chao "ban" Ma: {message.ref}'],
        "meta": {"id": f"ref-{message.attempts.get().pk}", "brand": "BHXHVN"},
    }
    assert request["authorization"] == "Bearer secret"
    assert (fresh(message).status, fresh(message).provider_id) == ("accepted", gateway.messages[0]["sid"])
    assert fresh(message).next_attempt_at is None


@pytest.mark.parametrize(
    ("answer", "status"),
    [(202, "accepted"), (400, "failed"), (401, "pending"), (429, "pending"), (500, "unknown"), (302, "unknown")],
)
def test_what_an_answer_means(gateway, enqueue, fresh, now, answer, status):
    gateway.mode("error", status=answer)
    message = enqueue()

    delivery.deliver(message.pk, at=now)

    assert fresh(message).status == status


def test_messages_share_connections(gateway, enqueue, now, settings, proxy_to):
    new_address = proxy_to(urlsplit(gateway.base).port).port  # to which no connection was kept
    settings.SMS_HTTP_URL = f"http://127.0.0.1:{new_address}/gateway"
    for _ in range(5):
        delivery.deliver(enqueue().pk, at=now)

    assert len({request["connection"] for request in gateway.requests}) == 1


def test_a_connection_that_broke_while_nothing_was_sent_is_not_used_again(
    gateway, enqueue, fresh, now, settings, proxy_to
):
    between = proxy_to(urlsplit(gateway.base).port)
    settings.SMS_HTTP_URL = f"http://127.0.0.1:{between.port}/gateway"
    delivery.deliver(enqueue().pk, at=now)
    between.cut()
    message = enqueue()

    delivery.deliver(message.pk, at=now)

    assert fresh(message).status == "accepted"
    assert len(gateway.messages) == 2


def test_the_operators_proxy_is_used(gateway, enqueue, fresh, now, settings, monkeypatch):
    settings.SMS_HTTP_URL = "http://sms.example/gateway"
    monkeypatch.setenv("HTTP_PROXY", gateway.base)
    wire._proxy.cache_clear()
    message = enqueue()

    delivery.deliver(message.pk, at=now)

    assert fresh(message).status == "accepted"
    assert gateway.requests[0]["path"] == "http://sms.example/gateway"
