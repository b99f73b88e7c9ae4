"""Web push against a push service that speaks HTTP: what it gets, whom it may be, what its answers mean."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from pytest_django import Settings

from accounts import push
from accounts.actions import deliveries
from accounts.actions.sessions import forget_sessions
from accounts.models import NoticeDelivery, PushSubscription, User
from accounts.models.channels import Channel
from tests.notices.conftest import NOON, Device, PushService, account
from vssid.notices import posting
from vssid.notices.kinds import Kind

pytestmark = pytest.mark.django_db
DEVICES = "/thong-bao/cai-dat/may/"


@pytest.fixture
def reader() -> User:
    """Somebody without phone and address."""
    return account("0099000411")


def subscribe(user: User, device: Device, **changed: str) -> int:
    client = Client(headers={"accept-language": "vi", "user-agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140.0"})
    client.force_login(user)
    return client.post(DEVICES, {**device.form(), **changed}).status_code


def tell(user: User, key: str = "visit") -> None:
    posting.post(person_id=user.person_id, kind=Kind.VISIT_NEW, dedupe_key=key, at=NOON)


def test_a_note_says_that_there_is_something_new_and_nothing_else(reader: User, push_service: PushService) -> None:
    device = push_service.device("one")
    assert subscribe(reader, device) == 204
    tell(reader)
    deliveries.hand_over(Channel.PUSH, at=NOON)
    deliveries.hand_over(Channel.PUSH, at=NOON)

    ((path, headers, body),) = push_service.arrived
    assert path == "/push/one"
    assert device.read(body) == {"title": "Bạn có thông báo mới", "url": "/thong-bao/"}
    assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "86400")

    token, key = (part.partition("=")[2] for part in headers["authorization"].removeprefix("vapid ").split(","))
    point = urlsafe_b64decode(push.public_key() + "=")
    assert key.strip().rstrip("=") == push.public_key()
    signer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(token, signer, algorithms=["ES256"], audience=push_service.url)
    assert set(claims) == {"aud", "exp", "sub"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_withdrew_is_forgotten(reader: User, push_service: PushService, status: int) -> None:
    push_service.answers["/push/gone"] = status
    for name in ("gone", "there"):
        subscribe(reader, push_service.device(name))
    tell(reader)
    deliveries.hand_over(Channel.PUSH, at=NOON)
    assert [one.endpoint for one in PushSubscription.objects.all()] == [f"{push_service.url}/push/there"]
    assert NoticeDelivery.objects.get().outcome == "handed"


@pytest.mark.parametrize(("status", "outcome"), [(429, ""), (503, ""), (400, "failed"), (307, "failed")])
def test_a_busy_service_is_asked_again_and_one_that_refuses_or_redirects_is_not(
    reader: User, push_service: PushService, status: int, outcome: str
) -> None:
    push_service.answers["/push/one"] = status
    subscribe(reader, push_service.device("one"))
    tell(reader)
    deliveries.hand_over(Channel.PUSH, at=NOON)
    row = NoticeDelivery.objects.get()
    assert row.outcome == outcome
    assert [path for path, _headers, _body in push_service.arrived] == ["/push/one"]
    if not outcome:
        push_service.answers.clear()
        deliveries.hand_over(Channel.PUSH, at=NOON + timedelta(seconds=deliveries.RETRIES[0]))
        row.refresh_from_db()
        assert row.outcome == "handed"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://push.example:8443/x",
        "https://push.example@10.0.0.1/x",
        "https://user:word@push.example/x",
        "https://notpush.example/x",
        "https://push.example.evil.example/x",
        "https://127.0.0.1/x",
        "http://127.0.0.1:9/x",
        "http://169.254.169.254/latest/meta-data/",
        "https://[::1]/x",
        "file:///etc/passwd",
        "https://push.example/" + "x" * 1000,
        "",
    ],
)
def test_only_known_push_services_are_ever_called(reader: User, push_service: PushService, endpoint: str) -> None:
    form = push_service.device("one").form()
    assert subscribe(reader, push_service.device("one"), endpoint=endpoint) == 400
    assert not PushSubscription.objects.exists()
    # A row that came in otherwise calls nobody either.
    assert push.send(push.Note(endpoint, form["key"], form["secret"], {})) == push.Answer.REFUSED
    assert push_service.arrived == []


@pytest.mark.parametrize("changed", [{"key": "AAAA"}, {"secret": "AAAA"}, {"key": "not base64 ü"}, {"key": ""}])
def test_keys_that_are_none_are_refused(reader: User, push_service: PushService, changed: dict[str, str]) -> None:
    assert subscribe(reader, push_service.device("one"), **changed) == 400


def test_an_address_is_kept_sealed_and_belongs_to_who_asked_last(reader: User, push_service: PushService) -> None:
    device, other = push_service.device("shared"), account("0099000412")
    subscribe(reader, device)
    subscribe(other, device)
    (row,) = PushSubscription.objects.all()
    assert (row.user, row.device) == (other, "Chrome|Android")
    raw = PushSubscription.objects.extra(select={"raw": "endpoint::bytea"}).values_list("raw", flat=True)[0]
    assert b"/push/" not in bytes(raw)


def test_a_person_has_ten_browsers_at_most(reader: User, push_service: PushService) -> None:
    for number in range(11):
        subscribe(reader, push_service.device(str(number)))
    kept = {one.endpoint.rpartition("/")[2] for one in PushSubscription.objects.filter(user=reader)}
    assert kept == {str(number) for number in range(1, 11)}


def test_without_a_key_there_is_no_web_push(reader: User, push_service: PushService, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert subscribe(reader, push_service.device("one")) == 404
    client = Client()
    client.force_login(reader)
    assert b"data-push" not in client.get("/thong-bao/cai-dat/").content


def test_no_log_holds_an_address(reader: User, push_service: PushService, caplog: pytest.LogCaptureFixture) -> None:
    push_service.answers["/push/secret-name"] = 500
    subscribe(reader, push_service.device("secret-name"))
    tell(reader)
    with caplog.at_level("DEBUG", "vssid"):
        deliveries.hand_over(Channel.PUSH, at=NOON)
    assert [record.message for record in caplog.records if record.name == "vssid.push"] == ["push.refused"]
    assert "secret-name" not in json.dumps([str(record.__dict__) for record in caplog.records])


def test_an_end_at_the_settings_page_ends_it_here_alone(reader: User, push_service: PushService) -> None:
    other = account("0099000413")
    subscribe(reader, push_service.device("mine"))
    subscribe(other, push_service.device("theirs"))
    client = Client()
    client.force_login(reader)
    for row in PushSubscription.objects.all():
        client.post(DEVICES, {"remove": str(row.pk)})
    assert [row.user for row in PushSubscription.objects.all()] == [other]


def test_an_account_whose_sessions_are_ended_tells_no_browser(reader: User, push_service: PushService) -> None:
    subscribe(reader, push_service.device("one"))
    forget_sessions(reader)
    tell(reader)
    assert deliveries.hand_over(Channel.PUSH, at=NOON) == 0
    assert push_service.arrived == []
