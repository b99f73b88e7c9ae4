"""What gateways answer becomes one of a few facts. No error carries a number or a text.

Accepted: the gateway has it. NotAccepted: it surely has not, try later. Ambiguous: it may have it, ask before sending
again. Permanent: it never will take it. Alarm: an operator has to act.
"""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from vssid.sms.models import Message

IN_FLIGHT = 64  # calls side by side
LONGEST_WAIT = 3600.0
PERMANENT_CODES = frozenset({21211, 21408, 21610, 21612, 21614, 30004, 30005, 30006})
LATER_CODES = frozenset({20429, 21611, 30001, 30003, 30008})
# Wrong account, token or sender: nothing can be sent until somebody repairs the settings.
SETTINGS_CODES = frozenset({20003, 20005, 20403, 20404, 21212, 21603, 21606, 21659, 21701, 21703})
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


T = TypeVar("T")
Later: TypeAlias = T | Coroutine[Any, Any, T]


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
