"""Django's sessions in database and cache; the row also knows whose it is. Named by the setting SESSION_ENGINE."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.utils.crypto import get_random_string

BEGAN, SEEN, METHOD, DEVICE = "began", "seen", "method", "device"
# Of a session that VNeID opened: its own name for it, and the address to log out of VNeID at, sealed.
VNEID_SID, VNEID_GOODBYE = "vneid_sid", "vneid_goodbye"


class SessionStore(CachedStore):
    """What the account's page shows of a session is copied out of it at each save."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return the model of the rows."""
        from accounts.models import Session  # settings name this module before models can be loaded

        return Session

    def cycle_key(self) -> None:
        """Give the session a new key. One that was never stored has none yet and gets it when it is saved."""
        if self.session_key is None:
            self.modified = True
        else:
            super().cycle_key()

    def save(self, must_create: bool = False) -> None:
        """Write row and cache, once each."""
        if self.session_key is None:
            self.create()
        else:
            super().save(must_create)

    def _get_new_session_key(self) -> str:
        """Return a random key without asking for it first: a row that has it already refuses the insert."""
        return get_random_string(32, VALID_KEY_CHARS)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row to save."""
        row: Any = super().create_model_instance(data)
        user = data.get(SESSION_KEY)
        if user is not None:
            row.user_id = int(user)
            row.began_at, row.seen_at = _moment(data.get(BEGAN)), _moment(data.get(SEEN))
            row.method, row.device = data.get(METHOD, ""), data.get(DEVICE, "")
            row.vneid_sid = data.get(VNEID_SID, "")
        return row


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
