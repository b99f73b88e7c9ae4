"""The code on a BHYT card's QR picture: a signed statement that lives five minutes and carries no personal data but the
card number.

A compact JWS (RFC 7515) by ES256; whoever scans it checks it with the public key at /.well-known/jwks.json, or asks
the portal, which also knows revoked cards.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

LIFETIME = timedelta(minutes=5)
_CLOCK_SKEW = timedelta(seconds=30)
_ALGORITHM = "ES256"

Status = Literal["valid", "ended", "unknown_key", "invalid"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a token says. The card's number and last day are there only when the signature is ours."""

    status: Status
    number: str = ""
    valid_to: date | None = None


def sign(number: str, valid_to: date, at: datetime) -> tuple[str, datetime]:
    """A token for a card, and when it ends."""
    key = _signing_key(settings.CARD_SIGNING_KEY)
    expires_at = at.replace(microsecond=0) + LIFETIME
    claims = {
        "v": 1,
        "n": number,
        "e": valid_to.isoformat(),
        "iat": int(at.timestamp()),
        "exp": int(expires_at.timestamp()),
        "jti": secrets.token_urlsafe(6),
    }
    header = {"alg": _ALGORITHM, "kid": key.kid}
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return jws.serialize_compact(header, payload, key, [_ALGORITHM]), expires_at


def verify(token: str, at: datetime) -> Checked:
    """Whether a token is ours and still lives; never raises on what somebody sends.

    `ended` is told both of a token past its five minutes and of a card past its last day.
    """
    key = _signing_key(settings.CARD_SIGNING_KEY)
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
        if header.get("kid") != key.kid:
            return Checked("unknown_key")
        claims: dict[str, Any] = json.loads(jws.deserialize_compact(token, key, [_ALGORITHM]).payload)
        number, valid_to = str(claims["n"]), date.fromisoformat(claims["e"])
        begins, ends = float(claims["iat"]), float(claims["exp"])
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return Checked("invalid")
    if at.timestamp() < begins - _CLOCK_SKEW.total_seconds():
        return Checked("invalid")
    alive = at.timestamp() < ends and timezone.localdate(at) <= valid_to
    return Checked("valid" if alive else "ended", number, valid_to)


def public_keys() -> dict[str, Any]:
    """The public half as a JWK set."""
    key = _signing_key(settings.CARD_SIGNING_KEY)
    public = key.as_dict(private=False, kid=key.kid, use="sig", alg=_ALGORITHM)
    return {"keys": [public]}


@cache
def _signing_key(pem: str) -> ECKey:
    key = ECKey.import_key(pem)
    # The thumbprint of RFC 7638 names the key: the same key has the same name on every machine.
    return ECKey.import_key(pem, {"kid": key.thumbprint()})
