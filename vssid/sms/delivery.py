"""Handing messages over: claim, commit the attempt, call the gateway with no transaction open, record the answer."""

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, InterfaceError, OperationalError, connection, models, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Cast

from vssid.crypto import DecryptionFailed, EncryptedTextField
from vssid.sms import answers, budget, channels, gateways, states
from vssid.sms.answers import Accepted, Later, SendError
from vssid.sms.calls import PARTS, Calls
from vssid.sms.gateways import Gateway
from vssid.sms.models import Attempt, Message, Purpose

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
CALL = 15.0  # seconds, longer than a call can take
DRAIN_SECONDS = 10.0  # after these no more is claimed; well inside the tasks' time limit
TOKEN_WAIT = 0.2  # seconds until a busy gateway's bucket is looked into again
RECORD_SECONDS = 20.0  # how long an answer waits for a database that restarts
NOTICES = frozenset({Purpose.RECEIPT, Purpose.CREDENTIALS, Purpose.NOTICE})
OUTCOMES = {
    answers.Ambiguous: Attempt.Outcome.AMBIGUOUS,
    answers.Permanent: Attempt.Outcome.PERMANENT,
    answers.Alarm: Attempt.Outcome.ALARM,
}
TO, BODY = Message._meta.get_field("to"), Message._meta.get_field("body")
assert isinstance(TO, EncryptedTextField)
assert isinstance(BODY, EncryptedTextField)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this process may send now; its attempt is committed already. Number and text are sealed."""

    message_id: int
    attempt_id: UUID
    purpose: str
    to: bytes
    body: bytes
    expires_at: datetime | None
    at: datetime
    call_before: float  # time.monotonic(); later calls would outlast the lease


Answer = Accepted | SendError


def deliver(message_id: int, *, at: datetime) -> None:
    """Send one message if it still waits; a second call for the same message does nothing."""
    fresh = Q(next_attempt_at__lte=at) | Q(attempt_count=0)
    _send_due(Message.objects.filter(fresh, pk=message_id), at=at, limit=1)


def drain(
    purposes: Collection[Purpose], *, at: datetime, limit: int | None = None, seconds: float = DRAIN_SECONDS
) -> int:
    """Send what is due at `at`, many side by side, for some seconds; return how many rows were handled, 0 when none is.

    The clock runs on from `at`: a busy gateway's tokens come and leases are counted from each claim.
    """
    return _send_due(due(purposes, at), at=at, limit=limit, seconds=seconds)


def due(purposes: Collection[Purpose], at: datetime) -> QuerySet[Message]:
    """Return the messages of these purposes whose time has come; one partial index serves codes, one the rest."""
    ready = Message.objects.filter(next_attempt_at__lte=at).order_by("next_attempt_at")
    codes = Q(purpose=Purpose.OTP)
    if set(purposes) == {Purpose.OTP}:
        return ready.filter(codes)
    return ready.filter(~codes) if NOTICES.issubset(purposes) else ready.filter(~codes, purpose__in=purposes)


def _send_due(waiting: QuerySet[Message], *, at: datetime, limit: int | None, seconds: float = 0.0) -> int:
    way = channels.choose(at)
    if way is None:
        return 0
    gateway = gateways.named(way.gateway)
    width = min(gateway.in_flight, limit or gateway.in_flight)
    with Calls[Claim, Accepted](lambda claim: _call(gateway, claim), width) as calls:
        try:
            return _send_through(calls, gateway, way, waiting, at=at, limit=limit, seconds=seconds)
        except (OperationalError, InterfaceError):
            connection.close()
            while calls.open:  # no more is claimed, but what the gateway has is answered for
                _record(gateway, calls.finished())
            raise


def _send_through(
    calls: Calls[Claim, Accepted],
    gateway: Gateway,
    first: channels.Way,
    waiting: QuerySet[Message],
    *,
    at: datetime,
    limit: int | None,
    seconds: float,
) -> int:
    way: channels.Way | None = first
    begun, passed, handled = time.monotonic(), 0.0, 0
    while True:
        if way and calls.room * PARTS >= calls.width:
            room = min(calls.room, limit - handled) if limit else calls.room
            taken, claims = _claim(waiting, way, at + timedelta(seconds=passed), room)
            handled += taken
            for claim in claims:
                calls.add(claim)
            exhausted = not taken and way.tokens != 0
            if exhausted or handled == limit:
                way = None
            elif not taken:
                time.sleep(TOKEN_WAIT)
        passed = time.monotonic() - begun
        if way and passed >= seconds:
            way = None
        if not way and not calls.open:
            return handled
        _record(gateway, calls.finished())
        if way:
            way = _unless_changed(gateway, at + timedelta(seconds=passed))


def _unless_changed(gateway: Gateway, at: datetime) -> channels.Way | None:
    way = channels.choose(at)
    return way if way and way.gateway == gateway.name else None


def _claim(waiting: QuerySet[Message], way: channels.Way, at: datetime, room: int) -> tuple[int, list[Claim]]:
    """Take due rows that no other worker holds, let the worthless expire, write down an attempt for the others.

    Returns how many rows were taken and what is to be sent of them. Codes do not wait for a busy gateway's tokens.
    """
    if way.tokens is not None and room > 1:
        room = min(room, way.tokens)
    left = budget.left(at)
    if left == 0:
        waiting, left = waiting.filter(purpose=Purpose.CREDENTIALS), budget.left(at, credentials=True)
    room = room if left is None else min(room, left)
    if room == 0:
        return 0, []
    call_before = time.monotonic() + LEASE.total_seconds() - CALL
    with transaction.atomic(durable=True):
        rows = [
            Claim(pk, uuid4(), purpose, bytes(to), bytes(body or b""), expires_at, at, call_before)
            for pk, purpose, expires_at, to, body in _lock(waiting, room)
        ]
        worthless = [claim.message_id for claim in rows if claim.expires_at and claim.expires_at <= at]
        claims = [claim for claim in rows if claim.message_id not in worthless]
        for message in Message.objects.defer("to", "body").filter(pk__in=worthless):
            states.expire(message, at=at)
        if claims:
            _write_attempts(claims, way.gateway, at)
            budget.spend(len(claims), at)
            if way.tokens is not None:
                channels.spend(way.gateway, len(claims))
    return len(rows), claims


def _lock(waiting: QuerySet[Message], room: int) -> QuerySet[Message, tuple[Any, ...]]:
    sealed = Cast("to", models.BinaryField()), Cast("body", models.BinaryField())
    rows = waiting.filter(status=Message.Status.PENDING).select_for_update(skip_locked=True)
    return rows.values_list("pk", "purpose", "expires_at", *sealed)[:room]


def _write_attempts(claims: list[Claim], gateway: str, at: datetime) -> None:
    Message.objects.filter(pk__in=[claim.message_id for claim in claims]).update(
        status=Message.Status.SUBMITTING,
        next_attempt_at=at + LEASE,
        attempt_count=F("attempt_count") + 1,
        provider=gateway,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sms_attempt (id, message_id, started_at, provider, outcome, provider_id, error_code) "
            "SELECT id, message_id, %s, %s, '', '', '' FROM unnest(%s::uuid[], %s::bigint[]) AS new (id, message_id)",
            [at, gateway, [str(claim.attempt_id) for claim in claims], [claim.message_id for claim in claims]],
        )


def _call(gateway: Gateway, claim: Claim) -> Later[Accepted]:
    if time.monotonic() > claim.call_before:  # the claim's commit hung, or the process slept: others may have sent it
        raise answers.Ambiguous("late")
    try:
        to, body = TO.open(claim.to), BODY.open(claim.body)
    except DecryptionFailed:
        logger.exception("sms.unreadable")
        raise answers.Permanent("unreadable") from None
    expires_in = max(1, int((claim.expires_at - claim.at).total_seconds())) if claim.expires_at else None
    return gateway.send(to=to, body=body, purpose=claim.purpose, attempt_id=claim.attempt_id, expires_in=expires_in)


def _record(gateway: Gateway, came: list[tuple[Claim, Answer]]) -> None:
    """Write answers down. A database that restarts is waited for: an answer forgotten would have to be asked for."""
    accepted = [(claim, answer) for claim, answer in came if isinstance(answer, Accepted)]
    patience = time.monotonic() + RECORD_SECONDS
    while accepted:
        try:
            with transaction.atomic():
                _record_accepted(gateway, accepted)
            break
        except (OperationalError, InterfaceError):
            if time.monotonic() > patience or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(0.5)
    for claim, answer in came:
        if isinstance(answer, SendError):
            try:
                _record_refused(claim, answer, gateway)
            except DatabaseError as error:  # the lease ends and somebody asks the gateway
                logger.error("sms.not_recorded", extra={"error": type(error).__name__})


def _record_accepted(gateway: Gateway, accepted: list[tuple[Claim, Accepted]]) -> None:
    """Two statements for all of them, messages before attempts as everywhere; a message already further on stays."""
    accepted.sort(key=lambda pair: pair[0].message_id)
    at = accepted[0][0].at
    look_at = states.first_poll(gateway, at)
    messages = [claim.message_id for claim, _ in accepted]
    attempts = [str(claim.attempt_id) for claim, _ in accepted]
    sids = [answer.provider_id for _, answer in accepted]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sms_message AS m SET status = 'accepted', body = NULL, accepted_at = %s, next_attempt_at = %s, "
            "error_code = '', provider_id = new.sid FROM unnest(%s::bigint[], %s::text[]) AS new (id, sid) "
            "WHERE m.id = new.id AND m.status IN ('pending', 'submitting', 'unknown')",
            [at, look_at, messages, sids],
        )
        cursor.execute(
            "UPDATE sms_attempt AS a SET outcome = 'accepted', provider_id = new.sid "
            "FROM unnest(%s::uuid[], %s::text[]) AS new (id, sid) WHERE a.id = new.id",
            [attempts, sids],
        )


def _record_refused(claim: Claim, error: SendError, gateway: Gateway) -> None:
    again_at = _tell_others(error, gateway.name, claim.at)
    with transaction.atomic():
        message = states.locked(claim.message_id)
        attempt = Attempt.objects.get(pk=claim.attempt_id)
        attempt.outcome, attempt.error_code = _outcome(error), error.code
        attempt.save(update_fields=["outcome", "error_code"])
        # A report may have come first, or the lease ended and another worker took over.
        if message.status == Message.Status.SUBMITTING and message.attempts.latest("started_at") == attempt:
            states.settle(message, error, at=claim.at, again_at=again_at)


def _tell_others(error: SendError, gateway: str, at: datetime) -> datetime | None:
    """Let every process know what this answer means for the gateway; return when a busy one may be tried again."""
    match error:
        case answers.NotAccepted(throttled=True):
            return channels.busy(gateway, at=at, asked=error.retry_after)
        case answers.NotAccepted():
            channels.unreachable(gateway, at=at)
        case answers.Alarm():
            if not error.stop or channels.stopped(gateway, at=at):
                logger.critical("sms.alarm", extra={"code": error.code, "stopped": error.stop})
    return None


def _outcome(error: SendError) -> Attempt.Outcome:
    if isinstance(error, answers.NotAccepted):
        return Attempt.Outcome.THROTTLED if error.throttled else Attempt.Outcome.REFUSED
    return OUTCOMES[type(error)]
