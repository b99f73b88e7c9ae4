"""Applications are told of what happened: signed, in order, for a day, and never inside our own network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.actions import applications, consents
from accounts.models import ApiClient, Consent
from tests.api.conftest import SECRET, registered
from vssid import outbound
from vssid.webhooks import delivery, log
from vssid.webhooks.models import Endpoint, Event, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(application, receiver):
    """The application with an address that is told of events."""
    return Endpoint.objects.create(application=application, url=receiver.url, secret=SECRET)


def happen(told, number="00108GD-2026-00001", at=None):
    log.tell(Kind.DOSSIER_CHANGED, [told.application_id], {"number": number}, at=at or timezone.now())


def test_a_call_is_signed_with_its_time_and_holds_ids_only(told, receiver):
    happen(told)
    assert delivery.deliver(at=timezone.now()) == 1

    [(path, headers, body)] = receiver.got
    headers = {name.lower(): value for name, value in headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(b"a secret of the example, 32 byte", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 10
    event = json.loads(body)
    assert set(event) == {"id", "number", "type", "time", "data"}
    assert (event["type"], event["data"]) == ("dossier.changed", {"number": "00108GD-2026-00001"})
    assert path == "/events"
    assert delivery.deliver(at=timezone.now()) == 0, "once is enough"


def test_while_the_secret_changes_both_sign(told, receiver, django_user_model):
    boss = django_user_model.objects.create_user("quantri.mot", full_name="Cán bộ Ví Dụ", is_staff=True)
    client = told.application.registration
    fresh = applications.renew_webhook_secret(client=client, by=boss, at=timezone.now())
    happen(told)
    delivery.deliver(at=timezone.now())
    [(_path, headers, body)] = receiver.got
    headers = {name.lower(): value for name, value in headers.items()}
    new, old = headers["webhook-signature"].split()
    key, moment = headers["webhook-id"], int(headers["webhook-timestamp"])
    assert new == delivery.signature([fresh], key, moment, body)
    assert old == delivery.signature([SECRET], key, moment, body)

    happen(told)
    delivery.deliver(at=timezone.now() + timedelta(hours=25))
    assert " " not in dict(receiver.got[-1][1])["webhook-signature"]


@pytest.mark.parametrize(
    ("behave", "error"),
    [("error", "500"), ("redirect", "302"), ("slow", ""), ("reset", "")],
)
def test_a_receiver_in_trouble_is_tried_again_and_led_nowhere(told, receiver, monkeypatch, behave, error):
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.3)
    receiver.behave = behave
    happen(told)
    now = timezone.now()

    assert delivery.deliver(at=now) == 0
    event = Event.objects.get()
    assert event.error
    assert error in event.error
    assert {path for path, _headers, _body in receiver.got} == {"/events"}, "a redirect is not followed"
    assert delivery.deliver(at=now + timedelta(seconds=5)) == 0
    assert len(receiver.got) == 1, "not before its time"

    receiver.behave = "ok"
    assert delivery.deliver(at=now + timedelta(seconds=11)) == 1
    assert Event.objects.get().error == ""


def test_a_receiver_that_is_down_costs_one_call_a_round_and_is_given_up_after_a_day(told, receiver):
    receiver.behave = "error"
    begun = timezone.now()
    for number in range(5):
        happen(told, number=str(number), at=begun)
    delivery.deliver(at=begun)
    assert len(receiver.got) == 1

    now = begun
    while (event := Event.objects.order_by("number").first()).next_try_at is not None:
        now = max(event.next_try_at, now + timedelta(seconds=1))
        for _ in range(5):
            delivery.deliver(at=now)
    assert timedelta(hours=20) < now - begun < timedelta(hours=24)
    receiver.behave = "ok"
    happen(told, number="later", at=now)
    assert delivery.deliver(at=now) >= 1
    assert json.loads(receiver.got[-1][2])["data"] == {"number": "later"}


def test_a_slow_receiver_takes_no_more_than_one_call_of_a_round(told, receiver):
    receiver.behave = "slow"
    for number in range(3):
        happen(told, number=str(number))

    assert delivery.deliver(at=timezone.now()) == 1


def test_what_a_killed_process_had_claimed_is_sent_a_minute_later(told, receiver):
    happen(told)
    log.put_in_order()
    now = timezone.now()
    assert delivery._claim(set(), now) is not None  # and here it dies
    assert delivery.deliver(at=now + timedelta(seconds=30)) == 0
    assert delivery.deliver(at=now + timedelta(seconds=61)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.1.2.3/hook",
        "https://192.168.1.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://[fd00::1]/hook",
        "https://0.0.0.0/hook",
        "https://100.64.0.1/hook",
        "https://user:secret@93.184.216.34/hook",
        "https://93.184.216.34:22/hook",
        "https://2130706433/hook",
        "https://[fec0::1]/hook",
        "https://0x7f000001/hook",
        "ftp://93.184.216.34/hook",
        "file:///etc/passwd",
        "https:///hook",
        "https://exa mple.com/hook",
        "not an address",
    ],
)
def test_addresses_inside_our_network_are_refused(url, settings):
    settings.HTTPS = True
    with pytest.raises(outbound.AddressRefused):
        outbound.check(url)


def test_a_name_that_turns_inwards_after_it_was_registered_is_not_called(told, receiver, settings, monkeypatch):
    """DNS rebinding: the name is resolved once for each call, judged, and the judged address itself is called."""
    settings.HTTPS = True
    port = int(receiver.url.split(":")[2].split("/")[0])
    answers = ["93.184.216.34", "127.0.0.1"]
    asked = []

    def resolve(host, *args, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers[min(len(asked), 2) - 1], port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    outbound.check("https://receiver.example/events")  # at registration
    Endpoint.objects.update(url="https://receiver.example/events")
    happen(told)
    assert delivery.deliver(at=timezone.now()) == 0
    assert Event.objects.get().error == "address refused"
    assert asked == ["receiver.example"] * 2
    assert receiver.got == []


def test_events_are_in_the_order_in_which_they_can_be_seen_and_read_again_from_any_point(told, ask):
    for number in range(3):
        happen(told, number=str(number))
    log.put_in_order()
    form = {"grant_type": "client_credentials", "client_id": "example-app", "client_secret": "a-secret-of-the-example"}
    token = Client().post("/oauth/token", form).json()["access_token"]

    page = ask("events", token).json()
    assert [event["data"]["number"] for event in page["results"]] == ["0", "1", "2"]
    assert page["next"] is None
    happen(told, number="3")
    assert ask(f"events?cursor={page['cursor']}", token).json()["results"] == [], "not before it has its place"
    log.put_in_order()
    again = ask(f"events?cursor={page['cursor']}", token).json()
    assert [event["data"]["number"] for event in again["results"]] == ["3"]
    assert ask(f"events?cursor={again['cursor']}", token).json()["cursor"] == again["cursor"]
    assert ask("events?cursor=x", token).status_code == 400


def test_nobody_reads_anothers_events(told, ask, citizen, token_for):
    happen(told)
    log.put_in_order()
    registered("other-system", "Hệ thống Khác", "client-credentials", ["events"])
    form = {"grant_type": "client_credentials", "client_id": "other-system", "client_secret": "a-secret-of-the-example"}
    token = Client().post("/oauth/token", form).json()["access_token"]
    assert ask("events", token).json()["results"] == []
    assert ask("events", token_for(citizen, "profile")).status_code == 403


def test_the_end_of_a_consent_is_told_in_the_same_transaction(told, citizen):
    consent = consents.give(user=citizen, application=told.application, scopes=["card"], days=1, at=timezone.now())
    with transaction.atomic():
        consents.end(user=citizen, key=str(consent.key), at=timezone.now())
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    consents.end(user=citizen, key=str(consent.key), at=timezone.now())
    event = Event.objects.get()
    assert (event.kind, event.data) == ("consent.ended", {"consent": str(consent.key)})
    assert Consent.objects.get().ended_at is not None


def test_an_application_that_was_shut_out_is_told_nothing_more(told, receiver, citizen, django_user_model):
    boss = django_user_model.objects.create_user("quantri.mot", full_name="Cán bộ Ví Dụ", is_staff=True)
    consents.give(user=citizen, application=told.application, scopes=["card"], days=1, at=timezone.now())
    happen(told)
    client = told.application.registration
    applications.suspend(client=client, reason="Lộ khoá", by=boss, at=timezone.now())

    assert delivery.deliver(at=timezone.now()) == 0
    assert delivery.deliver(at=timezone.now() + timedelta(hours=1)) == 0
    assert receiver.got == []
    assert Event.objects.count() == 2


def test_old_events_are_forgotten_and_numbers_go_on(told):
    happen(told, at=timezone.now() - timedelta(days=31))
    happen(told, at=timezone.now() - timedelta(days=31))
    log.put_in_order()
    assert log.forget(at=timezone.now()) == 1
    happen(told)
    log.put_in_order()
    assert Event.objects.order_by("-number").first().number == 3


def test_secrets_lie_encrypted(told):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM webhooks_endpoint")
        assert SECRET.encode() not in bytes(cursor.fetchone()[0])
    assert ApiClient.objects.count() == 1


def test_the_receivers_code_of_the_guide_believes_the_portal_alone(told, receiver):
    guide = (Path(settings.BASE_DIR) / "docs" / "api" / "webhooks.en.md").read_text("utf-8")
    code = guide.split("```python\n")[1].split("```")[0]
    names = {"base64": base64, "hmac": hmac, "time": time}
    exec(code, names)
    happen(told)
    delivery.deliver(at=timezone.now())
    [(_path, headers, body)] = receiver.got
    headers = {name.lower(): value for name, value in headers.items()}
    assert names["is_ours"](SECRET, headers, body)
    assert not names["is_ours"](SECRET, headers, body + b" ")
    assert not names["is_ours"](SECRET, {**headers, "webhook-timestamp": "1700000000"}, body)
