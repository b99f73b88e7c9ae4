"""Log-ins under way in a browser: kept in its Django session for ten minutes, at most three, each used once."""

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from accounts.actions.vneid_claims import Purpose
from accounts.vneid.errors import LoginExpired

ATTEMPTS = "vneid_attempts"
ATTEMPT_SECONDS = 600
ATTEMPTS_LIVE = 3
# How old, in seconds, a log-in at the provider may be (security.md §3.3); whoever proves it anew logs in anew.
MAX_AGE = {Purpose.STEP_UP: 0, Purpose.RECOVER: 0}
MAX_AGE_OTHERWISE = 300


@dataclass(frozen=True)
class Attempt:
    """One log-in under way; `asked_at` in seconds since 1970, `user` whoever was logged in when it began.

    `retried` when the provider failed once on the way back and the browser may bring the same answer again.
    """

    asked_at: float
    purpose: str = Purpose.LOGIN
    next: str = ""
    user: int | None = None
    retried: bool = False
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    @property
    def max_age(self) -> int:
        """Seconds that the log-in at the provider may be old."""
        return MAX_AGE.get(Purpose(self.purpose), MAX_AGE_OTHERWISE)


def keep(session: SessionBase, attempt: Attempt, *, at: datetime, state: str = "") -> str:
    """Remember the attempt and return the state that names it; the oldest of three gives way."""
    state = state or secrets.token_urlsafe(32)
    kept = sorted(_live(session, at).items(), key=lambda item: item[1]["asked_at"])[-(ATTEMPTS_LIVE - 1) :]
    session[ATTEMPTS] = {**dict(kept), state: asdict(attempt)}
    return state


def take(session: SessionBase, states: list[str], *, at: datetime) -> Attempt:
    """The attempt that the one state names; it is gone from the session afterwards. Raises LoginExpired."""
    live = _live(session, at)
    if len(states) != 1 or states[0] not in live:
        raise LoginExpired("state")
    attempt = live.pop(states[0])
    session[ATTEMPTS] = live
    return Attempt(**attempt)


def _live(session: SessionBase, at: datetime) -> dict[str, dict[str, Any]]:
    attempts: dict[str, dict[str, Any]] = session.get(ATTEMPTS, {})
    born = at.timestamp() - ATTEMPT_SECONDS
    return {state: attempt for state, attempt in attempts.items() if attempt["asked_at"] > born}
