"""A fresh proof before a sensitive act: who logged in hours ago shows once more that it is them (SP 800-63B-4 §2.2.3).

A proof is a code by SMS, a passkey, a login by VNeID, or the password where there is nothing better. The session keeps
`auth_methods` (how it was proved, newest last), `auth_level` (2: two factors, or VNeID of level 2) and `proved_at`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.actions.vneid_claims import Purpose

METHODS, LEVEL, PROVED = "auth_methods", "auth_level", "proved_at"
STRONG = frozenset({"otp", "passkey", "vneid"})
MINUTES = 20
MINUTES_FOR_CONTACTS = 5

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def note_proof(request: HttpRequest, *, method: str, at: datetime) -> None:
    """Write down that the session's owner just proved themselves: "password", "otp", "passkey" or "vneid"."""
    session = request.session
    methods = [used for used in session.get(METHODS, []) if used != method]
    session[METHODS] = [*methods, method]
    session[LEVEL] = 2 if STRONG & set(session[METHODS]) else 1
    session[PROVED] = int(at.timestamp())


def has_fresh_proof(request: HttpRequest, minutes: int = MINUTES) -> bool:
    """Tell whether the last proof in this session is at most so old. A password with which one logged in is none."""
    proved = request.session.get(PROVED)
    return proved is not None and timezone.now().timestamp() - proved <= minutes * 60


def fresh_proof(minutes: int = MINUTES) -> Callable[[View[P]], View[P]]:
    """Open a view only with a fresh proof: a reader is sent for one and comes back, a form is refused (403)."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if has_fresh_proof(request, minutes):
                return view(request, *args, **kwargs)
            address = f"{reverse('accounts:step-up')}?{urlencode({'next': request.get_full_path()})}"
            if request.method in {"GET", "HEAD"}:
                return redirect(address)
            return render(request, "accounts/stepup/needed.html", {"address": address}, status=403)

        return guarded

    return guard


def has_level2(request: HttpRequest) -> bool:
    """Tell whether this session was opened, or proved since, by a level-2 identity of VNeID."""
    return "vneid" in request.session.get(METHODS, [])


def requires_level2(view: View[P]) -> View[P]:
    """Open a view only to a session of level 2: others are sent to VNeID, and afterwards back to where they were."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if has_level2(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
        asked = urlencode({"purpose": Purpose.STEP_UP.value, "next": back})
        return redirect(f"{reverse('accounts:vneid-start')}?{asked}")

    return guarded
