"""Makes the secrets of one installation."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def new_keys() -> dict[str, str]:
    """Fresh values, each on one line, for every variable that must stay secret."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_ENCRYPTION_KEYS": f"k1:{secrets.token_urlsafe(32)}",
        "LOOKUP_KEY": secrets.token_urlsafe(32),
        "OTP_KEY": secrets.token_urlsafe(32),
        "PASSWORD_PEPPERS": f"p1:{secrets.token_urlsafe(32)}",
        "CARD_SIGNING_KEY": _signing_key().replace("\n", "\\n"),
        "VNEID_CLIENT_SECRET": secrets.token_urlsafe(32),
    }


def _signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode().strip()
