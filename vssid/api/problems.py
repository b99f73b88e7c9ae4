"""Every error of the API is a problem document (RFC 9457) with a stable type, never HTML."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from vssid.errors import DomainError, TooMany

TITLES = {
    "invalid": _lazy("The request has invalid fields."),
    "parse_error": _lazy("The request's body cannot be read."),
    "not_authenticated": _lazy("An access token is needed."),
    "authentication_failed": _lazy("The access token is not valid."),
    "permission_denied": _lazy("The access token does not allow this."),
    "not_found": _lazy("We found nothing here."),
    "method_not_allowed": _lazy("This address does not take this method."),
    "not_acceptable": _lazy("Answers are JSON; no other format is offered."),
    "unsupported_media_type": _lazy("Send the request's body as JSON."),
    "throttled": _lazy("Too many tries. Try again later."),
}
CONTENT_TYPE = "application/problem+json"


def problem(code: str, http_status: int, title: str, detail: str = "", errors: Any = None) -> dict[str, Any]:
    """Return a problem document; `code` makes its type, `errors` names the fields."""
    document: dict[str, Any] = {"type": f"urn:vssid:problem:{code}", "title": title, "status": http_status}
    if detail:
        document["detail"] = detail
    if errors:
        document["errors"] = errors
    return document


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem document; None lets the unexpected become a 500."""
    if isinstance(error, DomainError):
        response = Response(problem(error.code, error.status, str(error)), status=error.status)
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.retry_after)
    else:
        answer = _of_framework(error, context)
        if answer is None:
            return None
        response = answer
    response.content_type = CONTENT_TYPE
    response["Cache-Control"] = "no-store"
    return response


def _of_framework(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)
    fields = error.get_full_details() if isinstance(error, exceptions.ValidationError) else None
    code = "invalid" if fields else str(error.default_code)
    response.data = problem(code, response.status_code, str(TITLES.get(code, error.default_detail)), errors=fields)
    return response


def not_found(request: HttpRequest, rest: str = "") -> JsonResponse:
    """Answer an address under /api/ that does not exist."""
    document = problem("not_found", status.HTTP_404_NOT_FOUND, str(TITLES["not_found"]))
    return JsonResponse(document, status=status.HTTP_404_NOT_FOUND, content_type=CONTENT_TYPE)


def server_error(request: HttpRequest, reference: str) -> JsonResponse:
    """Answer an unexpected failure; `reference` is the request id that the logs know."""
    document = problem("server_error", 500, _("Something failed on our side. Nothing was changed."))
    document["instance"] = f"urn:vssid:request:{reference}"
    return JsonResponse(document, status=500, content_type=CONTENT_TYPE)
