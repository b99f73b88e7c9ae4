"""The session of somebody who logged in: a new key, its method and time; and the cookie of browsers once proved."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.actions import security
from accounts.actions.login import BROWSERS_KEPT, TRUST_DAYS, record_login, trust_browser
from accounts.actions.sessions import forget_sessions
from accounts.kept_forms import KEPT, carried
from accounts.models import User
from accounts.rules.devices import device_of
from accounts.session_store import BEGAN, DEVICE, METHOD, SEEN
from accounts.stepup import STRONG, note_proof
from vssid.notices.kinds import Kind

BROWSER_COOKIE = "__Host-browser" if settings.HTTPS else "browser"
KEY, EXTENDED = "browser_key", "extended"
EXTENSIONS = 10
# The insured person of a child whom this session looks at.
ACTING = "acting_for"
_SALT = "accounts.browser"


@transaction.atomic
def begin_session(request: HttpRequest, user: User, *, method: str, at: datetime, new_browser: bool = False) -> None:
    """Log `user` in: what the anonymous session held is dropped, the key is new, the audit knows.

    `method` is "password", "vneid" or "totp".
    """
    typed = carried(request, user, at=at)
    request.session.flush()
    open_session(request, user, method=method, at=at)
    if typed is not None:
        request.session[KEPT] = typed
    if new_browser:
        note_proof(request, method="otp", at=at)
    elif method in STRONG:
        note_proof(request, method=method, at=at)
    record_login(user=user, method=method, new_browser=new_browser, at=at)
    if new_browser:
        key = f"new-browser:{user.pk}:{int(at.timestamp() * 1000)}"
        security.tell(user, Kind.SECURITY_NEW_BROWSER, key=key, at=at)


def open_session(request: HttpRequest, user: User, *, method: str, at: datetime) -> None:
    """Give the browser a session of this user's; staff have one at a time."""
    login(request, user)
    stamp(request, at=at)
    request.session[METHOD] = method
    request.session[DEVICE] = device_of(request.headers.get("user-agent", ""))
    if user.is_staff:
        forget_sessions(user, keep=request.session.session_key)


def prove_again(request: HttpRequest, *, method: str, at: datetime) -> None:
    """The session's owner has just proved themselves once more: it goes on under a new key."""
    note_proof(request, method=method, at=at)
    request.session.cycle_key()


def logged_in(request: HttpRequest) -> User:
    """Return the user of a view that needs a login."""
    assert isinstance(request.user, User)
    return request.user


def stamp(request: HttpRequest, *, at: datetime) -> None:
    """Set the session's beginning to `at`: limits count from here."""
    request.session[BEGAN] = request.session[SEEN] = int(at.timestamp())


def end_of_session(request: HttpRequest, user: User) -> datetime:
    """Return when the session ends if nobody is active from now on."""
    began, seen = request.session[BEGAN], request.session[SEEN]
    life = settings.STAFF_SESSION_SECONDS if user.is_staff else settings.SESSION_COOKIE_AGE
    return datetime.fromtimestamp(min(seen + settings.IDLE_SECONDS, began + life), UTC)


def stay(request: HttpRequest, *, at: datetime) -> int | None:
    """Count as activity because somebody asked to stay; return how often more that works, None when it does not."""
    used = request.session.get(EXTENDED, 0)
    if used >= EXTENSIONS:
        return None
    request.session[EXTENDED] = used + 1
    request.session[SEEN] = int(at.timestamp())
    return EXTENSIONS - used - 1


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
