"""Which gateway messages take now, and how fast: known to all processes through one row a gateway.

The second gateway (SMS_FALLBACK_BACKEND) takes over when the first could not be reached five times within a minute or
refuses our account, and gives back after 15 minutes. A busy gateway slows the whole sender by a token bucket.
"""

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from vssid.sms.models import Channel

logger = logging.getLogger(__name__)

FAILURES, WITHIN = 5, timedelta(seconds=60)
AVOIDED_FOR = timedelta(minutes=15)
CIRCUIT = timedelta(seconds=10)  # nobody tries meanwhile, when there is no other gateway
STOPPED_FOR = timedelta(seconds=60)
LONGEST_PAUSE = 30.0
FORGOTTEN_AFTER = timedelta(seconds=90)  # a gateway that was busy once and answered since begins anew
FIRST_RATE, LOWEST_RATE, FREE_RATE = 20.0, 1.0, 500.0  # messages a second
FASTER_EVERY = timedelta(seconds=30)


@dataclass(frozen=True)
class Way:
    """The gateway to use and how many messages it may get now, None for as many as there are."""

    gateway: str
    tokens: int | None = None


def choose(at: datetime) -> Way | None:
    """Return the way that messages take at `at`, None while nothing may be sent."""
    known = Channel.objects.in_bulk()
    for name in (settings.SMS_BACKEND, settings.SMS_FALLBACK_BACKEND):
        channel = known.get(name)
        if not name or (channel and (_ahead(channel.stopped_until, at) or _ahead(channel.avoided_until, at))):
            continue
        if channel is None or channel.rate is None:
            free = channel is None or not _ahead(channel.paused_until, at)
            return Way(name) if free else None
        return None if _ahead(channel.paused_until, at) else Way(name, _refill(name, at))
    return None


def spend(gateway: str, messages: int) -> None:
    """Take tokens from a busy gateway's bucket; codes may leave a debt behind."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=gateway)
        channel.tokens -= messages
        channel.save(update_fields=["tokens"])


@transaction.atomic
def unreachable(gateway: str, *, at: datetime) -> None:
    """Note that the gateway surely did not take a message; the fifth time within a minute it is left alone."""
    channel = _locked(gateway)
    channel.failures = [*channel.failures, at][-FAILURES:]
    if len(channel.failures) == FAILURES and at - channel.failures[0] <= WITHIN:
        channel.failures = []
        if _other(gateway):
            channel.avoided_until = at + AVOIDED_FOR
        else:
            channel.paused_until = max(channel.paused_until or at, at + CIRCUIT)
        logger.error("sms.unreachable", extra={"gateway": gateway, "other": _other(gateway)})
    channel.save()


@transaction.atomic
def busy(gateway: str, *, at: datetime, asked: float | None) -> datetime:
    """Note that the gateway wants fewer messages; return until when nobody sends. `asked` are seconds it named.

    Without them it is 2, 4, 8, 16, 30 s, a quarter more or less. Then messages go at half the rate as before.
    """
    channel = _locked(gateway)
    told_already = _ahead(channel.paused_until, at)  # by another call of the same moment
    if not told_already:
        forgotten = channel.busy_at is None or at - channel.busy_at > FORGOTTEN_AFTER
        channel.busy_times = 1 if forgotten else min(channel.busy_times + 1, 10)
        channel.rate = max((_rate(channel, at) or FIRST_RATE) / 2, LOWEST_RATE)
        channel.tokens, channel.refilled_at, channel.busy_at = 0.0, at, at
    if asked is not None:
        until = at + timedelta(seconds=max(asked, 1.0))
    elif told_already and channel.paused_until:
        until = channel.paused_until
    else:
        jitter = random.uniform(0.75, 1.25)  # noqa: S311  # no secret
        until = at + timedelta(seconds=min(2.0**channel.busy_times, LONGEST_PAUSE) * jitter)
    channel.paused_until = max(channel.paused_until or until, until)
    channel.save()
    return channel.paused_until


@transaction.atomic
def stopped(gateway: str, *, at: datetime) -> bool:
    """Note that the gateway refuses our account; tell whether that is news."""
    channel = _locked(gateway)
    news = not _ahead(channel.stopped_until, at)
    channel.stopped_until = at + STOPPED_FOR
    channel.save()
    return news


@transaction.atomic
def _refill(gateway: str, at: datetime) -> int | None:
    channel = _locked(gateway)
    rate = _rate(channel, at)
    if rate is None:
        channel.rate = None
    else:
        seconds = max(0.0, (at - (channel.refilled_at or at)).total_seconds())
        channel.tokens = min(max(rate, 1.0), channel.tokens + rate * seconds)
        channel.refilled_at = max(at, channel.refilled_at or at)
    channel.save()
    return None if rate is None else max(0, int(channel.tokens))


def _rate(channel: Channel, at: datetime) -> float | None:
    """The rate doubles with each half minute in which the gateway was not busy, until it is no limit any more."""
    if channel.rate is None or channel.busy_at is None:
        return None
    quiet = at - max(channel.busy_at, channel.paused_until or channel.busy_at)
    steps = max(0, quiet // FASTER_EVERY)
    rate = channel.rate * 2.0 ** min(steps, 20)
    return None if rate > FREE_RATE else rate


def _locked(gateway: str) -> Channel:
    Channel.objects.bulk_create([Channel(name=gateway)], ignore_conflicts=True)
    return Channel.objects.select_for_update().get(pk=gateway)


def _other(gateway: str) -> str:
    """The fallback of the first gateway; the fallback itself has none."""
    return settings.SMS_FALLBACK_BACKEND if gateway == settings.SMS_BACKEND else ""


def _ahead(until: datetime | None, at: datetime) -> bool:
    return until is not None and until > at
