"""The outermost middleware: an id for each request, one log line, one count, and headers that settings do not cover."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import get_resolver

from vssid.ops import metrics
from vssid.ops.client import drop_untrusted
from vssid.ops.logs import request_id

log = logging.getLogger("vssid.request")

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# A letter for every byte: twenty calls for a letter each cost more than the rest of this file.
_LETTERS = bytes(ord("a") + number % 26 for number in range(256))
_PROBES = {"/healthz", "/readyz", "/metrics"}
_PERMISSIONS = "camera=(self), publickey-credentials-get=(self), geolocation=(), microphone=(), payment=(), usb=()"


class RequestMiddleware:
    """Must come first: what runs before it has no request id, and sees forwarded headers anybody may have sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; the response carries its id in X-Request-ID."""
        started = time.perf_counter()
        drop_untrusted(request)
        if request.path_info in _PROBES:
            # Probes ask by container address; their answer depends on no host name.
            request.META["HTTP_HOST"] = urlsplit(settings.PUBLIC_BASE_URL).netloc
        token = request_id.set(_id_of(request))
        request.request_id = request_id.get()  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            self._finish(request, response, time.perf_counter() - started)
        finally:
            request_id.reset(token)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse a body that is too large before anything reads it.

        A view with files has `own_body_limit`; one of the API may have `most_bytes`.
        """
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = getattr(getattr(view, "view_class", None), "most_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        small = length.isdigit() and int(length) <= most
        if small or getattr(view, "own_body_limit", False):
            return None
        refuse: Callable[..., HttpResponseBase] = get_resolver().resolve_error_handler(400)
        return refuse(request, RequestDataTooBig())

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A client that hung up in the middle of its request is no fault of ours: 400 instead of an error report."""
        if isinstance(exception, UnreadablePostError):
            raise BadRequest from exception

    def _finish(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        response.setdefault("Permissions-Policy", _PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.status_code == 304:
            # Django counts the empty body; the header would speak of the full answer (RFC 9110 §8.6).
            response.headers.pop("Content-Length", None)
        session = getattr(request, "session", None)
        if session is not None and session.accessed:
            # Made for one person: neither a shared cache nor the browser of a shared computer may keep it.
            response.setdefault("Cache-Control", "private, no-store")
        route = route_name(request)
        metrics.observe(route=route, method=request.method or "", status=response.status_code, seconds=seconds)
        facts = {
            "route": route,
            "method": request.method if request.method in metrics.METHODS else "other",
            "status": response.status_code,
            "duration_ms": round(seconds * 1000, 1),
        }
        if isinstance(response, HttpResponse):
            facts["bytes"] = len(response.content)
        quiet = route == "static" or request.path_info in _PROBES
        log.log(logging.DEBUG if quiet else logging.INFO, "request", extra=facts)


class PolicyMiddleware(CSPMiddleware):
    """django-csp's, which puts the policy together anew for each answer: a twenty-fifth of a page.

    Nearly all answers have the policy of the settings, written here once; those with a wish of their own go its way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.policy = build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """No page has a nonce: nothing stands inline."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.DEBUG or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.setdefault("Content-Security-Policy", self.policy)
        return response


def route_name(request: HttpRequest) -> str:
    """Return the name of the route that answered, "static" for static files, "unmatched" for none."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name or "unnamed"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "unmatched"


def _id_of(request: HttpRequest) -> str:
    """Return the proxy's id if it is well-formed, else a new one of letters only (no log net takes it for a number)."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if _WELL_FORMED.fullmatch(given):
        return str(given)
    return secrets.token_bytes(20).translate(_LETTERS).decode()
