"""The flow: send the browser to the provider, take its answer, and say who is there.

Authorization code with PKCE (S256) and state, in one of two dialects: `oidc.py`, or `wrapped.py` where VNEID_DIALECT
says so. What Authlib leaves open is checked in `checks.py`.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from types import ModuleType

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from accounts.actions.vneid_claims import Purpose, VNeIDClaims
from accounts.vneid import attempts, checks, oidc, wrapped
from accounts.vneid.attempts import Attempt
from accounts.vneid.errors import LevelTooLow, LoginCancelled, VNeIDRefused, VNeIDUnavailable
from accounts.vneid.exchange import authorization_address, short
from accounts.vneid.metadata import Provider, provider

DIALECTS: dict[str, ModuleType] = {"oidc": oidc, "wrapped": wrapped}
# What a provider's error response means to the citizen; any other is a refusal.
RESPONSE_ERRORS = {
    "access_denied": LoginCancelled,
    "server_error": VNeIDUnavailable,
    "temporarily_unavailable": VNeIDUnavailable,
    "unmet_authentication_requirements": LevelTooLow,
}


@dataclass(frozen=True)
class Arrival:
    """Who came back from the provider, for which attempt; the ID token and the provider's session, perhaps empty."""

    claims: VNeIDClaims
    attempt: Attempt
    id_token: str = field(default="", repr=False)
    sid: str = field(default="", repr=False)


def issuer() -> Provider:
    """What this process knows of the provider that the settings name."""
    return provider(settings.VNEID_ISSUER, pinned=settings.VNEID_DIALECT == "wrapped")


def needs_second_factor() -> bool:
    """Whether the dialect is too weak to open an account by itself."""
    return bool(DIALECTS[settings.VNEID_DIALECT].SECOND_FACTOR)


def begin(
    session: SessionBase,
    *,
    at: datetime,
    language: str,
    purpose: Purpose = Purpose.LOGIN,
    next_page: str = "",
    user: int | None = None,
    other: bool = False,
) -> str:
    """Remember an attempt in the session and return the provider's address to send the browser to.

    `other` asks the provider to let the citizen choose another account. Raises VNeIDUnavailable or VNeIDRefused.
    """
    metadata = issuer().metadata.get(at)
    attempt = Attempt(asked_at=at.timestamp(), purpose=purpose.value, next=next_page, user=user)
    state = attempts.keep(session, attempt, at=at)
    asked = DIALECTS[settings.VNEID_DIALECT].asked(attempt) | {"ui_locales": language}
    if other or attempt.max_age == 0:
        asked["prompt"] = "login"
    return authorization_address(metadata, attempt, state, **asked)


def finish(session: SessionBase, answer: QueryDict, *, at: datetime) -> Arrival:
    """Return who logged in, from the answer that the browser brought back. Raises a VNeIDError.

    When the provider fails now, the browser may bring the same answer once more.
    """
    attempt = attempts.take(session, answer.getlist("state"), at=at)
    try:
        return _identify(answer, attempt, at)
    except VNeIDUnavailable:
        if not attempt.retried and "code" in answer:
            attempts.keep(session, replace(attempt, retried=True), at=at, state=str(answer["state"]))
        raise


def _identify(answer: QueryDict, attempt: Attempt, at: datetime) -> Arrival:
    known = issuer()
    metadata = known.metadata.get(at)
    checks.check_response_issuer(answer.getlist("iss"), promised=metadata.promises_issuer)
    if "error" in answer:
        error = str(answer["error"])
        raise RESPONSE_ERRORS.get(error, VNeIDRefused)(short(error))
    claims, id_token, sid = DIALECTS[settings.VNEID_DIALECT].identify(known, metadata, answer, attempt, at)
    return Arrival(claims, attempt, id_token, sid)
