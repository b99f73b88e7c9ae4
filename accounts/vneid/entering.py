"""The session of somebody whom VNeID let in."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.actions import vneid_sessions
from accounts.models import User
from accounts.sessions import begin_session
from accounts.vneid import client
from accounts.vneid.client import Arrival

PENDING = "vneid_pending"


def enter(
    request: HttpRequest, user: User, *, next_page: str, sid: str, goodbye: str, at: datetime
) -> HttpResponseRedirect:
    """Log in: the session has a new key and knows that VNeID vouched for level 2, and how to log out there."""
    begin_session(request, user, method="vneid", at=at)
    vneid_sessions.note(request.session, sid=sid, goodbye=goodbye)
    return HttpResponseRedirect(next_page or reverse(settings.LOGIN_REDIRECT_URL))


def goodbye_address(arrival: Arrival, *, at: datetime) -> str:
    """Where to log out of VNeID later (OpenID Connect RP-Initiated Logout 1.0); empty when it offers that nowhere."""
    address = client.issuer().metadata.get(at).end_session_endpoint
    if not address or not arrival.id_token:
        return ""
    asked = {
        "id_token_hint": arrival.id_token,
        "client_id": settings.VNEID_CLIENT_ID,
        "post_logout_redirect_uri": settings.PUBLIC_BASE_URL + reverse("accounts:logout"),
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def leave(request: HttpRequest, address: str) -> HttpResponse:
    """Send a browser that sent a form to VNeID: a page that leads on, for form-action holds for redirects as well."""
    return render(request, "accounts/vneid/leave.html", {"address": address})
