"""The way out to the provider, the way back by what it was for, and the provider's word that a session has ended."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import registration_vneid, vneid_claims, vneid_links, vneid_sessions
from accounts.actions import vneid as actions
from accounts.actions.vneid import PendingLink
from accounts.actions.vneid_claims import Purpose
from accounts.models import User
from accounts.sessions import logged_in, prove_again
from accounts.vneid import checks, client
from accounts.vneid.client import Arrival
from accounts.vneid.entering import PENDING, enter, goodbye_address
from accounts.vneid.errors import LoginExpired, VNeIDError, VNeIDRefused
from accounts.vneid.oidc import claims_of
from accounts.vneid.outcomes import CASES, refuse
from vssid.errors import DomainError

logger = logging.getLogger(__name__)
# What a plain link may ask for; linking needs the button on the account's page.
BY_LINK = {Purpose.LOGIN, Purpose.REGISTER, Purpose.RECOVER, Purpose.STEP_UP}
LOGOUT_TOKEN_BYTES = 16 * 1024


@login_not_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to VNeID: `purpose` says why, `next` where to go afterwards, `other` lets one choose."""
    own_address = settings.PUBLIC_BASE_URL
    if _other_name_of_this_machine(request, own_address):
        return HttpResponseRedirect(own_address + request.get_full_path())
    at, asked = timezone.now(), request.GET.get("purpose")
    purpose = next((purpose for purpose in BY_LINK if purpose.value == asked), Purpose.LOGIN)
    try:
        address = client.begin(
            request.session,
            at=at,
            language=get_language() or "vi",
            purpose=purpose,
            next_page=own_page(request),
            user=request.user.pk,
            other="other" in request.GET,
        )
    except VNeIDError as error:
        return refuse(request, error, at)
    return HttpResponseRedirect(address)


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take VNeID's answer: in, on to what it was for, or told why not."""
    at = timezone.now()
    try:
        arrival = client.finish(request.session, request.GET, at=at)
        return ARRIVALS[Purpose(arrival.attempt.purpose)](request, arrival, at)
    except DomainError as error:
        return refuse(request, error, at)


def _logged_in(request: HttpRequest, arrival: Arrival, at: datetime) -> HttpResponse:
    """In, or on to the confirmation; whoever has no account can register with what VNeID said."""
    claims, attempt, again = arrival.claims, arrival.attempt, client.needs_second_factor()
    try:
        found = actions.resolve_login(claims=claims, second_factor=again, at=at)
    except actions.NoAccount as error:
        vouched = not again and registration_vneid.keep(request.session, claims=claims, at=at)
        if vouched and attempt.purpose == Purpose.REGISTER:
            return HttpResponseRedirect(reverse("accounts:register-vneid"))
        return refuse(request, error, at, ways=("vouched", *CASES[error.code]) if vouched else ())
    goodbye = goodbye_address(arrival, at=at)
    if isinstance(found, PendingLink):
        request.session[PENDING] = {
            "link": asdict(found),
            "next": attempt.next,
            "sid": arrival.sid,
            "goodbye": goodbye,
        }
        return HttpResponseRedirect(reverse("accounts:vneid-link"))
    actions.note_login(user=found, claims=claims, at=at)
    return enter(request, found, next_page=attempt.next, sid=arrival.sid, goodbye=goodbye, at=at)


def _linked(request: HttpRequest, arrival: Arrival, at: datetime) -> HttpResponse:
    """Link with the account of whoever pressed the button; the session goes on as one that VNeID opened."""
    user = vneid_links.link_own(user=_same_user(request, arrival), claims=arrival.claims, at=at)
    goodbye = goodbye_address(arrival, at=at)
    return enter(request, user, next_page=arrival.attempt.next, sid=arrival.sid, goodbye=goodbye, at=at)


def _stepped_up(request: HttpRequest, arrival: Arrival, at: datetime) -> HttpResponse:
    """The session has proved level 2 just now."""
    if client.needs_second_factor():
        return _logged_in(request, arrival, at)
    user = _same_user(request, arrival)
    vneid_links.require_own(user=user, claims=arrival.claims)
    prove_again(request, method="vneid", at=at)
    actions.note_step_up(user=user, at=at)
    return HttpResponseRedirect(arrival.attempt.next or reverse("accounts:account"))


def _recovered(request: HttpRequest, arrival: Arrival, at: datetime) -> HttpResponse:
    """What VNeID said is kept for the page that asked; a dialect that signs nothing recovers nothing."""
    if client.needs_second_factor():
        raise VNeIDRefused("weak_dialect")
    vneid_claims.keep(request.session, arrival.claims, purpose=Purpose.RECOVER, at=at)
    return HttpResponseRedirect(arrival.attempt.next or reverse("accounts:login"))


ARRIVALS: dict[Purpose, Callable[[HttpRequest, Arrival, datetime], HttpResponse]] = {
    Purpose.LOGIN: _logged_in,
    Purpose.REGISTER: _logged_in,
    Purpose.LINK: _linked,
    Purpose.STEP_UP: _stepped_up,
    Purpose.RECOVER: _recovered,
}


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def backchannel(request: HttpRequest) -> HttpResponse:
    """The provider says that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8)."""
    at, token = timezone.now(), request.POST.get("logout_token", "")
    try:
        if client.needs_second_factor() or not token or len(token) > LOGOUT_TOKEN_BYTES:
            raise VNeIDRefused("logout_token")
        claims = claims_of(token, client.issuer(), at)
        subject, sid = checks.check_logout_token(claims, at=at)
        # Told twice is no harm: there is nothing left to end.
        if cache.add(f"vneid-logout:{claims['jti']}", 1, timeout=checks.LIFE):
            vneid_sessions.end_named(issuer=settings.VNEID_ISSUER, subject=subject, sid=sid, at=at)
    except VNeIDError as error:
        logger.warning("A logout token was refused: %s", error.cause)
        status = 503 if error.status == 503 else 400
        return JsonResponse({"error": "invalid_request", "error_description": error.cause}, status=status)
    return HttpResponse(status=200)


def own_page(request: HttpRequest) -> str:
    """The page to go to afterwards, when it is one of ours; empty otherwise."""
    wanted = request.GET.get("next", "")[:500]
    own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if own else ""


def _same_user(request: HttpRequest, arrival: Arrival) -> User:
    """Whoever is logged in, if it is who went to VNeID."""
    if not request.user.is_authenticated or request.user.pk != arrival.attempt.user:
        raise LoginExpired("user")
    return logged_in(request)


def _other_name_of_this_machine(request: HttpRequest, own_address: str) -> bool:
    """Whether the browser called us 127.0.0.1 where we call ourselves localhost: its cookies would not come back."""
    names, asked = {"localhost", "127.0.0.1"}, request.get_host().partition(":")[0]
    own = urlsplit(own_address).hostname
    return asked != own and {asked, own} == names
