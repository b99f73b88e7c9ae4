"""Keyed hashes: equal values can be found and codes checked, yet a copy of the database tells neither."""

import hmac

from django.conf import settings


def keyed_hash(value: str, *, kind: str, key: bytes | None = None) -> bytes:
    """Return 32 bytes by which an encrypted `value` is looked up; `kind` keeps e.g. phones and ID numbers apart.

    `key` is LOOKUP_KEY; `manage.py rekey_lookups` alone names another.
    """
    return _hmac(settings.LOOKUP_KEY if key is None else key, kind, value)


def code_hash(value: str, *, context: str) -> bytes:
    """Return 32 bytes by which a one-time code is checked; `context` binds it to its challenge."""
    return _hmac(settings.OTP_KEY, context, value)


def _hmac(key: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(key, f"{kind}\0{value}".encode(), "sha256")
