"""What the OpenAPI document says of every operation: its problems, its scopes."""

from typing import Any

from django.conf import settings
from drf_spectacular.contrib.django_oauth_toolkit import DjangoOAuthToolkitScheme

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:vssid:problem:not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": True},
        "instance": {"type": "string"},
    },
}
TEXTS = {
    "400": "A parameter is not valid",
    "401": "No valid access token",
    "403": "The token lacks the scope",
    "404": "Nothing here for this reader",
    "405": "Another method is needed",
    "406": "No other format than JSON is offered",
    "429": "Too many requests",
}


class TokenScheme(DjangoOAuthToolkitScheme):
    """Describes TokenAuthentication: authorization code with PKCE."""

    target_class = "vssid.api.authentication.TokenAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the OAuth 2.0 flows with their scopes."""
        scopes: Any = settings.OAUTH2_PROVIDER["SCOPES"]
        flow = {
            "authorizationUrl": "/oauth/authorize",
            "tokenUrl": "/oauth/token",
            "refreshUrl": "/oauth/token",
            "scopes": {name: str(text) for name, text in scopes.items()},
        }
        return {"type": "oauth2", "flows": {"authorizationCode": flow}}


def add_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Add the problem answers to each operation of the document."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in result["paths"].values():
        for operation in methods.values():
            secured = any(operation.get("security", []))
            for code, text in TEXTS.items():
                if secured or code not in {"401", "403"}:
                    operation["responses"].setdefault(code, {"description": text, "content": content})
    return result
