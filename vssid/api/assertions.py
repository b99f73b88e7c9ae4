"""Clients that prove themselves by a signature: `private_key_jwt` (RFC 7523), checked as RFC 9700 and FAPI ask."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from accounts.models import ApiClient, UsedAssertion
from vssid import outbound
from vssid.ops import limits

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("ES256", "PS256", "RS256")
LONGEST = timedelta(minutes=5)
SKEW = timedelta(seconds=10)
KEYS_KEPT = 600
REFETCH = 60
MOST_FETCHES = 6  # of one address in REFETCH seconds, whatever became of them


class NotProved(Exception):
    """The assertion does not prove who sent it."""


def named_client(assertion: str) -> str:
    """Return whom an assertion says it is from, believed by nobody yet. Raises NotProved."""
    if len(assertion) > 8192:
        raise NotProved
    try:
        claims = orjson.loads(jws.extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError, TypeError):
        raise NotProved from None
    name = claims.get("iss") if isinstance(claims, dict) else None
    if not isinstance(name, str):
        raise NotProved
    return name


def check(assertion: str, client: ApiClient, *, at: datetime) -> None:
    """Raise NotProved unless this is a good assertion of the client's, used for the first time."""
    claims = _verified(assertion, client)
    name = client.application.client_id
    if not (claims.get("iss") == claims.get("sub") == name):
        raise NotProved
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not set(filter(lambda one: isinstance(one, str), audiences)) & _our_names():
        raise NotProved
    expires = _moment(claims.get("exp"))
    if not at < expires <= at + LONGEST + SKEW:
        raise NotProved
    for early in ("nbf", "iat"):
        if early in claims and _moment(claims[early]) > at + SKEW:
            raise NotProved
    once = claims.get("jti")
    if not isinstance(once, str) or not 8 <= len(once) <= 255:
        raise NotProved
    try:
        with transaction.atomic():
            digest = hashlib.sha256(f"{name}\0{once}".encode()).digest()
            UsedAssertion.objects.create(digest=digest, expires_at=expires)
    except IntegrityError:
        raise NotProved from None


def _our_names() -> set[str]:
    base = settings.PUBLIC_BASE_URL
    return {base, f"{base}/oauth/token"}


def _moment(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotProved
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise NotProved from None


def _verified(assertion: str, client: ApiClient) -> dict[str, Any]:
    for fresh in (False, True):
        try:
            claims = orjson.loads(_deserialized(assertion, _keys(client, fresh=fresh)).payload)
        except (JoseError, ValueError, TypeError):
            # Perhaps a new key: ask once more where keys have an address, not too often.
            if fresh or not client.jwks_url:
                raise NotProved from None
            continue
        if not isinstance(claims, dict):
            raise NotProved
        return claims
    raise NotProved


def _deserialized(assertion: str, keys: KeySet) -> Any:
    # The key comes from the registration alone: `jwk`, `jku` and `x5u` in the header are none of ours.
    return jws.deserialize_compact(assertion.encode(), keys, algorithms=list(ALGORITHMS))


def _keys(client: ApiClient, *, fresh: bool) -> KeySet:
    """Return the client's public keys. Raises NotProved."""
    found = client.jwks if not client.jwks_url else _fetched(client, fresh=fresh)
    if not found:
        raise NotProved
    return KeySet.import_key_set(found)


def _fetched(client: ApiClient, *, fresh: bool) -> Any:
    name = hashlib.sha256(client.jwks_url.encode()).hexdigest()[:32]
    kept = cache.get(f"jwks:{name}")
    if kept is not None and not (fresh and cache.add(f"jwks-asked:{name}", 1, REFETCH)):
        return kept
    # Anybody who knows a client's name has its keys asked for: a host that is away must not hold every thread.
    [asked] = limits.take([("jwks", name, MOST_FETCHES, REFETCH)])
    if asked.exceeded:
        return kept
    try:
        answer = outbound.request("GET", client.jwks_url)
        found = orjson.loads(answer.body) if answer.status == 200 else None
    except (outbound.AddressRefused, outbound.Unreachable, orjson.JSONDecodeError):
        found = None
    if isinstance(found, dict):
        cache.set(f"jwks:{name}", found, KEYS_KEPT)
        return found
    return kept
