"""The JSON Schema (draft 2020-12) of a procedure's answers, made from its definition.

It says what a program can know before it sends: names, types, bounds, choices, and what is asked under which answer.
What needs the record or the register is judged by `services.rules.answers` alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.procedures.definition import MOST_MONEY, Field, Group, Kind, Procedure, When

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PATTERNS = {
    Kind.MONTH: r"^[0-9]{4}-(0[1-9]|1[0-2])$",
    Kind.PHONE: r"^(0|\+84)[0-9]{9}$",
    Kind.BHXH_CODE: r"^[0-9]{10}$",
    Kind.PERSONAL_ID: r"^[0-9]{12}$",
    Kind.PROVINCE: r"^[0-9]{2}$",
    Kind.WARD: r"^[0-9]{5}$",
    Kind.FACILITY: r"^[0-9]{5}$",
    Kind.ACCOUNT: r"^[0-9A-Za-z]{6,20}$",
}
LISTED = {Kind.PROVINCE: "/api/v1/provinces", Kind.WARD: "/api/v1/wards", Kind.FACILITY: "/api/v1/facilities"}
"""Where the values of a field are listed."""
NUMBERS = frozenset({Kind.MONEY, Kind.NUMBER})


def schema_of(procedure: Procedure, *, words: bool = True) -> dict[str, Any]:
    """Return the schema of the answers; with `words`, labels and help in the language of the moment."""
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False}
    if words:
        head = {"$schema": DIALECT, "$id": f"urn:vssid:procedure:{procedure.key}", "title": str(procedure.name)}
        schema = {**head, **schema}
    return schema | _members(procedure.fields, words)


def _members(items: tuple[Field | Group, ...], words: bool) -> dict[str, Any]:
    needed = [item for item in items if _needed(item)]
    found: dict[str, Any] = {
        "properties": {item.name: _described(item, words) for item in items},
        "required": [item.name for item in needed if item.only is None],
    }
    conditions = [_if(item.only, item.name) for item in needed if item.only is not None]
    return found | ({"allOf": conditions} if conditions else {})


def _needed(item: Field | Group) -> bool:
    return item.least > 0 if isinstance(item, Group) else item.required


def _if(only: When, name: str) -> dict[str, Any]:
    asked = {"properties": {only.name: {"enum": sorted(only.answers, key=str)}}, "required": [only.name]}
    return {"if": asked, "then": {"required": [name]}}


def _described(item: Field | Group, words: bool) -> dict[str, Any]:
    found = _group(item, words) if isinstance(item, Group) else _field(item, words)
    if words:
        found = {"title": str(item.label), **found, **({"description": str(item.help)} if item.help else {})}
    return found


def _group(group: Group, words: bool) -> dict[str, Any]:
    line = {"type": "object", "additionalProperties": False, **_members(group.fields, words)}
    return {"type": "array", "minItems": group.least, "maxItems": group.most, "items": line}


def _field(asked: Field, words: bool) -> dict[str, Any]:
    if asked.kind in NUMBERS:
        most = MOST_MONEY if asked.most is None else asked.most
        return {"type": "integer", "minimum": asked.least or 0, "maximum": most}
    if asked.kind in PATTERNS:
        listed = {"x-listed-at": LISTED[asked.kind]} if asked.kind in LISTED else {}
        return {"type": "string", "pattern": PATTERNS[asked.kind], **listed}
    shape = SHAPES.get(asked.kind)
    return shape(asked, words) if shape else {"type": "string", "maxLength": asked.longest} | _not_empty(asked)


def _not_empty(asked: Field) -> dict[str, Any]:
    return {"minLength": 1} if asked.required else {}


def _choice(asked: Field, words: bool) -> dict[str, Any]:
    if not words:
        return {"type": "string", "enum": [value for value, _label in asked.choices]}
    return {"type": "string", "oneOf": [{"const": value, "title": str(label)} for value, label in asked.choices]}


SHAPES: Mapping[Kind, Callable[[Field, bool], dict[str, Any]]] = {
    Kind.CHOICE: _choice,
    Kind.BOX: lambda asked, words: {"type": "boolean", **({"const": True} if asked.required else {})},
    Kind.DATE: lambda asked, words: {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
}
