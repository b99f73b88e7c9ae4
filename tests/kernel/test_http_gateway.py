"""A domestic gateway behind SMS_HTTP_URL."""

import json

import pytest
import responses

from vssid.sms import delivery, gateways
from vssid.sms.models import Purpose

pytestmark = pytest.mark.django_db

URL = "https://sms.example/send"


@pytest.fixture
def gateway(settings):
    settings.SMS_BACKEND = "http"
    settings.SMS_HTTP_URL = URL
    settings.SMS_HTTP_TOKEN = "secret"
    settings.SMS_HTTP_TEMPLATE = (
        '{"phone": "{to}", "text": ["{body}"], "meta": {"id": "ref-{reference}", "brand": "BHXHVN"}}'
    )
    gateways._http.cache_clear()
    with responses.RequestsMock() as answers:
        yield answers


def test_the_template_shapes_what_is_sent(gateway, enqueue, fresh, now):
    gateway.post(URL, json={"messageId": 77}, status=200)
    message = enqueue(Purpose.RECEIPT, body='Chao "ban" Ma: {ref}')

    delivery.deliver(message.pk, at=now)

    request = gateway.calls[0].request
    assert json.loads(request.body) == {
        "phone": "+84912345678",
        "text": [f'Chao "ban" Ma: {message.ref}'],
        "meta": {"id": f"ref-{message.attempts.get().pk}", "brand": "BHXHVN"},
    }
    assert request.headers["Authorization"] == "Bearer secret"
    assert (fresh(message).status, fresh(message).provider_id) == ("accepted", "77")
    assert fresh(message).next_attempt_at is None


@pytest.mark.parametrize(
    ("answer", "status"),
    [(202, "accepted"), (400, "failed"), (401, "pending"), (429, "pending"), (500, "unknown"), (302, "unknown")],
)
def test_what_an_answer_means(gateway, enqueue, fresh, now, answer, status):
    gateway.post(URL, status=answer)
    message = enqueue()

    delivery.deliver(message.pk, at=now)

    assert fresh(message).status == status
