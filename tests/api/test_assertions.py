"""Systems that prove themselves by a signature; keys at an address are fetched with care."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from accounts.models import ApiClient, UsedAssertion
from tests.api.conftest import registered
from vssid.api.assertions import TYPE

pytestmark = pytest.mark.django_db

KEY = ECKey.generate_key("P-256", {"kid": "one"})
OTHER = ECKey.generate_key("P-256", {"kid": "one"})


@pytest.fixture
def system():
    jwks = {"keys": [KEY.as_dict(private=False)]}
    return registered("example-system", "Hệ thống Ví Dụ", "client-credentials", ["events"], jwks=jwks)


def assertion(key=KEY, alg="ES256", header=None, **changes):
    now = int(timezone.now().timestamp())
    claims = {
        "iss": "example-system",
        "sub": "example-system",
        "aud": "http://testserver",
        "jti": f"assertion-{now}-{len(str(changes))}",
        "iat": now,
        "exp": now + 60,
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "one", **(header or {})}, claims, key, algorithms=[alg])


def ask_for_token(signed, **more):
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": signed, **more}
    return Client().post("/oauth/token", form)


def test_a_signed_assertion_is_good_once(system):
    signed = assertion()
    given = ask_for_token(signed)
    assert (given.status_code, given.json()["scope"]) == (200, "events")
    assert ask_for_token(signed).status_code == 401
    assert UsedAssertion.objects.count() == 1
    assert ask_for_token(assertion(jti="another-one", aud="http://testserver/oauth/token")).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"aud": None},
        {"iss": "another"},
        {"sub": "another"},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 10**12},
        {"jti": None},
        {"jti": "short"},
        {"nbf": 10**10},
        {"iat": 10**10},
    ],
)
def test_an_assertion_that_says_something_else_is_refused(system, changes):
    assert ask_for_token(assertion(**changes)).status_code == 401


def test_it_may_live_five_minutes_at_most(system):
    now = int(timezone.now().timestamp())
    assert ask_for_token(assertion(exp=now + 290)).status_code == 200
    assert ask_for_token(assertion(exp=now + 900, jti="too-long-a-life")).status_code == 401


def test_keys_come_from_the_registration_alone(system):
    public = OTHER.as_dict(private=False)
    assert ask_for_token(assertion(OTHER)).status_code == 401
    assert ask_for_token(assertion(OTHER, header={"jwk": public})).status_code == 401
    secret = json.dumps(KEY.as_dict(private=False))
    assert ask_for_token(jwt.encode({"alg": "HS256"}, {"iss": "example-system"}, _octets(secret))).status_code == 401
    assert ask_for_token("nonsense").status_code == 401
    assert ask_for_token("e30.e30.").status_code == 401


def _octets(text):
    from joserfc.jwk import OctKey

    return OctKey.import_key(text)


def test_who_registered_keys_comes_in_by_them_alone(system):
    form = {"client_id": "example-system", "client_secret": "a-secret-of-the-example"}
    assert Client().post("/oauth/token", {"grant_type": "client_credentials", **form}).status_code == 401


def test_another_clients_name_beside_the_assertion_is_refused(system):
    registered("other-system", "Hệ thống Khác", "client-credentials", ["events"])
    assert ask_for_token(assertion(), client_id="other-system").status_code == 401


class Keys(BaseHTTPRequestHandler):
    keys: ClassVar[list] = []
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        body = json.dumps({"keys": self.keys}).encode()
        self.send_response(200 if self.keys else 503)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def keys_server():
    Keys.asked = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/jwks"
    server.shutdown()
    server.server_close()


def test_keys_at_an_address_are_fetched_kept_and_renewed_when_they_change(keys_server):
    Keys.keys = [KEY.as_dict(private=False)]
    registered("example-system", "Hệ thống Ví Dụ", "client-credentials", ["events"], jwks_url=keys_server)
    assert ask_for_token(assertion(jti="first-one")).status_code == 200
    assert ask_for_token(assertion(jti="second-one")).status_code == 200
    assert Keys.asked == 1

    newer = RSAKey.generate_key(2048, {"kid": "two"})
    Keys.keys = [newer.as_dict(private=False)]
    signed = assertion(newer, alg="PS256", header={"kid": "two"}, jti="third-one")
    assert ask_for_token(signed).status_code == 200
    for number in range(5):
        assert ask_for_token(assertion(OTHER, jti=f"flood-{number:04}")).status_code == 401
    assert Keys.asked == 2, "a flood of wrong keys fetches nothing"


def test_a_host_of_keys_that_is_away_is_not_asked_at_every_try(keys_server):
    Keys.keys = []
    registered("example-system", "Hệ thống Ví Dụ", "client-credentials", ["events"], jwks_url=keys_server)
    for number in range(8):
        assert ask_for_token(assertion(jti=f"away-{number:04}")).status_code == 401
    assert Keys.asked <= 12, "six a minute, and the minute may turn"


def test_keys_inside_our_network_are_not_fetched(keys_server, settings):
    settings.HTTPS = True
    registered("example-system", "Hệ thống Ví Dụ", "client-credentials", ["events"], jwks_url=keys_server)
    assert ask_for_token(assertion()).status_code == 401
    assert Keys.asked == 0


def test_used_assertions_are_forgotten_when_they_have_ended(system):
    from accounts.tasks import clear_sessions

    ask_for_token(assertion())
    UsedAssertion.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    clear_sessions()
    assert not UsedAssertion.objects.exists()
    assert ApiClient.objects.count() == 1
