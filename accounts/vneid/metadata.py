"""What the portal knows of the provider: its metadata and keys, fetched within limits and kept for a while.

Kept in this process, under a lock, so that one thread fetches and the others wait. Ages are those of security.md §3.3:
refreshed after 600 s, a forced refetch of the keys at most every 60 s, and an old copy served for 24 h when the
provider cannot be reached. Three failures in a row open a breaker: for 30 s nobody waits for the provider.
"""

import io
import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import requests
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from accounts.actions import vneid_outage
from accounts.vneid.errors import VNeIDRefused, VNeIDUnavailable

CONNECT_SECONDS, READ_SECONDS = 2, 5
ANSWER_BYTES, KEYS_BYTES = 256 * 1024, 64 * 1024
FRESH = timedelta(seconds=600)
FORCED_APART = timedelta(seconds=60)
STALE = timedelta(hours=24)
BREAKER_FAILURES, BREAKER_OPEN = 3, timedelta(seconds=30)

NEVER = datetime.min.replace(tzinfo=UTC)

T = TypeVar("T")
PublicKey = RSAKey | ECKey


class AnswerTooLarge(requests.RequestException):
    """More than the limit."""


class LimitedAdapter(HTTPAdapter):
    """Requests with a limit on time and size; what a provider can make us wait for or hold is bounded."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Return the whole answer, or raise a RequestException."""
        deadline = time.monotonic() + CONNECT_SECONDS + READ_SECONDS
        options.update(stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS))
        response = super().send(request, **options)
        body = b""
        try:
            for chunk in response.raw.stream(16 * 1024, decode_content=True):
                body += chunk
                if len(body) > ANSWER_BYTES:
                    raise AnswerTooLarge
                if time.monotonic() > deadline:
                    raise requests.exceptions.ReadTimeout
        except HTTPError as error:
            raise requests.exceptions.ConnectionError from error
        finally:
            if not response.raw.closed:  # not read to its end: the connection is of no more use
                response.raw.close()
        response.raw = io.BytesIO(body)
        return response


ADAPTER = LimitedAdapter()


def limit(session: requests.Session) -> requests.Session:
    """The session, made to keep the limits and to follow no redirects."""
    session.mount("https://", ADAPTER)
    session.mount("http://", ADAPTER)
    session.max_redirects = 0
    return session


