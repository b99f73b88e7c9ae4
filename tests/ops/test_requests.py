"""What the outermost middleware does for every request: an id, a log line, headers, and trust in proxies."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from vssid.ops.client import client_ip
from vssid.ops.logs import JsonFormatter, redact, request_id
from vssid.ops.middleware import RequestMiddleware

PROXY, CITIZEN = "10.0.0.7", "203.0.113.9"


def ask(path: str = "/healthz", **meta):
    """Send one request through the middleware alone; return the request as a view sees it, and the response."""
    seen = {}

    def view(request):
        seen["request"] = request
        return HttpResponse("ok")

    request = RequestFactory().get(path, **meta)
    request.resolver_match = None
    return seen, RequestMiddleware(view)(request)


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8"])
def test_an_id_from_a_trusted_proxy_is_kept_and_answered():
    seen, response = ask(REMOTE_ADDR=PROXY, HTTP_X_REQUEST_ID="0b5d7c1a-4711-4e2a")
    assert response["X-Request-ID"] == seen["request"].request_id == "0b5d7c1a-4711-4e2a"
    assert request_id.get() == ""


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8"])
@pytest.mark.parametrize("given", ["short", "a" * 65, "two\r\nlines-of-text", "<script>alert(1)", "", "with a space"])
def test_a_malformed_id_is_replaced(given):
    _, response = ask(REMOTE_ADDR=PROXY, HTTP_X_REQUEST_ID=given)
    assert response["X-Request-ID"] != given
    assert response["X-Request-ID"].isalpha()


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8"])
def test_forwarded_headers_of_anybody_else_are_dropped():
    seen, response = ask(
        REMOTE_ADDR=CITIZEN,
        HTTP_X_REQUEST_ID="0b5d7c1a-4711-4e2a",
        HTTP_X_FORWARDED_FOR="127.0.0.1",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="evil.example",
        HTTP_FORWARDED="for=127.0.0.1",
    )
    assert response["X-Request-ID"] != "0b5d7c1a-4711-4e2a"
    assert not [name for name in seen["request"].META if "FORWARDED" in name]
    assert client_ip(seen["request"]) == CITIZEN


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8", "192.0.2.1"])
@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (CITIZEN, CITIZEN),
        (f"1.2.3.4, {CITIZEN}", CITIZEN),  # the left one is the client's own claim
        (f"{CITIZEN}, 192.0.2.1, 10.9.9.9", CITIZEN),
        ("not an address", PROXY),
        ("", PROXY),
        ("::ffff:203.0.113.9", CITIZEN),
        ("2001:DB8::0:1", "2001:db8::1"),
    ],
)
def test_the_client_is_the_rightmost_address_that_is_no_proxy(forwarded, client):
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_ip(request) == client


@override_settings(TRUSTED_PROXIES=[])
def test_without_proxies_the_peer_is_the_client():
    request = RequestFactory().get("/", REMOTE_ADDR=CITIZEN, HTTP_X_FORWARDED_FOR="127.0.0.1")
    assert client_ip(request) == CITIZEN


def test_every_answer_carries_the_headers_settings_do_not_cover():
    _, response = ask()
    assert "microphone=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_an_answer_made_from_a_session_is_kept_by_nobody(rf):
    from django.contrib.sessions.backends.signed_cookies import SessionStore

    def view(request):
        request.session = SessionStore()
        request.session.get("anything")
        return HttpResponse("mine")

    assert RequestMiddleware(view)(rf.get("/"))["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/dang-nhap/", "/dang-ky/to-khai/", "/dang-ky/tra-cuu/", "/quan-tri/login/", "/oauth/token"]
)
def test_a_page_without_files_takes_no_large_body(path):
    answer = Client().post(path, {"username": "x" * 300_000})
    assert answer.status_code == 413
    assert Client().post(path, {"username": "x"}).status_code != 413


@pytest.mark.django_db
def test_the_api_refuses_a_large_body_with_a_problem_document():
    answer = Client().post("/api/v1/me", b"x" * 300_000, content_type="application/json")
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_the_page_of_photos_has_its_own_limit():
    assert Client().post("/dang-ky/anh/", {"portrait": "x" * 300_000}).status_code != 413


# Logs


def line(record: logging.LogRecord) -> dict:
    """Return the record as it would be written; it must be one line."""
    written = JsonFormatter().format(record)
    assert "\n" not in written
    assert "\r" not in written
    return json.loads(written)


def record(message: str, *args, name: str = "vssid.test", **extra) -> logging.LogRecord:
    return logging.makeLogRecord({"name": name, "levelname": "INFO", "msg": message, "args": args, **extra})


def test_a_value_with_line_breaks_cannot_forge_a_log_line():
    entry = line(record("refused %s", 'Nguyễn\r\n{"level": "INFO", "message": "login succeeded"}\x1b[2J\u2028'))
    assert entry["message"].startswith("refused Nguyễn")
    assert entry["level"] == "INFO"


@pytest.mark.parametrize(
    "text",
    ["0099000107", "0099 000 107", "001085012345", "+84912345678", "GD4790099000107", "84\u00a0912\u00a0345\u00a0678"],
)
def test_numbers_that_may_name_a_person_are_struck_out(text):
    assert not any(run.isdigit() and len(run) > 3 for run in redact(f"asked for {text}.").split())
    assert "[number]" in line(record("asked", detail=text))["detail"]


def test_short_numbers_and_ids_stay_readable():
    assert redact("dossier 00108GD/2026/00107 after 1500 ms") == "dossier 00108GD/2026/00107 after 1500 ms"
    token = request_id.set("20261122-4711471147114711")
    try:
        assert line(record("done"))["request_id"] == "20261122-4711471147114711"
    finally:
        request_id.reset(token)


def test_a_number_logged_as_an_integer_is_struck_out_too():
    assert line(record("done", phone=84912345678))["phone"] == "[number]"


def test_objects_and_structures_are_not_written_out(rf):
    entry = line(record("done", request=rf.get("/ho-so/0099000107/"), data={"args": "0912345678"}, form=["secret"]))
    assert not {"request", "data", "form"} & set(entry)


def test_a_traceback_is_one_line_without_long_numbers():
    try:
        raise ValueError("no person 0099000107\nsecond line")
    except ValueError as error:
        entry = line(record("failed", exc_info=(type(error), error, error.__traceback__)))
    assert "ValueError: no person [number]" in entry["exc_info"]


@pytest.mark.parametrize("name", ["django.request", "django.request.tasks"])
def test_djangos_own_lines_lose_the_path(name, rf):
    request = rf.get("/dang-ky/tra-cuu/00108GD-2026-00107/")
    entry = line(record("Not Found: %s", request.path, name=name, request=request, status_code=404))
    assert entry["message"] == "Not Found"
    assert entry["status_code"] == 404
    assert "00108GD" not in json.dumps(entry)


def test_gunicorns_complaint_loses_the_path():
    assert line(record("Error handling request %s", "/x?code=123456", name="gunicorn.error"))["message"] == (
        "Error handling request"
    )


@pytest.mark.django_db
def test_a_request_is_logged_by_route_without_path_query_or_name(caplog):
    caplog.set_level(logging.INFO, logger="vssid.request")
    Client().get("/dang-nhap/?username=0099000107&next=/the-bhyt/")
    Client().get("/khong-co/0099000107/")
    entries = [line(entry) for entry in caplog.records if entry.name == "vssid.request"]
    assert [entry["route"] for entry in entries] == ["accounts:login", "unmatched"]
    assert all(entry["duration_ms"] > 0 and entry["method"] == "GET" for entry in entries)
    assert not any(secret in json.dumps(entries) for secret in ("0099000107", "username", "khong-co", "next"))


def test_sentry_gets_no_request_no_user_and_no_numbers():
    from vssid.ops.sentry import scrub

    event = {
        "request": {"url": "https://portal.example/?code=1", "cookies": "session=1"},
        "user": {"id": 7},
        "server_name": "web-1",
        "extra": {"form": "x"},
        "exception": {"values": [{"type": "ValueError", "value": "no person 0099000107"}]},
    }
    assert scrub(event) == {"exception": {"values": [{"type": "ValueError", "value": "no person [number]"}]}}
