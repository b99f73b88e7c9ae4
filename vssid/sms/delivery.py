"""Handing messages over: claim, commit the attempt, call the gateway with no transaction open, record the answer."""

import logging
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from vssid.crypto import DecryptionFailed
from vssid.sms import gateways, states
from vssid.sms.gateways import Accepted, Gateway, SendError
from vssid.sms.models import Attempt, Message, Purpose

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)  # longer than one round of calls in flight can take
BATCH = 32
NOTICES = frozenset({Purpose.RECEIPT, Purpose.CREDENTIALS, Purpose.NOTICE})
ASK_LATER = 30
GIVE_UP = timedelta(hours=24)
OUTCOMES = {
    gateways.Ambiguous: Attempt.Outcome.AMBIGUOUS,
    gateways.Permanent: Attempt.Outcome.PERMANENT,
    gateways.Alarm: Attempt.Outcome.ALARM,
}

_stopped_until: datetime | None = None


@dataclass(frozen=True)
class Claim:
    """A message that this process may send now, with the attempt that is already committed."""

    message: Message
    attempt: Attempt


def deliver(message_id: int, *, at: datetime) -> None:
    """Send one message if it still waits; a second call for the same message does nothing."""
    fresh = Q(next_attempt_at__lte=at) | Q(attempt_count=0)
    _run(Message.objects.filter(fresh, pk=message_id), at=at, limit=1)


def drain(purposes: Collection[Purpose], *, at: datetime, limit: int = BATCH) -> int:
    """Send one batch of what is due; return how many rows were handled, 0 when nothing is left to do now.

    Leases run from `at`, so call it again with the clock read anew for the next batch.
    """
    return _run(due(purposes, at), at=at, limit=limit)


def due(purposes: Collection[Purpose], at: datetime) -> QuerySet[Message]:
    """Return the messages of these purposes whose time has come; one partial index serves codes, one the rest."""
    ready = Message.objects.filter(next_attempt_at__lte=at).order_by("next_attempt_at")
    codes = Q(purpose=Purpose.OTP)
    return ready.filter(codes) if set(purposes) == {Purpose.OTP} else ready.filter(~codes, purpose__in=purposes)


def reconcile(*, at: datetime, limit: int = 100) -> int:
    """Look after rows whose answer is missing: ended leases, unclear attempts, accepted ones without a report."""
    _take_over_ended_leases(at, limit)
    with transaction.atomic():
        overdue = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(next_attempt_at__lte=at, status__in=["unknown", "accepted", "sent"])
            .order_by("next_attempt_at")
            .only("pk")[:limit]
        )
        Message.objects.filter(pk__in=[m.pk for m in overdue]).update(next_attempt_at=at + LEASE)
    for message in overdue:
        _ask(message.pk, at)
    return len(overdue)


def resume() -> None:
    """Forget that an alarm stopped this process from sending."""
    global _stopped_until
    _stopped_until = None


def _run(waiting: QuerySet[Message], *, at: datetime, limit: int) -> int:
    if _stopped_until is not None and at < _stopped_until:
        return 0
    gateway = gateways.current()
    taken, claims = _claim(waiting, gateway, at, min(limit, gateway.batch))
    for claim, answer in _send_all(gateway, claims, at):
        _record(claim, answer, at)
    return taken


def _claim(waiting: QuerySet[Message], gateway: Gateway, at: datetime, limit: int) -> tuple[int, list[Claim]]:
    """Lock due rows that no other worker holds, let the worthless expire, write down an attempt for the others."""
    with transaction.atomic(durable=True):
        rows = list(
            waiting.filter(status=Message.Status.PENDING)
            .select_for_update(skip_locked=True)
            .defer("to", "body")[:limit]
        )
        for message in rows:
            if message.expires_at and message.expires_at <= at:
                states.expire(message, at=at)
        live = [message for message in rows if message.status == Message.Status.PENDING]
        Message.objects.filter(pk__in=[message.pk for message in live]).update(
            status=Message.Status.SUBMITTING,
            next_attempt_at=at + LEASE,
            attempt_count=F("attempt_count") + 1,
            provider=gateway.name,
        )
        attempts = Attempt.objects.bulk_create(
            Attempt(message_id=message.pk, started_at=at, provider=gateway.name) for message in live
        )
    return len(rows), [Claim(message, attempt) for message, attempt in zip(live, attempts, strict=True)]


