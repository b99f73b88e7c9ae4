"""Calling applications: signed, tried for a day, never with a transaction open and never into our own network.

A row is claimed by moving its next try a minute ahead, so that a process that dies leaves it to the next one. After a
failure or a slow answer the application's other events wait for the next round: such a receiver costs one call a round.
"""

import base64
import hmac
import time
from datetime import datetime, timedelta

import orjson
from django.db import transaction

from vssid import outbound
from vssid.webhooks.log import put_in_order
from vssid.webhooks.models import Endpoint, Event

# Seconds between tries; the last goes on until the day is over.
DELAYS = (10, 30, 60, 300, 900, 1800, 3600, 7200, 10800)
GIVEN_UP = timedelta(hours=24)
CLAIMED = timedelta(seconds=60)
ROUND_SECONDS = 12.0
SLOW_SECONDS = 1.0


def deliver(*, at: datetime, seconds: float = ROUND_SECONDS) -> int:
    """Put new events in order and send what is due, for some seconds; return how many arrived."""
    put_in_order()
    begun, arrived = time.monotonic(), 0
    waiting: set[int] = set()
    while (called := time.monotonic()) - begun < seconds:
        event = _claim(waiting, at)
        if event is None:
            break
        error = _send(event, at)
        _write_down(event, error, at)
        if error or time.monotonic() - called > SLOW_SECONDS:
            waiting.add(event.application_id)
        arrived += not error
    return arrived


def signature(secrets: list[str], key: str, moment: int, body: bytes) -> str:
    """Return the header's value: base64 of HMAC-SHA256 over "key.moment.body", once for each secret."""
    message = f"{key}.{moment}.".encode() + body
    signed = (hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), message, "sha256") for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in signed)


@transaction.atomic
def _claim(waiting: set[int], at: datetime) -> Event | None:
    due = Event.objects.filter(next_try_at__lte=at, number__isnull=False).exclude(application__in=waiting)
    event = due.select_for_update(skip_locked=True).order_by("number").first()
    if event is not None:
        event.attempts += 1
        event.next_try_at = at + CLAIMED
        event.save(update_fields=["attempts", "next_try_at"])
    return event


def _send(event: Event, at: datetime) -> str:
    """Call the application; return "" when it took the event, else a short word."""
    endpoint = Endpoint.objects.filter(application=event.application_id).exclude(url="").first()
    if endpoint is None:
        return "no address"
    facts = {"id": str(event.key), "number": event.number, "type": event.kind, "time": event.created_at}
    body = orjson.dumps({**facts, "data": event.data})
    secrets, moment = [endpoint.secret], int(at.timestamp())
    if endpoint.old_secret and endpoint.old_until and endpoint.old_until > at:
        secrets.append(endpoint.old_secret)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "vssid-portal",
        "webhook-id": str(event.key),
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(secrets, str(event.key), moment, body),
    }
    try:
        answer = outbound.request("POST", endpoint.url, body=body, headers=headers)
    except outbound.AddressRefused:
        return "address refused"
    except outbound.Unreachable as error:
        return str(error)[:40]
    return "" if 200 <= answer.status < 300 else str(answer.status)


def _write_down(event: Event, error: str, at: datetime) -> None:
    event.error = error
    if not error:
        event.delivered_at, event.next_try_at = at, None
    else:
        next_try = at + timedelta(seconds=DELAYS[min(event.attempts, len(DELAYS)) - 1])
        event.next_try_at = next_try if next_try < event.created_at + GIVEN_UP else None
    mine = Event.objects.filter(pk=event.pk, attempts=event.attempts, delivered_at=None)
    if error:
        mine = mine.exclude(next_try_at=None)  # its application was shut out meanwhile
    mine.update(error=error, delivered_at=event.delivered_at, next_try_at=event.next_try_at)
