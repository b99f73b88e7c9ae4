"""What schemathesis cannot know from the description: how a cursor looks, which numbers there are, what a service asks,
which code was sent a moment ago.

The numbers stand in the environment (tests/api/test_fuzzing.py makes them): drawn from them, the generated calls reach
requests and dossiers in every state.
"""

import base64
import os
import re
import time
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import urlencode

import hypothesis
import psycopg2
import requests
import schemathesis
from hypothesis import strategies as st

from tests.registration.pictures import jpeg

NUMBERS = {name: os.environ[name].split() for name in ("DOSSIERS", "REQUESTS")}
HEADERS = {"Idempotency-Key": "key", "If-Match": "etag"}
FORMATS = {"/me/requests/{number}": "own-request", "/dossiers/{number}": "dossier", "/procedures/{code}": "service"}
LONGEST_QUERY = 3500
# A day passes for what was begun and not sent, but for what the environment names.
DAY_LATER = """UPDATE services_servicerequest SET created_at = created_at - interval '1 day'
WHERE status = 'draft' AND NOT public_id::text = ANY(%s)"""
HOUR_LATER = "UPDATE accounts_onetimecode SET created_at = created_at - interval '1 hour'"
# What is drawn for these members, where any text would be refused. Decoding a photo takes long: few are good.
MEMBERS = {
    "Reason": {"field": {"enum": ["portrait", "id_front", "full_name", "address", "nothing"]}},
    "Photos": {name: {"type": "string", "format": "picture"} for name in ("portrait", "id_front", "id_back")},
}
CONFIRMED = {"otp": {"type": "string", "pattern": "^[0-9]{6}$"}, "consent": {"const": True}}
DECISIONS = ("Approval", "Return", "Rejection")
SIGNED, SIGNED_EACH = count(), 8
DRAFTS = [number for number in NUMBERS["REQUESTS"] if len(number) == 36]

# Each call is drawn anew. Climbing towards those that are accepted takes the time of as many calls again; what is
# accepted comes from the formats below.
hypothesis.target = lambda *_args, **_kwargs: 0

schemathesis.openapi.format(
    "cursor", st.integers(0, 1000).map(lambda start: base64.urlsafe_b64encode(b"o=%d" % start).decode())
)
schemathesis.openapi.format("key", st.uuids().map(str))
schemathesis.openapi.format("etag", st.sampled_from(["*", '"1"', 'W/"1"', '"2"']))
schemathesis.openapi.format("picture", st.sampled_from(["", "bm9uZQ==", "/9j/4AAQ", base64.b64encode(jpeg()).decode()]))
schemathesis.openapi.format("own-request", st.sampled_from(NUMBERS["REQUESTS"]))
schemathesis.openapi.format("dossier", st.sampled_from(NUMBERS["DOSSIERS"]))


@schemathesis.hook
def before_load_schema(context: Any, schema: dict[str, Any]) -> None:
    """Name the formats, and put the schemas of the services in place of "answers as the service's schema says".

    Masked answers miss members that the others always have: tests/api/test_frame.py asks for them.
    """
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            kept = [one for one in operation.get("parameters", []) if one["name"] != "fields"]
            for parameter in kept:
                for beginning, name in FORMATS.items():
                    if parameter["in"] == "path" and beginning in path:
                        parameter["schema"] = {"type": "string", "format": name}
                if format := HEADERS.get(parameter["name"]):
                    parameter["schema"] = {"type": "string", "format": format}
            operation["parameters"] = kept
    shapes = schema["components"]["schemas"]
    for name, members in MEMBERS.items():
        shapes[name]["properties"] |= members
    shapes["Confirmation"]["properties"] |= CONFIRMED
    shapes["Approval"]["required"] = ["document"]
    for name in DECISIONS:
        # Of the versions that a dossier may have, one that it has.
        shapes[name]["properties"]["version"] = {"type": "integer", "minimum": 1, "maximum": 2}
    shapes["Filing"] = {"anyOf": [shapes["Filing"], *_filings()]}
    shapes["Answers"] = {"anyOf": [shapes["Answers"], _form({}, _answers("feedback"))]}


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:
    """Longer request lines never reach the API: the web server refuses them."""
    return len(urlencode(query or {}, doseq=True, errors="replace")) < LONGEST_QUERY


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Now and then sign with the right code: nobody guesses it."""
    begun, _, step = case.operation.path.rpartition("/")
    if step != "submit" or not case.meta.generation.mode.is_positive or not isinstance(case.body, dict):
        return
    if next(SIGNED) % SIGNED_EACH == 0:
        if DRAFTS and "number" in case.path_parameters:
            case.path_parameters = {"number": DRAFTS.pop()}
        if code := _code(begun.format(**case.path_parameters)):
            case.body = {**case.body, "otp": code}


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Ten drafts are enough for a day, a code for a minute: the next one begins. Each error has its page."""
    if response.status_code == 409 and b"too_many_begun" in response.content:
        _change(DAY_LATER, [NUMBERS["REQUESTS"]])
    elif response.status_code == 429 and b"problem:otp_" in response.content:
        _change(HOUR_LATER)
    if response.status_code >= 400:
        kind = response.json()["type"]
        assert f"<code>{kind}</code>" in _page_of_problems(), kind


@cache
def _page_of_problems() -> str:
    return requests.get(f"{os.environ['PORTAL']}/api/problems/", timeout=20).text


def _change(statement: str, values: Any = ()) -> None:
    with psycopg2.connect(os.environ["PORTAL_DATABASE"]) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)


def _code(path: str) -> str:
    """Have a code sent, and read it from the inbox; empty where none is to be had."""
    _change(HOUR_LATER)
    proof = f"Bearer {os.environ['CITIZEN_TOKEN']}"
    if "registrations" in path:
        proof = f"Registration {os.environ['REGISTRATION_TOKEN']}"
    before = _codes()
    asked = requests.post(f"{os.environ['PORTAL']}{path}/otp", headers={"Authorization": proof}, timeout=20)
    until = time.monotonic() + 10
    while asked.status_code == 200 and time.monotonic() < until:
        if len(now := _codes()) > len(before):
            return now[0]
        time.sleep(0.1)
    return ""


def _codes() -> list[str]:
    inbox = requests.get(f"{os.environ['PORTAL']}/demo/sms/?format=json", timeout=20).json()
    return [found[0] for one in inbox if one["purpose"] == "otp" and (found := re.search(r"\d{6}", one["body"]))]


def _filings() -> list[dict[str, Any]]:
    codes = [one["code"] for one in _asked("procedures")["results"]]
    schemathesis.openapi.format("service", st.sampled_from(codes))
    return [_form({"procedure": {"const": code}}, _answers(code)) for code in codes]


def _form(more: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    facts = {**more, "answers": answers}
    return {"type": "object", "properties": facts, "required": list(facts)}


def _answers(code: str) -> dict[str, Any]:
    found: dict[str, Any] = _asked(f"procedures/{code}")["schema"]
    return {name: value for name, value in found.items() if name not in {"$schema", "$id"}}


def _asked(path: str) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(f"{os.environ['PORTAL']}/api/v1/{path}", timeout=20).json()
    return answer
