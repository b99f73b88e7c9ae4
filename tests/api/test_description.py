"""The API's description is the code's, lies in the repository, and never breaks a client unnoticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.translation import override
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from vssid.api import problem_types, schema, words
from vssid.api.compatibility import breaking_changes
from vssid.api.problems import TITLES
from vssid.api.schema import document

COMMITTED = Path(settings.BASE_DIR) / "docs" / "api" / "openapi.json"

Document = dict[str, Any]


def operations(language: str = "en") -> dict[str, Document]:
    found = schema.operations(document(language))
    return {operation["operationId"]: operation for _path, _method, operation in found}


def test_the_description_in_the_repository_is_the_codes() -> None:
    call_command("api_schema", "--check")


def test_whoever_asks_first_at_the_same_time_gets_the_same() -> None:
    schema._document.cache_clear()
    with ThreadPoolExecutor(4) as readers:
        vi, en, other_vi, other_en = readers.map(document, ["vi", "en", "vi", "en"])
    assert en == other_en == json.loads(COMMITTED.read_text())
    assert vi == other_vi


def test_the_description_is_valid_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    validate_schema(document())


def test_the_version_has_its_notes() -> None:
    notes = (COMMITTED.parent / "changes.md").read_text()
    assert f"\n## {document()['info']['version']}\n" in notes


def test_each_operation_says_in_both_languages_what_it_is_for() -> None:
    assert [name for name, operation in operations().items() if not operation.get("summary")] == []
    assert words.SUMMARIES.keys() - operations().keys() == set()
    vietnamese = operations("vi")
    assert [name for name, one in operations().items() if one["summary"] == vietnamese[name]["summary"]] == []


def described(part: Any) -> Iterator[str]:
    """What a document says in words, in its order."""
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            yield part["description"]
        part = [inner for name, inner in part.items() if name not in {"example", "examples"}]
    if isinstance(part, list):
        for inner in part:
            yield from described(inner)


def test_all_it_says_is_said_in_both_languages() -> None:
    both = list(zip(described(document("en")), described(document("vi")), strict=True))
    assert len(both) > 300
    assert {english for english, vietnamese in both if english == vietnamese} == set()


def test_the_portal_serves_it_in_the_readers_language_and_says_when_it_is_the_same() -> None:
    english = Client(headers={"accept-language": "en"}).get("/api/schema/")
    vietnamese = Client(headers={"accept-language": "vi"}).get("/api/schema/")

    assert english.json() == document("en") == json.loads(COMMITTED.read_text())
    assert vietnamese.json()["info"]["description"] != english.json()["info"]["description"]
    again = Client(headers={"accept-language": "en", "if-none-match": english["ETag"]}).get("/api/schema/")
    assert again.status_code == 304


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_for_people_says_all_of_it_without_a_script(language: str) -> None:
    answer = Client(headers={"accept-language": language}).get("/api/docs/")
    page = unescape(answer.content.decode())

    assert "<script" not in page.split("<main")[1]
    for operation in operations(language).values():
        assert operation["summary"] in page
    for name, shape in document()["components"]["schemas"].items():
        missing = [member for member in shape.get("properties", {}) if name != "Problem" and member not in page]
        assert missing == [], name
    with override(language):
        assert [one.code for one in problem_types.kinds() if one.type not in page or one.meaning not in page] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_type_of_error_has_its_page(language: str) -> None:
    reader = Client(headers={"accept-language": language})
    with override(language):
        kinds = problem_types.kinds()
    everything = unescape(reader.get("/api/problems/").content.decode())
    for kind in kinds:
        assert kind.statuses, kind.code
        assert [text for text in (kind.type, kind.meaning, kind.advice) if text not in everything] == []
    page = unescape(reader.get("/api/problems/otp_wrong").content.decode())
    assert "urn:vssid:problem:otp_wrong" in page
    assert "urn:vssid:problem:held" not in page
    assert reader.get("/api/problems/nothing").status_code == 404
    assert TITLES.keys() - {kind.code for kind in kinds} == {"unprocessable"}  # a title only


def test_an_error_leads_to_the_page_of_its_type() -> None:
    for path in ("me", "nowhere"):
        answer = Client().get(f"/api/v1/{path}")
        [address, relation] = answer["Link"].split("; ")
        assert relation == 'rel="help"'
        page = Client().get(urlsplit(address.strip("<>")).path).content.decode()
        assert answer.json()["type"] in page


def test_each_example_is_what_the_description_says_and_no_operation_lacks_one() -> None:
    wrong, missing = [], []
    for name, operation in operations().items():
        good = {status: answer for status, answer in operation["responses"].items() if status[0] == "2"}
        for where, holder in {"asked": operation.get("requestBody", {}), **good}.items():
            for media, content in holder.get("content", {}).items():
                shown = [example["value"] for example in content.get("examples", {}).values()]
                if not shown and media == "application/json":
                    missing.append((name, where))
                for value in shown:
                    wrong += [(name, where, *one.path, one.message) for one in strictly(content["schema"], value)]
    assert (wrong, missing) == ([], [])


def strictly(shape: Document, value: Any) -> list[ValidationError]:
    """What is wrong with a value; members that are not described are wrong, too."""
    shapes = deepcopy(document()["components"]["schemas"])
    for one in shapes.values():
        if "properties" in one:
            one.setdefault("additionalProperties", False)
    judge = Draft202012Validator({**shape, "components": {"schemas": shapes}}, format_checker=FormatChecker())
    return list(judge.iter_errors(value))


SMALL: Document = {
    "openapi": "3.1.1",
    "info": {"title": "Small", "version": "1.0.0"},
    "components": {
        "schemas": {
            "Kind": {"type": "string", "enum": ["a", "b"]},
            "Asked": {
                "type": "object",
                "properties": {"kind": {"$ref": "#/components/schemas/Kind"}, "text": {"type": "string"}},
                "required": ["kind"],
            },
            "Answer": {
                "type": "object",
                "properties": {
                    "amount": {"type": "integer"},
                    "until": {"type": ["string", "null"]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Answer"}},
                },
                "required": ["amount", "until"],
            },
        }
    },
    "paths": {
        "/things": {
            "post": {
                "operationId": "things",
                "security": [{"oauth2": ["things"]}],
                "parameters": [{"in": "query", "name": "year", "schema": {"type": "integer"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}}},
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}}
                },
            }
        }
    },
}
NEW_PARAMETER = {"in": "query", "name": "month", "schema": {"type": "integer"}}


def changed(*steps: str | int, to: Any = None, gone: bool = False) -> Document:
    """SMALL with what lies at the end of `steps` replaced, added or taken away."""
    copy = deepcopy(SMALL)
    inner: Any = copy
    for step in steps[:-1]:
        inner = inner[step]
    if gone:
        del inner[steps[-1]]
    elif isinstance(inner, list):
        inner.append(to)
    else:
        inner[steps[-1]] = to
    return copy


THING = ("paths", "/things", "post")
SCHEMAS = ("components", "schemas")


@pytest.mark.parametrize(
    ("after", "what"),
    [
        (changed("paths", "/things", gone=True), "POST /things: removed"),
        (changed(*THING, gone=True), "POST /things: removed"),
        (changed(*THING, "parameters", 0, gone=True), "parameter year: removed"),
        (changed(*THING, "parameters", 0, "schema", "type", to="string"), "type integer became string"),
        (changed(*THING, "parameters", 0, "required", to=True), "parameter year: newly required"),
        (changed(*THING, "parameters", 1, to={**NEW_PARAMETER, "required": True}), "parameter month: newly required"),
        (changed(*THING, "responses", "200", gone=True), "answer 200: removed"),
        (changed(*THING, "security", to=[{"oauth2": ["more"]}]), "another scope is needed"),
        (changed(*THING, "requestBody", "required", to=True), "body: newly required"),
        (changed(*SCHEMAS, "Kind", "enum", to=["a"]), "body, kind: value b removed"),
        (changed(*SCHEMAS, "Asked", "required", to=["kind", "text"]), "body, text: newly required"),
        (changed(*SCHEMAS, "Asked", "properties", "text", gone=True), "body, text: removed"),
        (changed(*SCHEMAS, "Asked", "properties", "text", "maxLength", to=5), "body, text: maxLength is 5"),
        (changed(*SCHEMAS, "Asked", "properties", "text", "pattern", to="^x"), "body, text: another pattern"),
        (changed(*SCHEMAS, "Answer", "properties", "amount", gone=True), "answer 200, amount: removed"),
        (changed(*SCHEMAS, "Answer", "properties", "amount", "type", to="string"), "type integer became string"),
        (changed(*SCHEMAS, "Answer", "properties", "amount", "type", to=["integer", "null"]), "integer or null"),
        (changed(*SCHEMAS, "Answer", "required", to=["amount"]), "answer 200, until: may be missing"),
    ],
)
def test_what_breaks_a_client_is_found(after: Document, what: str) -> None:
    found = breaking_changes(SMALL, after)
    assert found
    assert what in " ".join(found)


@pytest.mark.parametrize(
    "after",
    [
        SMALL,
        changed("paths", "/other", to={"get": {"operationId": "other", "responses": {}}}),
        changed(*THING, "parameters", 1, to=NEW_PARAMETER),
        changed(*THING, "responses", "409", to={"description": "New"}),
        changed(*SCHEMAS, "Kind", "enum", to=["a", "b", "c"]),
        changed(*SCHEMAS, "Asked", "properties", "more", to={"type": "string"}),
        changed(*SCHEMAS, "Asked", "required", to=[]),
        changed(*SCHEMAS, "Answer", "properties", "more", to={"type": "string"}),
        changed(*SCHEMAS, "Answer", "properties", "until", "type", to="string"),
    ],
)
def test_what_only_adds_breaks_nobody(after: Document) -> None:
    assert breaking_changes(SMALL, after) == []


def test_a_breaking_change_is_not_written_until_the_version_says_so(monkeypatch: Any, tmp_path: Path) -> None:
    (tmp_path / "docs" / "api").mkdir(parents=True)
    file = tmp_path / "docs" / "api" / "openapi.json"
    file.write_text(json.dumps(SMALL))
    command = "vssid.management.commands.api_schema"
    monkeypatch.setattr(f"{command}.settings.BASE_DIR", tmp_path)
    monkeypatch.setattr(f"{command}.document", lambda: changed("paths", "/things", gone=True))
    with pytest.raises(CommandError, match="POST /things: removed"):
        call_command("api_schema")
    assert json.loads(file.read_text()) == SMALL

    raised = {**changed("paths", "/things", gone=True), "info": {"title": "Small", "version": "2.0.0"}}
    monkeypatch.setattr(f"{command}.document", lambda: raised)
    call_command("api_schema")
    assert json.loads(file.read_text()) == raised
