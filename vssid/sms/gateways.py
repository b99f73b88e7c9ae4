"""The ways out: Twilio, a domestic gateway over HTTP, and the inbox. Each answer becomes one of a few facts.

Accepted: the gateway has it. NotAccepted: it surely has not, try later. Ambiguous: it may have it, ask before sending
again. Permanent: it never will take it. Alarm: an operator has to act. No error carries a number or a text.
"""

import json
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Protocol

import orjson
import requests
import urllib3
from django.conf import settings
from django.utils import timezone
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError, SSLError
from urllib3.exceptions import TimeoutError as TimeoutError_
from urllib3.util import parse_url

from vssid.sms.models import InboxMessage, Message

TIMEOUT = (3.0, 10.0)  # connect, read
IN_FLIGHT = 64
LONGEST_WAIT = 3600.0
PERMANENT_CODES = frozenset({21211, 21408, 21610, 21612, 21614, 30004, 30005, 30006})
LATER_CODES = frozenset({20429, 21611, 30001, 30003, 30008})
# Wrong account, token or sender: nothing can be sent until somebody repairs the settings.
SETTINGS_CODES = frozenset({20003, 20005, 20403, 20404, 21212, 21603, 21606, 21659, 21701, 21703})
NEVER_CONNECTED = (
    NewConnectionError,  # name resolution is one of these
    ConnectTimeoutError,
    SSLError,
    ProxyError,
    requests.exceptions.ConnectTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.ProxyError,
)

EXPIRED_IN_QUEUE = "30036"
TWILIO_STATUSES = {
    "accepted": Message.Status.ACCEPTED,
    "scheduled": Message.Status.ACCEPTED,
    "queued": Message.Status.ACCEPTED,
    "sending": Message.Status.ACCEPTED,
    "sent": Message.Status.SENT,
    "delivered": Message.Status.DELIVERED,
    "read": Message.Status.DELIVERED,
    "undelivered": Message.Status.UNDELIVERED,
    "failed": Message.Status.FAILED,
    "canceled": Message.Status.CANCELLED,
}


@dataclass(frozen=True)
class Accepted:
    """The gateway took the message under its own number."""

    provider_id: str


@dataclass(frozen=True)
class Report:
    """What the gateway says about a message that it has."""

    provider_id: str
    status: Message.Status
    error_code: str = ""


