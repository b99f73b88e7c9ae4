"""The OpenAPI document: what drf-spectacular reads from the views, completed with words, problems and limits."""

import json
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override
from drf_spectacular.contrib.django_oauth_toolkit import DjangoOAuthToolkitScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer

from vssid.api import words

Document = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457); `errors` names the fields, `instance` is what to tell us about it.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {
            "type": "string",
            "description": "What programs go by; each has its page at `/api/problems/`, named in the header `Link`",
            "examples": ["urn:vssid:problem:not_found"],
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "By field; inner fields by their path: `rows.3.phone`",
            "additionalProperties": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                },
            },
        },
        "instance": {"type": "string"},
    },
}
HEADERS = {
    "RateLimit-Policy": ('`"name";q=calls;w=seconds` of each limit that counts this call', "string"),
    "RateLimit": ('`"name";r=calls left;t=seconds until they begin anew` of each', "string"),
    "Retry-After": ("Seconds to wait", "integer"),
}
MOST_FIELDS = 50
EVERYWHERE = ("400", "404", "405", "406", "429")
SECURED = ("401", "403")
WITH_BODY = ("411", "413", "415")
REPEATABLE = ("409", "422")
REFUSALS = "x-refusals"
# drf-spectacular changes what all its runs share.
_ONE_AT_A_TIME = threading.Lock()


class TokenScheme(DjangoOAuthToolkitScheme):
    """Describes TokenAuthentication: authorization code with PKCE."""

    target_class = "vssid.api.authentication.TokenAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> Document:
        """Return the OAuth 2.0 flows with their scopes."""
        scopes: Any = settings.OAUTH2_PROVIDER["SCOPES"]
        flow = {
            "authorizationUrl": "/oauth/authorize",
            "tokenUrl": "/oauth/token",
            "refreshUrl": "/oauth/token",
            "scopes": {name: str(text) for name, text in scopes.items()},
        }
        return {"type": "oauth2", "flows": {"authorizationCode": flow}}


class RegistrationScheme(OpenApiAuthenticationExtension):
    """Describes the token of a registration."""

    target_class = "accounts.api.registrations.RegistrationAuthentication"
    name = "registration"

    def get_security_definition(self, auto_schema: Any) -> Document:
        """Return the header that carries it."""
        text = str(words.REGISTRATION_TOKEN)
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": text}


class PortalSchema(AutoSchema):
    """Adds to each operation what its view says: its limits, and in which ways of its own it can fail."""

    def get_extensions(self) -> Document:
        """Return `x-limits`: how many calls in how many seconds, counted per address, consent or application."""
        limits = getattr(self.view, "limits", ())
        secured = bool(self.view.get_authenticators())
        mine = [one for one in limits if secured or one.per == "address"]
        told = [{"name": one.name, "calls": one.most, "seconds": one.seconds, "per": one.per} for one in mine]
        return {**super().get_extensions(), "x-limits": told, REFUSALS: list(getattr(self.view, "refusals", ()))}


def document(language: str = "en") -> Document:
    """Return the OpenAPI document with its words in `language`. It is one for all: change a copy."""
    with _ONE_AT_A_TIME:
        return _document(language)


@cache
def _document(language: str) -> Document:
    with override(language):
        found = SchemaGenerator().get_schema(request=None, public=True)
        made = dict(json.loads(OpenApiJsonRenderer().render(found, renderer_context={})))
        _translate(made)
        return made


def operations(of: Document) -> Iterator[tuple[str, str, Document]]:
    """Yield path, method and operation of everything a document describes."""
    for path, methods in of.get("paths", {}).items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def complete(result: Document, **_kwargs: Any) -> Document:
    """Add words and problems to the document (a hook of drf-spectacular)."""
    result["info"]["description"] = str(words.DESCRIPTION)
    result["servers"] = [{"url": "/"}]
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    everything = [operation for _path, _method, operation in operations(result)]
    used = {tag for operation in everything for tag in operation["tags"]}
    result["tags"] = [{"name": name, "description": str(text)} for name, text in words.TAGS.items() if name in used]
    result["components"]["headers"] = {
        name: {"description": text, "schema": {"type": kind}} for name, (text, kind) in HEADERS.items()
    }
    for _path, method, operation in operations(result):
        if method == "get" and (mask := _mask(result, operation)):
            operation.setdefault("parameters", []).append(mask)
    for operation in everything:
        if summary := words.SUMMARIES.get(operation["operationId"]):
            operation["summary"] = str(summary)
        _add_problems(operation)
    return result


def _translate(part: Any) -> None:
    """Put the descriptions of views, parameters and fields into the language of now.

    They stand as docstrings in the code: the catalogue takes them from docs/api/openapi.json.
    """
    if isinstance(part, list):
        for member in part:
            _translate(member)
    elif isinstance(part, dict):
        for name, member in part.items():
            if name not in {"example", "examples"}:
                _translate(member)
        text = part.get("description")
        if isinstance(text, str) and text:
            part["description"] = gettext(text)


def _mask(result: Document, operation: Document) -> Document | None:
    """The parameter `fields`: which names it takes follows from the answer; None where the answer has no members."""
    content = operation["responses"].get("200", {}).get("content", {})
    answer = resolved(result, content.get("application/json", {}).get("schema", {}))
    rows = answer.get("properties", {}).get("results")
    names = sorted(_names(result, resolved(result, rows["items"]) if rows else answer, ""))
    if not names:
        return None
    one = "(" + "|".join(name.replace(".", "\\.") for name in names) + ")"
    schema = {"type": "string", "pattern": f"^{one}(,{one}){{0,{MOST_FIELDS - 1}}}$"}
    return {"in": "query", "name": "fields", "schema": schema, "description": str(words.FIELDS)}


def _names(result: Document, schema: Document, before: str) -> Iterator[str]:
    for name, member in schema.get("properties", {}).items():
        yield before + name
        inner = resolved(result, member)
        parts = [inner, inner.get("items", {}), *inner.get("oneOf", []), *inner.get("anyOf", [])]
        for part in parts:
            yield from _names(result, resolved(result, part), f"{before}{name}.")


def resolved(of: Document, schema: Document) -> Document:
    """Return what a schema refers to, or itself."""
    while "$ref" in schema:
        schema = of["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _add_problems(operation: Document) -> None:
    """Every operation tells each way in which it can fail."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers = operation["responses"]
    secured, sends = any(operation.get("security", [])), "requestBody" in operation
    repeatable = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", []))
    own = operation.pop(REFUSALS, ())
    groups = ((EVERYWHERE, True), (SECURED, secured), (WITH_BODY, sends), (REPEATABLE, repeatable), (own, True))
    for code in [code for codes, holds in groups if holds for code in codes]:
        answers.setdefault(code, {"description": str(words.PROBLEMS[code]), "content": content})
    for code, answer in answers.items():
        if code in words.PROBLEMS and not answer.get("description"):
            answer["description"] = str(words.PROBLEMS[code])
        elif code.startswith("2") and not answer.get("description"):
            answer["description"] = str(words.DONE)
        shown = [name for name in HEADERS if name != "Retry-After" or code in {"429", "503"}]
        if code != "500":
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in shown}
    operation["responses"] = dict(sorted(answers.items()))
