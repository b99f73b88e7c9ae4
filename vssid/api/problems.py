"""Every error of the API is a problem document (RFC 9457) with a stable type, never HTML."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from vssid.errors import DomainError, with_wait
from vssid.ops import challenge
from vssid.ops.challenge import ChallengeRequired
from vssid.ops.logs import request_id

# Each type once given stays. Those of domain errors are their `code`; what they say is the detail.
TITLES = {
    "bad_request": _("This request could not be read."),
    "invalid": _("The request has invalid fields."),
    "parse_error": _("The request's body cannot be read."),
    "not_authenticated": _("An access token is needed."),
    "authentication_failed": _("The access token is not valid."),
    "permission_denied": _("The access token does not allow this."),
    "not_found": _("We found nothing here."),
    "method_not_allowed": _("This address does not take this method."),
    "not_acceptable": _("Answers are JSON; no other format is offered."),
    "conflict": _("What is asked does not fit the state things are in."),
    "unprocessable": _("The request cannot be carried out as it is."),
    "too_many": _("Too many tries. Try again later."),
    "too_large": _("The request's body is too large."),
    "unsupported_media_type": _("This address does not take a body of this media type."),
    "server_error": _("Something failed on our side. Nothing was changed."),
    "unavailable": _("The portal cannot do this for the moment. Try again soon."),
}
OF_STATUS = {
    400: "bad_request",
    403: "permission_denied",
    404: "not_found",
    409: "conflict",
    411: "bad_request",
    412: "conflict",
    413: "too_large",
    422: "unprocessable",
    429: "too_many",
    503: "unavailable",
}
TYPE = "urn:vssid:problem:"
CONTENT_TYPE = "application/problem+json"


class FilesInvalid(DomainError):
    """Some files cannot be used; the others are kept. `errors` says by name what is wrong with each."""

    code = "invalid"
    message = _("Some files could not be kept. Send these again.")

    def __init__(self, errors: dict[str, DomainError]) -> None:
        super().__init__()
        self.errors = errors
        self.status = 503 if any(error.status == 503 for error in errors.values()) else 400


def problem(code: str, http_status: int, detail: str = "", errors: Any = None) -> dict[str, Any]:
    """Return a problem document; `code` makes its type, `errors` says by field what is wrong: [{code, message}]."""
    title = str(TITLES.get(code) or TITLES[OF_STATUS.get(http_status, "server_error")])
    document: dict[str, Any] = {
        "type": f"{TYPE}{code}",
        "title": title,
        "status": http_status,
        "detail": detail or title,
        # The logs know the request by it.
        "instance": f"urn:vssid:request:{request_id.get()}",
    }
    if errors:
        document["errors"] = errors
    return document


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem document; None lets the unexpected become a 500."""
    if isinstance(error, DomainError):
        found = problem(error.code, error.status, str(error), errors=_reasons(error))
        if isinstance(error, ChallengeRequired):
            found["challenge"] = _task(context["request"]._request)
        response = with_wait(Response(found, status=error.status), error)
    else:
        answer = _of_framework(error, context)
        if answer is None:
            return None
        response = answer
    response.content_type = CONTENT_TYPE
    response["Link"] = _help(response.data["type"])
    return response


def _reasons(error: DomainError) -> dict[str, list[dict[str, str]]]:
    """Return by field what the rules of the domain found wrong, where an error holds several."""
    reasons: dict[str, DomainError] = getattr(error, "errors", {})
    return {name: [{"code": one.code, "message": str(one)}] for name, one in reasons.items()}


def _task(request: HttpRequest) -> Any:
    """Return the proof of work that is asked for; its solution goes in the header of the request sent again."""
    return {"header": challenge.WORK_HEADER, "task": orjson.loads(request.challenge.work)}  # type: ignore[attr-defined]


def _of_framework(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.PermissionDenied):
        # RFC 6750 §3.1; what a view refuses by Django's own exception no scope would open.
        scopes = " ".join(context["view"].required_scopes)
        response["WWW-Authenticate"] = f'Bearer realm="api", error="insufficient_scope", scope="{scopes}"'
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)
    if isinstance(error, exceptions.ValidationError):
        response.data = problem("invalid", response.status_code, errors=by_field(error.get_full_details()))
    else:
        code = str(error.default_code)
        code = "bad_request" if code == "error" else code
        response.data = problem(code, response.status_code)
    return response


def _help(kind: str) -> str:
    """Return the header that leads to the page of a type (vssid/api/problem_types.py)."""
    return f'<{settings.PUBLIC_BASE_URL}/api/problems/{kind.removeprefix(TYPE)}>; rel="help"'


def by_field(details: Any) -> dict[str, list[dict[str, str]]]:
    """Return nested errors by the path of their field, parts joined by dots: "rows.3.phone"; "" is the whole body."""
    found: dict[str, list[dict[str, str]]] = {}
    for path, one in _leaves(details, ()):
        name = ".".join(part for part in path if part != "non_field_errors")
        found.setdefault(name, []).append({"code": str(one["code"]), "message": str(one["message"])})
    return found


def _leaves(details: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if _is_leaf(details):
        yield path, details
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _leaves(inner, (*path, str(name)))
    else:
        # A list is either the errors of one field, or its items' errors by their place.
        for place, inner in enumerate(details):
            yield from _leaves(inner, path if _is_leaf(inner) else (*path, str(place)))


def _is_leaf(details: Any) -> bool:
    return isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["code"], str)


def answer(http_status: int) -> HttpResponse:
    """Return the problem document of a status, for what fails outside of the API's views."""
    document = problem(OF_STATUS.get(http_status, "server_error"), http_status)
    response = HttpResponse(orjson.dumps(document), status=http_status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    response["Link"] = _help(document["type"])
    return response


@csrf_exempt
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer an address under /api/ that does not exist."""
    return answer(404)