def _send_all(gateway: Gateway, claims: list[Claim], at: datetime) -> Iterator[tuple[Claim, Accepted | SendError]]:
    """Yield each claim with its answer as it comes; the threads touch no database."""
    ready = []
    for claim in claims:
        try:
            claim.message.refresh_from_db(fields=["to", "body"])
            ready.append(claim)
        except DecryptionFailed:
            logger.exception("sms.unreadable")
            yield claim, gateways.Permanent("unreadable")
    if gateway.in_flight == 1 or len(ready) == 1:
        for claim in ready:
            yield claim, _send(gateway, claim, at)
    elif ready:
        with ThreadPoolExecutor(max_workers=min(gateway.in_flight, len(ready))) as pool:
            calls = {pool.submit(_send, gateway, claim, at): claim for claim in ready}
            for call in as_completed(calls):
                yield calls[call], call.result()


def _send(gateway: Gateway, claim: Claim, at: datetime) -> Accepted | SendError:
    message = claim.message
    expires_in = max(1, int((message.expires_at - at).total_seconds())) if message.expires_at else None
    try:
        return gateway.send(
            to=message.to,
            body=message.body or "",
            purpose=message.purpose,
            attempt_id=claim.attempt.pk,
            expires_in=expires_in,
        )
    except SendError as error:
        return error
    except Exception as error:  # whatever it was, the gateway may have the message
        logger.error("sms.gateway_bug", extra={"error": type(error).__name__})  # a trace shows the text
        return gateways.Ambiguous("internal")


@transaction.atomic
def _record(claim: Claim, answer: Accepted | SendError, at: datetime) -> None:
    message = states.locked(claim.message.pk)
    attempt = claim.attempt
    if isinstance(answer, Accepted):
        attempt.outcome = Attempt.Outcome.ACCEPTED
        attempt.provider_id = answer.provider_id
        attempt.save(update_fields=["outcome", "provider_id"])
        states.advance(message, Message.Status.ACCEPTED, at=at, provider_id=answer.provider_id)
        return
    attempt.outcome = _outcome(answer)
    attempt.error_code = answer.code
    attempt.save(update_fields=["outcome", "error_code"])
    if isinstance(answer, gateways.Alarm):
        _alarm(answer, at)
    # A report may have come first, or the lease ended and another worker took over.
    if message.status == Message.Status.SUBMITTING and message.attempts.latest("started_at") == attempt:
        states.settle(message, answer, at=at)


def _outcome(error: SendError) -> Attempt.Outcome:
    if isinstance(error, gateways.NotAccepted):
        return Attempt.Outcome.THROTTLED if error.throttled else Attempt.Outcome.REFUSED
    return OUTCOMES[type(error)]


def _alarm(error: gateways.Alarm, at: datetime) -> None:
    global _stopped_until
    already = _stopped_until is not None and at < _stopped_until
    if error.stop:
        _stopped_until = at + timedelta(seconds=states.ALARM_DELAY)
    if not already:
        logger.critical("sms.alarm", extra={"code": error.code, "stopped": error.stop})


@transaction.atomic
def _take_over_ended_leases(at: datetime, limit: int) -> None:
    """A worker died or hung while it sent: whether the gateway has those messages is unclear."""
    ended = [
        message.pk
        for message in Message.objects.select_for_update(skip_locked=True)
        .filter(next_attempt_at__lte=at, status="submitting")
        .only("pk")[:limit]
    ]
    Attempt.objects.filter(message__in=ended, outcome="").update(outcome=Attempt.Outcome.LOST)
    Message.objects.filter(pk__in=ended).update(status=Message.Status.UNKNOWN, next_attempt_at=at)


def _ask(pk: int, at: datetime) -> None:
    message = Message.objects.get(pk=pk)
    gateway = gateways.named(message.provider)
    try:
        if message.status == Message.Status.UNKNOWN:
            found = gateway.find(to=message.to, ref=message.ref)
        else:
            found = gateway.status(message.provider_id)
    except SendError as error:
        logger.warning("sms.cannot_ask", extra={"code": error.code})
        _ask_later(pk, at)
        return
    with transaction.atomic():
        message = states.locked(pk)
        if found is not None:
            moved = states.advance(
                message, found.status, at=at, provider_id=found.provider_id, error_code=found.error_code
            )
            if moved:
                return
        if message.status == Message.Status.UNKNOWN:
            states.not_found(message, at=at)
        elif message.rank < Message.FINAL_RANK:
            message.next_attempt_at = states.next_poll(message, at)
            message.save(update_fields=["next_attempt_at"])


@transaction.atomic
def _ask_later(pk: int, at: datetime) -> None:
    message = states.locked(pk)
    if at - message.created_at < GIVE_UP:
        states.ask_again(message, at=at, seconds=ASK_LATER)
    elif message.status == Message.Status.UNKNOWN:
        states.stop_asking(message, at=at)
    else:
        message.next_attempt_at = None
        message.save(update_fields=["next_attempt_at"])
