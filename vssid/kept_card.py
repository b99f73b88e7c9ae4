"""The pass of a card that a browser keeps: by it the browser asks later, logged out, whether it may keep it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing

_SALT = "vssid.kept-card"


@dataclass(frozen=True)
class Pass:
    """Whose card was kept, at which version of the account's sessions, and when."""

    user: int
    session_version: int
    at: datetime

    def __str__(self) -> str:
        return signing.dumps([self.user, self.session_version, self.at.timestamp()], salt=_SALT)


def read_pass(text: str) -> Pass | None:
    """Return the pass that was written so; None when it is not ours."""
    try:
        user, version, moment = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    return Pass(user, version, datetime.fromtimestamp(moment, UTC))
