"""The token of a registration begun by a program: who holds it, goes on with that one declaration and no other.

Nothing of it is kept: it is a random key with a keyed hash of that key and of the declaration's id. The key takes the
place of a browser's where one-time codes are bound to who asked for them.
"""

import secrets
from hmac import compare_digest
from uuid import UUID

from django.utils.crypto import salted_hmac


def issue(registration: UUID) -> str:
    """Return a new token for a registration."""
    key = secrets.token_urlsafe(24)
    return f"{key}.{_seal(registration, key)}"


def key_in(token: str, registration: UUID) -> str | None:
    """Return the key of a token if it is one for this registration."""
    key, _dot, seal = token.partition(".")
    return key if compare_digest(seal.encode(), _seal(registration, key).encode()) else None


def _seal(registration: UUID, key: str) -> str:
    return salted_hmac("accounts.registration_token", f"{registration}.{key}", algorithm="sha256").hexdigest()
