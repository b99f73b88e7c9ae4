"""The OpenAPI document as a page for people: operations by subject, their parameters, bodies and answers as rows."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from vssid.api import words
from vssid.api.schema import Document, operations, resolved

DEEPEST = 5


class Row(NamedTuple):
    """One parameter or member: `name` is its path ("results[].facility.code"), `kind` what it may be."""

    name: str
    kind: str
    required: bool
    text: str


class Body(NamedTuple):
    """What is sent or answered: its media types, members and an example as text."""

    media: str
    text: str
    rows: list[Row]
    example: str


class Answer(NamedTuple):
    """What an operation answers with a status."""

    status: str
    text: str
    body: Body | None


class Operation(NamedTuple):
    """One method of one address; `scopes` is None where no token is needed."""

    key: str
    method: str
    path: str
    title: str
    text: str
    scopes: list[str] | None
    limits: list[Document]
    parameters: list[Row]
    body: Body | None
    answers: list[Answer]


def subjects(document: Document) -> list[tuple[str, str, list[Operation]]]:
    """Return name, title and operations of each subject, in the document's order."""
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, method, operation in operations(document):
        found[operation["tags"][0]].append(_operation(document, path, method, operation))
    return [(tag["name"], tag["description"], found[tag["name"]]) for tag in document["tags"]]


def scopes(document: Document) -> list[tuple[str, str]]:
    """Return every scope and what it opens."""
    schemes = document["components"]["securitySchemes"].values()
    flows = [flow for scheme in schemes for flow in scheme.get("flows", {}).values()]
    return sorted({item for flow in flows for item in flow["scopes"].items()})


def _operation(document: Document, path: str, method: str, operation: Document) -> Operation:
    needs = [scope for need in operation.get("security", []) for scopes in need.values() for scope in scopes]
    return Operation(
        key=operation["operationId"],
        method=method.upper(),
        path=path,
        title=operation.get("summary", ""),
        text=operation.get("description", ""),
        scopes=needs if any(operation.get("security", [])) else None,
        limits=[{**limit, "whose": words.PER[limit["per"]]} for limit in operation.get("x-limits", [])],
        parameters=[
            Row(item["name"], _kind(document, item.get("schema", {})), item.get("required", False), _text(item))
            for item in operation.get("parameters", [])
        ],
        body=_body(document, operation.get("requestBody", {})),
        answers=[
            Answer(status, answer.get("description", ""), _body(document, answer) if status[0] == "2" else None)
            for status, answer in operation["responses"].items()
        ],
    )


def _body(document: Document, holder: Document) -> Body | None:
    contents = holder.get("content", {})
    if not contents:
        return None
    content = next(iter(contents.values()))
    schema = resolved(document, content.get("schema", {}))
    examples = [example["value"] for example in content.get("examples", {}).values() if "value" in example]
    shown = json.dumps(examples[0], ensure_ascii=False, indent=2) if examples else ""
    return Body(", ".join(contents), schema.get("description", ""), list(_rows(document, schema, "", 0)), shown)


def _rows(document: Document, schema: Document, before: str, depth: int) -> Iterator[Row]:
    """The members of an object and, named by their path, those of the objects in it."""
    if depth > DEEPEST:
        return
    needed = schema.get("required", [])
    for name, member in schema.get("properties", {}).items():
        path = f"{before}.{name}" if before else name
        inner = resolved(document, member)
        text = _text(member) or ("" if "enum" in inner else _text(inner))
        yield Row(path, _kind(document, member), name in needed, text)
        if items := inner.get("items"):
            yield from _rows(document, resolved(document, items), f"{path}[]", depth + 1)
        else:
            yield from _rows(document, inner, path, depth + 1)


def _kind(document: Document, schema: Document) -> str:
    """What a value may be, in the words of JSON Schema: `string (date)`, `a | b`, `array of object`."""
    schema = resolved(document, schema)
    if "enum" in schema:
        return " | ".join("null" if value is None else str(value) for value in schema["enum"])
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return " | ".join(_kind(document, part) for part in schema[word])
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    names = [f"array of {_kind(document, schema.get('items', {}))}" if kind == "array" else kind for kind in kinds]
    hint = schema.get("format") or schema.get("pattern")
    return " | ".join(names) + (f" ({hint})" if hint else "")


def _text(holder: Document) -> str:
    return str(holder.get("description", ""))