@dataclass(frozen=True)
class Metadata:
    """The provider's addresses and promises (OpenID Connect Discovery 1.0)."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    promises_issuer: bool


class Kept(Generic[T]):
    """A value that is fetched when it is needed and kept while it is young, or while the provider is away."""

    def __init__(self, fetch: Callable[[datetime], T]) -> None:
        self.fetch, self.lock = fetch, threading.Lock()
        self.value: T | None = None
        self.fetched_at = self.tried_at = self.forced_at = NEVER

    def get(self, at: datetime) -> T:
        """The value: fresh, or at most 24 h old when the provider fails."""
        with self.lock:
            if self.value is None:
                return self._fetch(at)
            if at - self.fetched_at >= FRESH and at - self.tried_at >= FORCED_APART:
                self.tried_at = at
                try:
                    return self._fetch(at)
                except (VNeIDUnavailable, VNeIDRefused):
                    pass
            if at - self.fetched_at >= STALE:
                raise VNeIDUnavailable("stale")
            return self.value

    def newer(self, than: T, at: datetime) -> T | None:
        """A value fetched after `than`, or None when one was asked for less than 60 s ago."""
        with self.lock:
            if self.value is not than:
                return self.value
            if at - self.forced_at < FORCED_APART:
                return None
            self.forced_at = at
            return self._fetch(at)

    def _fetch(self, at: datetime) -> T:
        self.value = self.fetch(at)
        self.fetched_at = self.tried_at = at
        return self.value


class Provider:
    """One issuer, as this process knows it; `pinned` when every address must be on the issuer's own host."""

    def __init__(self, issuer: str, *, pinned: bool = False) -> None:
        self.issuer, self.pinned = issuer, pinned
        self.metadata: Kept[Metadata] = Kept(self._fetch_metadata)
        self.keys: Kept[tuple[PublicKey, ...]] = Kept(self._fetch_keys)
        self.failures, self.open_until = 0, NEVER

    def is_away(self, at: datetime) -> bool:
        """Whether the breaker is open: the provider failed several times in a row a moment ago."""
        return at < self.open_until

    @contextmanager
    def reached(self, at: datetime) -> Iterator[None]:
        """Translate failures of the network around a call; refuse at once while the breaker is open."""
        if self.is_away(at):
            raise VNeIDUnavailable("breaker")
        try:
            yield
        except (AnswerTooLarge, requests.TooManyRedirects, ValueError, RecursionError) as error:
            raise VNeIDRefused("answer_form") from error
        except (requests.RequestException, OSError) as error:
            self.failures += 1
            if self.failures >= BREAKER_FAILURES:
                self.open_until = at + BREAKER_OPEN
                vneid_outage.note_away(life=BREAKER_OPEN)
            raise VNeIDUnavailable("network") from error
        if self.failures:
            self.failures = 0
            vneid_outage.note_back()

    def get_json(self, url: str, at: datetime, **options: Any) -> dict[str, Any]:
        """The JSON object at the address."""
        return self._json(at, {200}, "GET", url, **options)

    def post_json(self, url: str, at: datetime, **options: Any) -> dict[str, Any]:
        """The JSON object that the address answers to a form; OAuth's errors are objects too."""
        return self._json(at, {200, 400, 401}, "POST", url, **options)

    def _json(self, at: datetime, statuses: set[int], method: str, url: str, **options: Any) -> dict[str, Any]:
        with self.reached(at):
            response = limit(requests.Session()).request(method, url, **options)
            if response.status_code >= 500:
                response.raise_for_status()
            answer = response.json() if response.status_code in statuses and len(response.content) else None
        if not isinstance(answer, dict):
            raise VNeIDRefused("answer_form")
        return answer

    def _fetch_metadata(self, at: datetime) -> Metadata:
        found = self.get_json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration", at)
        if found.get("issuer") != self.issuer:
            raise VNeIDRefused("metadata_issuer")
        needed = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"]
        offered = ["end_session_endpoint"]
        (offered if self.pinned else needed).append("jwks_uri")
        addresses = {name: self._address(found.get(name)) for name in needed}
        addresses |= {name: self._address(found[name]) if found.get(name) else "" for name in offered}
        return Metadata(
            **addresses,
            promises_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _address(self, address: object) -> str:
        """The endpoint when it may be called: https, and not inside our own network unless the issuer is there."""
        if not isinstance(address, str):
            raise VNeIDRefused("metadata_endpoint")
        parts, issuer = urlsplit(address), urlsplit(self.issuer)
        if is_loopback(issuer.hostname):
            allowed = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
        else:
            allowed = parts.scheme == "https" and (parts.hostname == issuer.hostname or is_public(parts.hostname))
        if self.pinned and parts.hostname != issuer.hostname:
            allowed = False
        if not allowed or parts.username or parts.fragment:
            raise VNeIDRefused("metadata_endpoint")
        return address

    def _fetch_keys(self, at: datetime) -> tuple[PublicKey, ...]:
        found = self.get_json(self.metadata.get(at).jwks_uri, at).get("keys")
        if not isinstance(found, list):
            raise VNeIDRefused("jwks")
        return tuple(key for key in map(public_key, found[:100]) if key is not None)


def public_key(jwk: object) -> PublicKey | None:
    """The signing key in one entry of a JWKS; None for what we do not use or cannot read."""
    if not isinstance(jwk, dict) or jwk.get("kty") not in {"RSA", "EC"} or jwk.get("use", "sig") != "sig" or "d" in jwk:
        return None
    try:
        key = import_key(jwk)
    except (JoseError, ValueError, TypeError):
        return None
    if isinstance(key, RSAKey):
        return key if key.raw_value.key_size >= 2048 else None
    return key if isinstance(key, ECKey) else None


def is_loopback(host: str | None) -> bool:
    """Whether the host is this machine; names below .localhost are (RFC 6761)."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return f".{host}".endswith(".localhost")


def is_public(host: str | None) -> bool:
    """Whether the host is a name, or an address of the public network."""
    try:
        return ipaddress.ip_address(host or "").is_global
    except ValueError:
        return bool(host) and "." in (host or "") and not (host or "").endswith((".localhost", ".local", ".internal"))


@cache
def provider(issuer: str, *, pinned: bool = False) -> Provider:
    """What this process knows of the issuer."""
    return Provider(issuer, pinned=pinned)
