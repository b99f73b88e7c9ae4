"""Web push (RFC 8030, 8291, 8292): telling a browser, through its maker's push service, that there is something new.

A browser names its push service itself, so only services of WEB_PUSH_HOSTS are ever called, by https and without
following redirects. Nothing of an address or an answer is logged: the address alone lets others reach the browser.
"""

import ipaddress
import json
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import urlsplit

import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings
from py_vapid import Vapid
from pywebpush import WebPusher, WebPushException

log = logging.getLogger("vssid.push")

SECONDS = 4.0  # until a push service must have answered
KEPT_SECONDS = 86_400  # how long it keeps a note for a browser that is away
LONGEST_ADDRESS = 1000
POINT, SECRET = 65, 16  # bytes


class Answer(Enum):
    """What a push service said; GONE means that the browser withdrew."""

    TAKEN, GONE, REFUSED, LATER = range(4)


class NotAPushService(ValueError):
    """The address or keys are not those of a browser at a push service we know."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note to one browser: its address, its keys as it gave them (base64url), and what its worker reads."""

    endpoint: str
    key: str
    secret: str
    says: Mapping[str, str]


def public_key() -> str:
    """Return the portal's public key as browsers want it (base64url), "" when there is no web push here."""
    return _public(settings.VAPID_PRIVATE_KEY) if settings.VAPID_PRIVATE_KEY else ""


def check(*, endpoint: str, key: str, secret: str) -> None:
    """Raise NotAPushService unless address and keys can be a browser's at a known push service."""
    _check_address(endpoint)
    try:
        point, shared = _decoded(key), _decoded(secret)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotAPushService("keys") from error
    if len(point) != POINT or len(shared) != SECRET:
        raise NotAPushService("keys")


def send(note: Note) -> Answer:
    """Send one note; never raises. Touches no database, so that many can be sent side by side."""
    try:
        _check_address(note.endpoint)
        answer = _post(note)
    except (NotAPushService, WebPushException):
        return Answer.REFUSED
    except requests.TooManyRedirects:
        log.warning("push.redirected")
        return Answer.REFUSED
    except requests.RequestException as error:
        log.warning("push.away", extra={"error": type(error).__name__})
        return Answer.LATER
    if answer in {404, 410}:
        return Answer.GONE
    if answer < 300:
        return Answer.TAKEN
    log.warning("push.refused", extra={"status": answer})
    return Answer.LATER if answer == 429 or answer >= 500 else Answer.REFUSED


def _post(note: Note) -> int:
    parts = urlsplit(note.endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": _subject()}
    headers = {**_vapid(settings.VAPID_PRIVATE_KEY).sign(claims), "topic": "thong-bao", "urgency": "normal"}
    browser = {"endpoint": note.endpoint, "keys": {"p256dh": note.key, "auth": note.secret}}
    with requests.Session() as session:
        session.max_redirects = 0
        pusher = WebPusher(browser, requests_session=session)
        body = json.dumps(dict(note.says), ensure_ascii=False)
        response = pusher.send(body, headers, ttl=KEPT_SECONDS, timeout=SECONDS)
    return int(response.status_code)


def _subject() -> str:
    """Whom a push service writes to: an https address, or a mailbox where the portal has none yet."""
    public = settings.PUBLIC_BASE_URL
    return public if public.startswith("https://") else f"mailto:{settings.DEFAULT_FROM_EMAIL}"


def _check_address(endpoint: str) -> None:
    """A known service by https on its usual port; a service on this machine only where it is named as such."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NotAPushService("address") from error
    if len(endpoint) > LONGEST_ADDRESS or parts.username or parts.password or parts.fragment:
        raise NotAPushService("address")
    if f"{host}:{port}" in settings.WEB_PUSH_HOSTS and _is_loopback(host):
        return
    known = any(host == one or host.endswith(f".{one}") for one in settings.WEB_PUSH_HOSTS)
    if parts.scheme != "https" or port not in {None, 443} or not known:
        raise NotAPushService("address")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@lru_cache(maxsize=2)
def _vapid(pem: str) -> Vapid:
    key = Vapid.from_pem(pem.encode())
    key.conf = {"no-strict": True}  # its check of `sub` knows no mailbox on this machine
    return key


@lru_cache(maxsize=2)
def _public(pem: str) -> str:
    key = load_pem_private_key(pem.encode(), None).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()