class SendError(Exception):
    """Why a message was not known to be accepted; `code` is the gateway's or our short word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotAccepted(SendError):
    """Surely not taken. `throttled`: only for being too many; `retry_after`: seconds the gateway asks for."""

    def __init__(self, code: str, *, throttled: bool = False, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.throttled = throttled
        self.retry_after = retry_after


class Ambiguous(SendError):
    """Perhaps taken: the answer was lost or makes no sense."""


class Permanent(SendError):
    """This number will not receive this message."""


class Alarm(SendError):
    """An operator has to look; `stop` when no message can be sent at all until then."""

    def __init__(self, code: str, *, stop: bool) -> None:
        super().__init__(code)
        self.stop = stop


class Gateway(Protocol):
    """A way out for up to `in_flight` messages side by side; with `can_look_up` it tells what it was given."""

    name: str
    in_flight: int
    can_look_up: bool

    def send(self, *, to: str, body: str, purpose: str, attempt_id: uuid.UUID, expires_in: int | None) -> Accepted:
        """Hand one message over; raise a SendError otherwise. `expires_in` is in seconds."""

    def find(self, *, to: str, ref: str) -> Report | None:
        """Return what became of the message with this reference, None if the gateway never got it."""

    def status(self, provider_id: str) -> Report | None:
        """Return what became of an accepted message."""

    def erase(self, provider_id: str) -> None:
        """Make the gateway forget the text of a message that is done; asked of those that `can_look_up`."""


def named(name: str) -> Gateway:
    """Return a gateway by its name: twilio, http or inbox."""
    if name == "twilio":
        sender = settings.TWILIO_MESSAGING_SERVICE_SID or settings.TWILIO_FROM
        return _twilio(
            settings.TWILIO_ACCOUNT_SID,
            settings.TWILIO_AUTH_TOKEN,
            sender,
            settings.TWILIO_API_BASE,
            settings.PUBLIC_BASE_URL,
        )
    if name == "http":
        return _http(settings.SMS_HTTP_URL, settings.SMS_HTTP_TOKEN, settings.SMS_HTTP_TEMPLATE)
    return InboxGateway()


@lru_cache(maxsize=2)
def _twilio(account: str, token: str, sender: str, api_base: str, public_base: str) -> Gateway:
    from vssid.sms.twilio import TwilioGateway  # the client takes half a second to import

    return TwilioGateway(account=account, token=token, sender=sender, api_base=api_base, public_base=public_base)


@lru_cache(maxsize=2)
def _http(url: str, token: str, template: str) -> Gateway:
    return HttpGateway(url=url, token=token, template=template)


class InboxGateway:
    """Delivers into the table behind /demo/sms/."""

    name = "inbox"
    in_flight = 1
    can_look_up = False

    def send(self, *, to: str, body: str, purpose: str, attempt_id: uuid.UUID, expires_in: int | None) -> Accepted:
        row = InboxMessage.objects.create(
            attempt_id=attempt_id, to=to, body=body, purpose=purpose, sent_at=timezone.now()
        )
        return Accepted(provider_id=str(row.pk))

    def find(self, *, to: str, ref: str) -> Report | None:
        return None

    def status(self, provider_id: str) -> Report | None:
        return None

    def erase(self, provider_id: str) -> None:
        return None


class HttpGateway:
    """A domestic gateway that takes JSON by POST with a bearer token; SMS_HTTP_TEMPLATE shapes the JSON.

    The template's texts may hold {to}, {body} and {reference} (the attempt's id, by which a gateway can drop repeats).
    """

    name = "http"
    in_flight = IN_FLIGHT
    can_look_up = False
    id_names: ClassVar[tuple[str, ...]] = ("id", "message_id", "messageId", "sid")

    def __init__(self, *, url: str, token: str, template: str) -> None:
        self.template: Any = json.loads(template)
        self.headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        # One host's pool of urllib3: looking for the host at each call takes a quarter more, requests around it thrice
        # the CPU time a message.
        self.pool = urllib3.connection_from_url(url, maxsize=IN_FLIGHT, timeout=urllib3.Timeout(*TIMEOUT))
        self.path = parse_url(url).request_uri

    def send(self, *, to: str, body: str, purpose: str, attempt_id: uuid.UUID, expires_in: int | None) -> Accepted:
        values = {"{to}": to, "{body}": body, "{reference}": str(attempt_id)}
        content = orjson.dumps(_filled(self.template, values))
        try:
            answer = self.pool.urlopen(
                "POST", self.path, body=content, headers=self.headers, redirect=False, retries=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise lost(error) from None
        refuse(answer.status, answer.headers.get("Retry-After", ""), code=0)
        return Accepted(provider_id=self._provider_id(answer.data))

    def find(self, *, to: str, ref: str) -> Report | None:
        return None

    def status(self, provider_id: str) -> Report | None:
        return None

    def erase(self, provider_id: str) -> None:
        return None

    def _provider_id(self, answer: bytes) -> str:
        try:
            content = orjson.loads(answer)
        except ValueError:
            return ""
        ids = [content[name] for name in self.id_names if name in content] if isinstance(content, dict) else []
        return str(ids[0])[:64] if ids else ""


def pooled_session() -> requests.Session:
    """Return a session that keeps as many connections as messages are in flight."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=IN_FLIGHT))
    return session


def lost(error: Exception) -> SendError:
    """Tell a connection that never was (surely not taken) from one that broke or fell silent (perhaps taken).

    Takes the errors of requests and of urllib3, which lies in them.
    """
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else error
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(error, NEVER_CONNECTED) or isinstance(reason, NEVER_CONNECTED):
        return NotAccepted("unreachable")
    return Ambiguous("timeout" if isinstance(error, requests.exceptions.Timeout | TimeoutError_) else "connection")


def refuse(status: int, retry_after: str, *, code: int) -> None:
    """Raise what an HTTP answer with this status and gateway's error code means; 2xx returns."""
    if 200 <= status < 300:
        return
    if status >= 500 or status < 400:
        raise Ambiguous(f"http-{status}")
    name = str(code or f"http-{status}")
    if status == 429 or code in LATER_CODES:
        raise NotAccepted(name, throttled=True, retry_after=_seconds(retry_after))
    if status in {401, 403} or code in SETTINGS_CODES:
        raise Alarm(name, stop=True)
    if code in PERMANENT_CODES:
        raise Permanent(name)
    raise Alarm(name, stop=False)


def twilio_report(provider_id: str, status: str, error_code: str) -> Report | None:
    """Return Twilio's words for a message as ours, None for words we do not know."""
    if error_code == EXPIRED_IN_QUEUE:
        return Report(provider_id, Message.Status.EXPIRED, error_code)
    known = TWILIO_STATUSES.get(status)
    return Report(provider_id, known, error_code) if known else None


def _seconds(retry_after: str) -> float | None:
    return min(float(retry_after), LONGEST_WAIT) if retry_after.isascii() and retry_after.isdigit() else None


def _filled(part: Any, values: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, values) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    if isinstance(part, str) and part in values:
        return values[part]
    if isinstance(part, str):
        for place, value in values.items():
            part = part.replace(place, value)
    return part
