"""What VNeID says of a person, why it was asked, and how that is kept in the session until it has served.

A page that needs somebody proved by VNeID sends the browser to `accounts:vneid-start` with `purpose` and `next`, and
reads with `brought` what came back.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import TextChoices

from vssid.crypto import DecryptionFailed, UnknownKey, decrypt, encrypt

LIFE = timedelta(minutes=15)
_CONTEXT = "accounts.vneid_claims"


class Purpose(TextChoices):
    """Why the browser was sent to VNeID."""

    LOGIN = "login"
    REGISTER = "register"
    LINK = "link"
    RECOVER = "recover"
    STEP_UP = "step_up"


@dataclass(frozen=True)
class VNeIDClaims:
    """What VNeID says of the person who logged in; `level` is 1 or 2, `full_name` and `phone` may be empty."""

    issuer: str
    subject: str = field(repr=False)
    citizen_id: str = field(repr=False)
    full_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str = field(repr=False)
    level: int


def keep(session: MutableMapping[str, Any], claims: VNeIDClaims, *, purpose: Purpose, at: datetime) -> None:
    """Keep sealed in the session what VNeID said for this purpose."""
    told = asdict(claims) | {"birth_date": claims.birth_date.isoformat(), "at": at.timestamp()}
    session[_key(purpose)] = b64encode(encrypt(json.dumps(told).encode(), context=_CONTEXT)).decode()


def brought(
    session: MutableMapping[str, Any], *, purpose: Purpose, at: datetime, life: timedelta = LIFE
) -> tuple[VNeIDClaims, datetime] | None:
    """Return what VNeID said for this purpose and when, unless nothing or longer than `life` ago."""
    try:
        told = json.loads(decrypt(b64decode(session.get(_key(purpose), "")), context=_CONTEXT))
    except (DecryptionFailed, UnknownKey):
        return None
    said = datetime.fromtimestamp(told.pop("at"), tz=UTC)
    if at - said > life:
        return None
    return VNeIDClaims(**told | {"birth_date": date.fromisoformat(told["birth_date"])}), said


def forget(session: MutableMapping[str, Any], *, purpose: Purpose) -> None:
    """What was said for this purpose has served."""
    session.pop(_key(purpose), None)


def _key(purpose: Purpose) -> str:
    return f"vneid_said_{purpose.value}"
