"""Makes the secrets of one installation."""

from __future__ import annotations

import secrets

NAMES = (
    "SECRET_KEY",
    "FIELD_ENCRYPTION_KEYS",
    "LOOKUP_KEY",
    "OTP_KEY",
    "PASSWORD_PEPPERS",
    "CARD_SIGNING_KEY",
    "VNEID_CLIENT_SECRET",
    "VAPID_PRIVATE_KEY",
)


def new_keys() -> dict[str, str]:
    """Fresh values, each on one line, for every variable of NAMES."""
    key = secrets.token_urlsafe
    return dict(
        zip(NAMES, (key(50), f"k1:{key(32)}", key(32), key(32), f"p1:{key(32)}", _pem(), key(32), _pem()), strict=True)
    )


def _pem() -> str:
    """A P-256 private key (PEM) with its line breaks written as \\n, so that it fits a line."""
    # Imported late: a start with keys at hand does without.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode().strip().replace("\n", "\\n")
