"""The session of somebody who logged in: a new key, its method and time; and the cookie of browsers once proved."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.actions.login import BROWSERS_KEPT, TRUST_DAYS, record_login, trust_browser
from accounts.models import User
from accounts.stepup import STRONG, note_proof

BROWSER_COOKIE = "__Host-browser" if settings.HTTPS else "browser"
BEGAN, SEEN, METHOD, KEY = "began", "seen", "method", "browser_key"
# The insured person of a child whom this session looks at.
ACTING = "acting_for"
_SALT = "accounts.browser"


def begin_session(request: HttpRequest, user: User, *, method: str, at: datetime, new_browser: bool = False) -> None:
    """Log `user` in: what the anonymous session held is dropped, the key is new, the audit knows.

    `method` is "password", "vneid" or "totp".
    """
    request.session.flush()
    login(request, user)
    stamp(request, at=at)
    request.session[METHOD] = method
    if new_browser:
        note_proof(request, method="otp", at=at)
    elif method in STRONG:
        note_proof(request, method=method, at=at)
    record_login(user=user, method=method, new_browser=new_browser, at=at)


def logged_in(request: HttpRequest) -> User:
    """Return the user of a view that needs a login."""
    assert isinstance(request.user, User)
    return request.user


def stamp(request: HttpRequest, *, at: datetime) -> None:
    """Set the session's beginning to `at`: limits count from here."""
    request.session[BEGAN] = request.session[SEEN] = int(at.timestamp())


def browser_tokens(request: HttpRequest) -> list[str]:
    """Return the tokens of this browser's cookie, none when it is missing, old or not ours."""
    try:
        value = signing.loads(request.COOKIES.get(BROWSER_COOKIE, ""), salt=_SALT, max_age=TRUST_DAYS * 86400)
    except signing.BadSignature:
        return []
    return [token for token in value if isinstance(token, str)][:BROWSERS_KEPT] if isinstance(value, list) else []


def remember_browser(request: HttpRequest, response: HttpResponseBase, user: User, *, at: datetime) -> None:
    """Let this browser pass without a code for 30 days."""
    tokens = trust_browser(user=user, tokens=browser_tokens(request), at=at)
    response.set_cookie(
        BROWSER_COOKIE,
        signing.dumps(tokens, salt=_SALT),
        max_age=TRUST_DAYS * 86400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def browser_key(request: HttpRequest) -> str:
    """Return the session's random key that one-time codes are bound to; it is made on first use."""
    key = request.session.get(KEY)
    if not key:
        key = request.session[KEY] = secrets.token_urlsafe(24)
    return str(key)
