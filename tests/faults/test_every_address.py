"""What holds at every address for everybody: headers, cookies, tokens; reading writes nothing, nonsense breaks none."""

from __future__ import annotations

import re
from http.cookies import Morsel
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import RegistrationDossier
from tests.faults.conftest import account, addresses, citizens_browser, officers_browser
from tests.harness.stage import new_browser
from tests.login.test_public_routes import PUBLIC
from tests.ops.test_checks import run

# Not a browser's forms: Twilio signs, applications bring a secret or a token.
WITHOUT_FORM_TOKEN = re.compile(
    r"(oauth2_provider:(token|revoke-token|introspect)|twilio-status|accounts:vneid-backchannel|api:.*|api(/.*)?)$"
)
WRITES = re.compile(r"^(INSERT INTO|UPDATE|DELETE FROM) \"(?!accounts_session|audit_auditevent)(\w+)\"")
# Each name once with something that no form would send.
QUERIES: list[dict[str, str]] = [
    {"q": "%\x00", "kind": "\x00", "to": "\x00", "province": "\x00", "next": "//evil.example", "page": "-1", "p": "-1"},
    {"q": "x" * 3000, "state": "\x00", "office": "\x00", "o": "9.9", "code": "\x00", "version": "9" * 30, "page": "x"},
]
FORM = {
    **dict.fromkeys(("username", "number", "phone", "bhxh_code", "full_name", "old_password", "id_last6"), "\x00"),
    **dict.fromkeys(("password", "email", "address", "new_password", "new_password2", "reason"), "x" * 3000),
    **dict.fromkeys(("otp", "date_of_birth", "id_number", "portrait", "text"), "１２ ٣٤\u202e"),
    **dict.fromkeys(("province", "ward", "office", "version", "gender", "id_type", "action"), "9" * 30),
}


@pytest.fixture
def routes(dossier: RegistrationDossier) -> dict[str, str]:
    photo = str(dossier.photos.first().pk)  # type: ignore[union-attr]
    samples = {"int": str(dossier.pk), "uuid": photo, "slug": "portrait", "path": "1", "str": "1"}
    return addresses(samples)


@pytest.fixture(params=["stranger", "citizen", "staff"])
def browser(request: pytest.FixtureRequest, dossier: RegistrationDossier) -> Client:
    """A browser of each kind of visitor; it shows errors as pages, as it would to them."""
    if request.param == "citizen":
        assert dossier.person
        client = citizens_browser(account(dossier.person))
    elif request.param == "stranger":
        client = new_browser()
    else:
        client = officers_browser("00103", roles=("officer", "administrator"))
    client.raise_request_exception = False
    return client


def test_every_answer_is_protected_and_reading_writes_nothing(browser: Client, routes: dict[str, str]) -> None:
    missing: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if match := WRITES.match(sql):
            missing.append(f"{name}: writes {match[2]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        for name, address in {**routes, "nowhere": "/khong-co/"}.items():
            answer = browser.get(address)
            missing += [
                f"{name}: {header}" for header, wanted in HEADERS.items() if wanted not in answer.get(header, "")
            ]
            missing += [f"{name}: cookie {cookie.key}" for cookie in answer.cookies.values() if not guarded(cookie)]
            if answer.status_code == 200 and name not in PUBLIC and "no-store" not in answer.get("Cache-Control", ""):
                missing.append(f"{name}: Cache-Control")
    assert "\n".join(missing) == ""


HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=()",
}


def guarded(cookie: Morsel[str]) -> bool:
    ended = cookie["max-age"] == 0
    harmless = cookie["samesite"] == "Lax" and not re.search(r"\d{9}", cookie.value)
    return ended or (bool(cookie["httponly"]) and harmless)


def test_under_https_cookies_are_for_this_host_and_secure_connections_only() -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    script = f"import vssid.wsgi; from django.conf import settings as s; print([getattr(s, n) for n in {names}])"
    assert run("-c", script).stdout.strip() == "['__Host-session', '__Host-csrf', True, True]"


def test_nonsense_breaks_no_address(browser: Client, routes: dict[str, str]) -> None:
    failed = []
    for name, address in routes.items():
        if name in {"accounts:logout", "admin:logout", "accounts:vneid-start", "readyz"}:
            continue  # the session is still needed; VNeID is down in these tests
        tries = [browser.get(address, query) for query in QUERIES] + [browser.post(address, FORM)]
        tries.append(browser.put(address, b"\xff\xfe{", content_type="application/json"))
        failed += [f"{name}: {answer.status_code}" for answer in tries if answer.status_code >= 500]
    assert "\n".join(failed) == ""


def test_a_form_from_another_site_is_refused(browser: Client, routes: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    taken = []
    for name, address in routes.items():
        answer = strict.post(address, {"action": "x"})
        status = answer.status_code
        sent_away = status == 302 and answer["Location"].startswith(("/dang-nhap/", "/quan-tri/"))
        if status not in {403, 405} and not sent_away and not WITHOUT_FORM_TOKEN.match(name):
            taken.append(f"{name}: {status}")
    assert "\n".join(taken) == ""


@pytest.mark.usefixtures("db")
def test_a_host_that_is_not_ours_gets_nothing() -> None:
    for address in ("/", "/dang-nhap/", "/dang-ky/to-khai/", "/mat-khau/quen/", "/api/v1/offices"):
        answer = new_browser().get(address, headers={"host": "evil.example"})
        assert answer.status_code == 400
        assert b"evil.example" not in answer.content


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)"])
def test_changing_the_language_leads_nowhere_else(target: str) -> None:
    answer = new_browser().post("/i18n/setlang/", {"language": "en", "next": target})
    assert answer["Location"] == "/"
