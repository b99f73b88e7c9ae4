"""How passwords are kept: argon2id over the password keyed with a pepper that the database never sees."""

from __future__ import annotations

import hmac
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext_noop as _


class PepperedArgon2Hasher(Argon2PasswordHasher):
    """`argon2$argon2id$v=19$m=…,t=…,p=1$salt$hash$pepper id`.

    The password is brought to NFC, keyed by HMAC-SHA256 with a key of `PASSWORD_PEPPERS`, then hashed by argon2id. New
    hashes use the first pepper and the present parameters; an older one verifies and is replaced at the next login.
    A hash whose pepper is no longer in the settings verifies nothing.
    """

    parallelism = 1

    @property
    def time_cost(self) -> int:  # type: ignore[override]
        return int(settings.ARGON2_TIME)

    @property
    def memory_cost(self) -> int:  # type: ignore[override]
        return int(settings.ARGON2_MEMORY_KIB)

    def encode(self, password: str, salt: str) -> str:
        key_id, pepper = settings.PASSWORD_PEPPERS[0]
        return f"{super().encode(_peppered(password, pepper), salt)}${key_id}"

    def decode(self, encoded: str) -> dict[str, Any]:
        plain, key_id = encoded.rsplit("$", 1)
        return {**super().decode(plain), "pepper": key_id}

    def verify(self, password: str, encoded: str) -> bool:
        plain, key_id = encoded.rsplit("$", 1)
        # An unknown pepper costs the same time as a known one, and then fails.
        pepper = dict(settings.PASSWORD_PEPPERS).get(key_id, b"")
        return bool(super().verify(_peppered(password, pepper), plain)) and pepper != b""

    def must_update(self, encoded: str) -> bool:
        return self.decode(encoded)["pepper"] != settings.PASSWORD_PEPPERS[0][0] or bool(super().must_update(encoded))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return {**super().safe_summary(encoded), _("pepper"): self.decode(encoded)["pepper"]}


def _peppered(password: str, pepper: bytes) -> str:
    return hmac.digest(pepper, unicodedata.normalize("NFC", password).encode(), "sha256").hex()
