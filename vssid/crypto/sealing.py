"""AES-256-GCM with a key id in front, so that keys rotate without a standstill."""

import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = 1
NONCE_BYTES = 12


class DecryptionFailed(Exception):
    """The value was damaged, moved from elsewhere, or is no sealed value."""


class UnknownKey(DecryptionFailed):
    """The value was sealed with a key that FIELD_ENCRYPTION_KEYS does not hold."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"FIELD_ENCRYPTION_KEYS has no key {key_id!r}; add it behind the current key")
        self.key_id = key_id


def encrypt(data: bytes, *, context: str) -> bytes:
    """Return `data` sealed with the first key; it opens only under the same `context`."""
    header = current_header()
    nonce = secrets.token_bytes(NONCE_BYTES)
    _, key = settings.FIELD_ENCRYPTION_KEYS[0]
    return header + nonce + _cipher(key).encrypt(nonce, data, header + context.encode())


def decrypt(blob: bytes, *, context: str) -> bytes:
    """Return what was sealed; raise UnknownKey or DecryptionFailed."""
    if len(blob) < 2 or blob[0] != VERSION:
        raise DecryptionFailed("this is no sealed value")
    start = 2 + blob[1]
    header, nonce, sealed = blob[:start], blob[start : start + NONCE_BYTES], blob[start + NONCE_BYTES :]
    try:
        return _cipher(_key(header[2:])).decrypt(nonce, sealed, header + context.encode())
    except (InvalidTag, ValueError):
        raise DecryptionFailed(f"a sealed value does not open as {context}") from None


def current_header() -> bytes:
    """Return the bytes that begin every value sealed with the first key."""
    key_id = settings.FIELD_ENCRYPTION_KEYS[0][0].encode("ascii")
    return bytes([VERSION, len(key_id)]) + key_id


def _key(key_id: bytes) -> bytes:
    for known, key in settings.FIELD_ENCRYPTION_KEYS:
        if known.encode("ascii") == key_id:
            return key
    raise UnknownKey(key_id.decode("ascii", "replace"))


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
