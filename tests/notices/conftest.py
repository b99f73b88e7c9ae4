"""People with accounts, and a push service on this machine."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django import Settings

from accounts.models import User
from tests.insurance.factories import PersonFactory
from vssid.up.keys import new_keys

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12:00 in Hà Nội
NIGHT = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # 23:30


def account(code: str, *, phone: str | None = None, email: str | None = None, **facts: Any) -> User:
    """An account of somebody new."""
    person = PersonFactory(bhxh_code=code, **facts)
    user = User(username=code, full_name=person.full_name, person=person, email=email)
    user.set_phone(phone)
    user.set_unusable_password()
    user.save()
    return user


@dataclass
class Device:
    """A browser's half of a subscription, which can read what it is sent."""

    service: str
    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    shared: bytes = b"sixteen secret b"

    def form(self) -> dict[str, str]:
        """What the page's script sends."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        key, secret = (urlsafe_b64encode(value).rstrip(b"=").decode() for value in (point, self.shared))
        return {"endpoint": f"{self.service}/push/{self.name}", "key": key, "secret": secret}

    def read(self, body: bytes) -> dict[str, str]:
        """Decrypt a note as the browser does (RFC 8291)."""
        return dict(json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.shared)))


@dataclass
class PushService:
    """What arrived, as (path, headers, body), and what is answered by path; 201 where nothing is said."""

    url: str
    arrived: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)

    def device(self, name: str) -> Device:
        """A browser that subscribes here."""
        return Device(self.url, name)


@pytest.fixture
def push_service(settings: Settings) -> Iterator[PushService]:
    """A push service that speaks HTTP; the portal has a key and may call it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.arrived.append((self.path, headers, body))
            status = service.answers.get(self.path, 201)
            self.send_response(status)
            if status == 307:
                self.send_header("Location", f"{service.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = f"127.0.0.1:{server.server_port}"
    service = PushService(f"http://{host}")
    settings.VAPID_PRIVATE_KEY = new_keys()["VAPID_PRIVATE_KEY"].replace("\\n", "\n")
    settings.WEB_PUSH_HOSTS = [host, "push.example"]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
