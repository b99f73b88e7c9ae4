"""What every view of the API shares: limits, known parameters, field masks, and who may keep an answer."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vssid.api.fields import masked
from vssid.api.renderers import JSONRenderer
from vssid.errors import DomainError, TooMany
from vssid.ops import limits
from vssid.ops.client import place_of

PUBLIC_SECONDS = 300
ACCEPTED = frozenset({"*/*", "application/json", "application/json, */*", "application/json, text/plain, */*"})


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` calls in each stretch of `seconds` by one address without a token, one citizen's consent, or one client.

    Views that name the same limit share its count.
    """

    name: str
    most: int
    per: Literal["address", "token", "application"]
    seconds: int = 60


APPLICATION = Limit("application", 6000, "application")
READS = (Limit("anonymous", 60, "address"), Limit("reads", 120, "token"), APPLICATION)
WRITES = (Limit("anonymous-writes", 20, "address"), Limit("writes", 30, "token"), APPLICATION)
# Calls with a token that is none: nobody tries many.
REFUSED = Limit("refused", 60, "address")
_METHODS: dict[type, list[str]] = {}


class LengthRequired(DomainError):
    """A body in chunks: it would be taken for none."""

    code = "length_required"
    status = 411
    message = gettext_lazy("Send the body in one piece, with its length (Content-Length).")


class ApiView(APIView):
    """The base of all views under /api/v1/. Subclasses declare, each by one attribute:

    `limits`: what counts against this view; `query`: the parameters it takes beside `fields` (any other is a 400);
    `personal`: False for what is the same for everybody, which caches may keep and which has an ETag;
    `most_bytes`: the largest body; `refusals`: statuses of its own, for the description.
    """

    limits: tuple[Limit, ...] = READS
    query: tuple[str, ...] = ()
    personal = True
    refusals: tuple[str, ...] = ()
    most_bytes: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    # OPTIONS is refused, so Allow does not name it.
    http_method_names = ("get", "head", "post")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, allow, count; then refuse parameters nobody knows."""
        try:
            super().initial(request, *args, **kwargs)
        except (NotAuthenticated, AuthenticationFailed):
            self._take([(REFUSED, place_of(request._request))])
            raise
        except PermissionDenied:
            # What a token does not open counts like what it does.
            self.check_throttles(request)
            raise
        if request.method == "POST" and _has_no_length(request._request):
            raise LengthRequired
        asked = request._request.GET
        if unknown := [name for name in asked if name != "fields" and name not in self.query]:
            raise ValidationError({name: [_("This address has no such parameter.")] for name in unknown})
        if repeated := [name for name, values in asked.lists() if len(values) > 1]:
            raise ValidationError({name: [_("This parameter stands here more than once.")] for name in repeated})

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Nearly all programs ask for what there is, or for anything: then nothing is to be weighed (30 µs)."""
        if request._request.META.get("HTTP_ACCEPT", "*/*") in ACCEPTED:
            [renderer] = self.get_renderers()
            return renderer, renderer.media_type
        return super().perform_content_negotiation(request, force)

    def check_throttles(self, request: Request) -> None:
        """Count this call against the view's limits. Raises TooMany."""
        token: Any = request.auth
        if token is None:
            whose = {"address": place_of(request._request)}
        else:
            # A new token of the same consent is no new allowance.
            application = str(token.application_id)
            whose = {"application": application, "token": f"{application}-{token.user_id or ''}"}
        self._take([(limit, whose[limit.per]) for limit in self.limits if limit.per in whose])

    def _take(self, wanted: Sequence[tuple[Limit, str]]) -> None:
        factor = settings.API_LIMITS_FACTOR
        if not wanted:
            return
        counts = limits.take([(f"api-{one.name}", whose, one.most * factor, one.seconds) for one, whose in wanted])
        self._counts = counts
        if waits := [count.reset for count in counts if count.exceeded]:
            raise TooMany(retry_after=max(waits))

    @property
    def allowed_methods(self) -> list[str]:
        """The same for each view of a class: looked for once. Where there is GET, there is HEAD."""
        if (known := _METHODS.get(type(self))) is None:
            has = [name for name in self.http_method_names if hasattr(self, "get" if name == "head" else name)]
            known = _METHODS[type(self)] = [name.upper() for name in has]
        return known

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep the asked fields only, and say what is left of the limits and whether the answer may be kept.

        A method that reads may return its data alone. They become bytes here, without what a Response prepares for
        templates and other formats (a twelfth of a short call).
        """
        asked, data = request._request, not isinstance(response, HttpResponseBase)
        good = asked.method in {"GET", "HEAD"} and (data or _is_answer(response))
        if good and "fields" in asked.GET:
            try:
                response = _part_of(response, asked.GET["fields"])
            except ValidationError as error:
                response, data, good = self.handle_exception(error), False, False
        if data:
            response = HttpResponse(JSONRenderer().render(response), content_type=JSONRenderer.media_type)
        response = super().finalize_response(request, response, *args, **kwargs)
        if counts := getattr(self, "_counts", None):
            response["RateLimit-Policy"] = ", ".join(f'"{one.name}";q={one.most};w={one.seconds}' for one in counts)
            response["RateLimit"] = ", ".join(f'"{one.name}";r={one.left};t={one.reset}' for one in counts)
        if not good or self.personal:
            response["Cache-Control"] = "no-store"
            return response
        response["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
        if data:
            return _conditional(asked, response) or response
        response.add_post_render_callback(lambda rendered: _conditional(asked, rendered))
        return response


class PublicView(ApiView):
    """A view for anybody: no token is asked for, and what a GET answers is the same for all."""

    authentication_classes = ()
    permission_classes = ()
    personal = False


def _has_no_length(request: HttpRequest) -> bool:
    return "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH")


def _is_answer(response: HttpResponseBase) -> bool:
    return isinstance(response, Response) and response.status_code < 300


def _part_of(answer: Any, fields: str) -> Any:
    if not isinstance(answer, Response):
        return masked(answer, fields)
    answer.data = masked(answer.data, fields)
    return answer


def _conditional(request: HttpRequest, response: Any) -> HttpResponseBase | None:
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    if answer is None or answer is response:
        return None
    for name in ("RateLimit-Policy", "RateLimit"):
        if name in response:
            answer[name] = response[name]
    return answer
