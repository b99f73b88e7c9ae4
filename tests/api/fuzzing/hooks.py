"""What schemathesis cannot know from the description: how a cursor looks, which numbers there are, what a service asks.

The numbers stand in the environment (tests/api/test_fuzzing.py makes them): drawn from them, the generated calls reach
requests and dossiers in every state.
"""

import base64
import os
from typing import Any
from urllib.parse import urlencode

import hypothesis
import psycopg2
import requests
import schemathesis
from hypothesis import strategies as st

NUMBERS = {name: os.environ[name].split() for name in ("DOSSIERS", "REQUESTS")}
FORMATS = {"/me/requests/{number}": "own-request", "/dossiers/{number}": "dossier", "/procedures/{code}": "service"}
LONGEST_QUERY = 3500
# A day passes for what was begun and not sent, but for what the environment names.
DAY_LATER = """UPDATE services_servicerequest SET created_at = created_at - interval '1 day'
WHERE status = 'draft' AND NOT public_id::text = ANY(%s)"""

# Each call is drawn anew. Climbing towards those that are accepted takes the time of as many calls again; what is
# accepted comes from the formats below.
hypothesis.target = lambda *_args, **_kwargs: 0

schemathesis.openapi.format(
    "cursor", st.integers(0, 1000).map(lambda start: base64.urlsafe_b64encode(b"o=%d" % start).decode())
)
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
            operation["parameters"] = kept
    shapes = schema["components"]["schemas"]
    shapes["Filing"] = {"anyOf": [shapes["Filing"], *_filings()]}
    shapes["Answers"] = {"anyOf": [shapes["Answers"], _form({}, _answers("feedback"))]}


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:
    """Longer request lines never reach the API: the web server refuses them."""
    return len(urlencode(query or {}, doseq=True, errors="replace")) < LONGEST_QUERY


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Ten drafts are enough for a day: the next day begins."""
    if response.status_code == 409 and b"too_many_begun" in response.content:
        with psycopg2.connect(os.environ["PORTAL_DATABASE"]) as connection, connection.cursor() as cursor:
            cursor.execute(DAY_LATER, [NUMBERS["REQUESTS"]])


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
