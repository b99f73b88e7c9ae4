"""The gateway is away while somebody registers: she gets her number at once and the message when it is back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import RegistrationDossier
from tests.harness.servers import free_port
from tests.harness.stage import new_browser, words
from tests.registration.conftest import PHONE, ready, send
from tests.stubs.fixtures import TwilioStub
from vssid.sms import delivery, reconcile
from vssid.sms.models import Message


@pytest.mark.parametrize("away", ["nobody listens", "every answer is an error", "no answer at all"])
def test_the_receipt_leaves_once_and_only_when_the_gateway_is_back(
    person: object, twilio: TwilioStub, settings: Any, away: str
) -> None:
    browser = new_browser()
    settings.SMS_BACKEND = "inbox"
    code = ready(browser)
    settings.SMS_BACKEND = "twilio"
    if away == "nobody listens":
        settings.TWILIO_API_BASE = f"http://127.0.0.1:{free_port()}"
    elif away == "every answer is an error":
        twilio.mode("error", status=503)
    else:
        twilio.mode("drop-before")

    assert send(browser, code).url == "/dang-ky/hoan-tat/"
    start = timezone.now()
    delivery.drain(delivery.NOTICES, at=start)
    number = RegistrationDossier.objects.get().number
    assert number
    assert number in words(browser.get("/dang-ky/hoan-tat/"))
    assert Message.objects.get(purpose="receipt").status in {"pending", "unknown"}
    assert twilio.messages == []

    settings.TWILIO_API_BASE = twilio.base
    twilio.mode("ok")
    for seconds in (20, 65, 130, 200):
        reconcile.reconcile(at=start + timedelta(seconds=seconds))
        delivery.drain(delivery.NOTICES, at=start + timedelta(seconds=seconds))
    assert [message["to"] for message in twilio.messages] == [PHONE]
    assert number in twilio.messages[0]["body"]
    assert Message.objects.get(purpose="receipt").status == "accepted"
