"""The code on a BHYT card's QR picture: a signed statement that a clinic checks without asking anybody.

A compact JWS (RFC 7515) by ES256 whose header names the key. Two forms: on a screen it lives five minutes, so that a
photograph of it ages; on paper it lives as long as the card and is withdrawn through a signed list. Both hold what a
clinic compares with the patient's papers and nothing else: card number (with object, level and province), name, year of
birth, facility of first care, last day. `docs/decisions/0007-card-codes.md` argues the form.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
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
LIST_LIFETIME = timedelta(days=3)
_CLOCK_SKEW = timedelta(seconds=30)
_ALGORITHM = "ES256"
_CARD, _LIST, _FILES = "bhyt", "bhyt-revoked", "archive"
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)

Status = Literal["valid", "ended", "unknown_key", "invalid"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a code says of a card. `card` is the number of the row, which the list of revoked cards names."""

    card: int
    number: str
    holder: str
    birth_year: int
    facility: str
    valid_to: date


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a code; `said` and `issued_at` (seconds since 1970) only when the signature is ours."""

    status: Status
    said: Statement | None = None
    issued_at: int = 0


def sign(card: Statement, at: datetime) -> tuple[str, datetime]:
    """Return a code for the screen, and when it ends."""
    expires_at = at.replace(microsecond=0) + LIFETIME
    return _signed(_CARD, {**_claims(card, at), "exp": int(expires_at.timestamp())}), expires_at


def sign_for_paper(card: Statement, at: datetime) -> str:
    """Return a code that holds until the card's last day, unless the list revokes it."""
    return _signed(_CARD, _claims(card, at))


def sign_list(revoked: dict[int, int], at: datetime) -> dict[str, str]:
    """Return the list of revoked codes as a JWS in flattened JSON (RFC 7515 §7.2.2).

    `revoked`: card → second since 1970 up to which its codes are revoked. After LIST_LIFETIME the list is too old.
    """
    # JSON has no whole numbers as names, and pairs are shorter than an object.
    claims = {"iat": int(at.timestamp()), "exp": int((at + LIST_LIFETIME).timestamp()), "r": sorted(revoked.items())}
    protected, payload, signature = _signed(_LIST, claims).split(".")
    return {"protected": protected, "payload": payload, "signature": signature}


def sign_files(manifest: bytes) -> str:
    """Return a detached JWS (RFC 7515, appendix F: `header..signature`) of a manifest of files."""
    protected, _payload, signature = _signed_bytes(_FILES, manifest).split(".")
    return f"{protected}..{signature}"


def verify(token: str, at: datetime) -> Checked:
    """Whether a code is ours and still lives; never raises on what somebody sends, and asks no list.

    `ended` is told both of a code past its five minutes and of a card past its last day.
    """
    try:
        key = _named_key(token)
        if key is None:
            return Checked("unknown_key")
        read = jws.deserialize_compact(token, key, [_ALGORITHM])
        claims: dict[str, Any] = json.loads(read.payload)
        said = Statement(
            card=int(claims["c"]),
            number=str(claims["n"]),
            holder=str(claims["h"]),
            birth_year=int(claims["y"]),
            facility=str(claims["f"]),
            valid_to=date.fromisoformat(claims["e"]),
        )
        issued_at, ends = int(claims["iat"]), claims.get("exp")
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return Checked("invalid")
    if at.timestamp() < issued_at - _CLOCK_SKEW.total_seconds():
        return Checked("invalid")
    alive = (ends is None or at.timestamp() < ends) and timezone.localdate(at) <= said.valid_to
    return Checked("valid" if alive else "ended", said, issued_at)


def public_keys() -> dict[str, Any]:
    """Return the public keys as a JWK set (RFC 7517): the one in use first, then the retired ones."""
    keys = _keys(settings.CARD_SIGNING_KEY, settings.CARD_RETIRED_KEYS).values()
    return {"keys": [key.as_dict(private=False, kid=key.kid, use="sig", alg=_ALGORITHM) for key in keys]}


def _claims(card: Statement, at: datetime) -> dict[str, Any]:
    return {
        "n": card.number,
        "h": card.holder,
        "y": card.birth_year,
        "f": card.facility,
        "e": card.valid_to.isoformat(),
        "c": card.card,
        "iat": int(at.timestamp()),
    }


def _signed(kind: str, claims: dict[str, Any]) -> str:
    return _signed_bytes(kind, json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode())


def _signed_bytes(kind: str, payload: bytes) -> str:
    key = _imported(settings.CARD_SIGNING_KEY)
    # The kind keeps a list from being shown as a card, and the other way round: one key signs all.
    return jws.serialize_compact({"alg": _ALGORITHM, "typ": kind, "kid": key.kid}, payload, key, [_ALGORITHM])


def _named_key(token: str) -> ECKey | None:
    """Return the key that a card's code names, None for one we do not know. Raises ValueError for what is no code."""
    if not _COMPACT.fullmatch(token):
        raise ValueError
    head, _body, _signature = [_decoded(part) for part in token.split(".")]
    header = json.loads(head)
    if header["typ"] != _CARD:
        raise ValueError
    return _keys(settings.CARD_SIGNING_KEY, settings.CARD_RETIRED_KEYS).get(str(header["kid"]))


def _decoded(part: str) -> bytes:
    """Decode base64url strictly: the spare bits of the last sign must be zero, or one code would have many writings."""
    data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise ValueError
    return data


@cache
def _keys(signing: str, retired: str) -> dict[str, ECKey]:
    keys = [_imported(signing), *map(_imported, _PEM.findall(retired))]
    return {str(key.kid): key for key in keys}


@cache
def _imported(pem: str) -> ECKey:
    key = ECKey.import_key(pem)
    # The beginning of the thumbprint of RFC 7638 names the key: the same on every machine, and short on the picture.
    return ECKey.import_key(pem, {"kid": key.thumbprint()[:8]})
