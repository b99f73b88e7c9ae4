"""Two citizens with records, an application, and tokens for them."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from accounts.models import ApiClient, User
from accounts.rules.scopes import CITIZEN
from insurance.models import ContributionPeriod
from tests.insurance.factories import CardFactory, EmployerFactory, PersonFactory
from tests.registration.conftest import make_places
from vssid.api import problem_types, problems

SECRET = "whsec_" + base64.b64encode(b"a secret of the example, 32 byte").decode()


@pytest.fixture(autouse=True)
def _every_error_has_its_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever type of error the API answers in these tests, people find it explained."""
    answered: set[str] = set()
    problem = problems.problem

    def noted(code: str, *facts: Any, **more: Any) -> Any:
        answered.add(code)
        return problem(code, *facts, **more)

    monkeypatch.setattr(problems, "problem", noted)
    yield
    assert answered <= set(problem_types.MEANT)


@pytest.fixture
def places(db: None) -> None:
    """Two provinces with two wards and three offices."""
    make_places()


@pytest.fixture
def offices(db: None) -> None:
    """The places of the reference data."""
    call_command("load_reference", verbosity=0)


@pytest.fixture
def citizen(db: None) -> User:
    """A citizen with a card and three periods."""
    return account_with_records("0099100001")


@pytest.fixture
def neighbour(db: None) -> User:
    """Another citizen, who has a card as well."""
    return account_with_records("0099100002")


def account_with_records(code: str) -> User:
    person = PersonFactory(bhxh_code=code)
    today = timezone.localdate()
    CardFactory(person=person, valid_from=today - timedelta(days=90), valid_to=today + timedelta(days=200))
    employer = EmployerFactory(code=f"TZ{code[-4:]}A", name=f"Công ty Ví Dụ {code[-1]}")
    for kind in (ContributionPeriod.Kind.BHXH, ContributionPeriod.Kind.BHYT):
        ContributionPeriod.objects.create(
            person=person,
            employer=employer,
            kind=kind,
            from_month=date(2024, 1, 1),
            to_month=date(2025, 6, 1),
            salary=8_000_000,
            status=ContributionPeriod.Status.PAID,
        )
    user = User(username=code, person=person, full_name=person.full_name)
    user.set_phone(f"+8490000{code[-4:]}")
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def application(db: None) -> Any:
    """An application that acts for citizens."""
    return registered("example-app", "Ứng dụng Ví Dụ", "authorization-code", list(CITIZEN))


def registered(client_id: str, name: str, grant: str, scopes: list[str], **facts: Any) -> Any:
    """An approved application with the secret "a-secret-of-the-example"."""
    application = get_application_model().objects.create(
        name=name,
        client_id=client_id,
        client_type="confidential",
        authorization_grant_type=grant,
        client_secret="a-secret-of-the-example",
        redirect_uris="https://app.example/callback" if grant == "authorization-code" else "",
    )
    now = timezone.now()
    ApiClient.objects.create(
        application=application,
        state="approved",
        owner="Bệnh viện Ví Dụ",
        contact="Người Ví Dụ, api@vidu.example",
        purpose="Hiện thẻ BHYT của bạn khi bạn đến khám.",
        scopes=scopes,
        proposed_at=now,
        approved_at=now,
        **facts,
    )
    return application


@pytest.fixture
def token_for(application: Any) -> Callable[..., str]:
    """`token_for(user, "profile card")` gives an access token with these scopes."""

    def issue(user: User, scope: str, *, seconds: int = 600) -> str:
        raw = f"token-{user.pk}-{scope.replace(' ', '-')}-{seconds}"
        expires = timezone.now() + timedelta(seconds=seconds)
        kept = {"user": user, "application": application, "scope": scope, "expires": expires}
        get_access_token_model().objects.get_or_create(token=raw, defaults=kept)
        return raw

    return issue


def kind_of(answer: Any) -> tuple[int, str]:
    """The status of a refusal and the name of its kind."""
    return answer.status_code, answer.json()["type"].removeprefix("urn:vssid:problem:")


def system_token(staff: User, scope: str) -> str:
    """An access token of the system that acts as this staff account."""
    application, _made = get_application_model().objects.get_or_create(
        client_id=f"system-{staff.pk}",
        defaults={
            "name": f"Hệ thống {staff.username}",
            "user": staff,
            "client_type": "confidential",
            "authorization_grant_type": "client-credentials",
            "client_secret": "a-secret-of-the-system",
        },
    )
    raw = f"system-token-{staff.pk}-{scope.replace(' ', '-')}"
    expires = timezone.now() + timedelta(seconds=600)
    kept = {"application": application, "scope": scope, "expires": expires}
    get_access_token_model().objects.get_or_create(token=raw, defaults=kept)
    return raw


@pytest.fixture
def ask() -> Callable[..., Any]:
    """`ask("me", token)` asks the API in English."""

    def get(path: str, token: str = "", **options: Any) -> Any:
        headers = {"accept-language": "en", **({"authorization": f"Bearer {token}"} if token else {})}
        return Client(headers=headers).get(f"/api/v1/{path}", **options)

    return get


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent; `behave` says how it answers."""

    behave = "ok"
    got: ClassVar[list[Any]] = []
    url = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, dict(self.headers), body))
        if self.behave == "reset":
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            return
        if self.behave == "slow":
            time.sleep(1.0)
        self.send_response({"error": 500, "redirect": 302}.get(self.behave, 204))
        if self.behave == "redirect":
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[type[Receiver]]:
    """An application's address for events, on loopback."""
    Receiver.behave, Receiver.got = "ok", []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.handle_error = lambda *args: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Receiver.url = f"http://127.0.0.1:{server.server_port}/events"
    yield Receiver
    server.shutdown()
    server.server_close()
