"""The account: how the portal reaches and recognises its owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actions.consents import held_by
from accounts.actions.own_account import history_of
from accounts.actions.sessions import sessions_of
from accounts.models import User, VNeIDLink
from accounts.rules.devices import way_in, words_for
from accounts.rules.scopes import CITIZEN
from accounts.sessions import logged_in
from accounts.views.protection import lines
from vssid.identifiers import mask_phone

LATELY = 5


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show contacts, ways of logging in and this session."""
    user, at = logged_in(request), timezone.now()
    context = {
        "phone": mask_phone(user.phone or ""),
        "email": mask_email(user.email or ""),
        "passkeys": user.passkeys.all(),
        "link": VNeIDLink.objects.filter(user=user).first(),
        "consents": [
            {"consent": one, "words": [CITIZEN[name] for name in one.scopes if name in CITIZEN]}
            for one in held_by(user, at=at)
        ],
        "sessions": sessions(request, user, at),
        "history": lines(history_of(user)[:LATELY]),
        "idle_minutes": settings.IDLE_SECONDS // 60,
        "most_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "accounts/account/account.html", context)


def sessions(request: HttpRequest, user: User, at: datetime) -> list[dict[str, Any]]:
    """Return the sessions for their section, this one first."""
    here = request.session.session_key
    shown = [
        {
            "here": one.session_key == here,
            "handle": one.handle,
            "device": words_for(one.device),
            "began": one.began_at,
            "method": way_in(one.method),
            "seen": one.seen_at,
        }
        for one in sessions_of(user, at=at)
    ]
    return sorted(shown, key=lambda one: not one["here"])


def mask_email(email: str) -> str:
    """Return an address with its name hidden but for the first sign."""
    name, at_sign, domain = email.partition("@")
    return f"{name[:1]}•••{at_sign}{domain}" if at_sign else ""
