"""How a message moves on; every function expects the row locked by the caller's transaction."""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from vssid.sms import answers, gateways
from vssid.sms.models import Attempt, Message, Purpose

logger = logging.getLogger(__name__)

Status = Message.Status
Outcome = Attempt.Outcome

RETRY_DELAYS = (5, 30, 120, 300, 900, 1800, 3600)  # seconds after the first, second … definite failure
LAST_RETRIES = timedelta(hours=24)  # credentials go on hourly until then
OTP_TRIES, OTP_LONGEST_DELAY = 2, 25  # a code is tried twice within 30 s
ALARM_DELAY = 60
ASK_AFTER = (15, 60, 120)  # seconds after an attempt without a clear answer
ERASE_AFTER = timedelta(minutes=1)  # once a message is done its text goes at the gateway too, at most an hour later
POLL_AFTER = (600, 3600, 6 * 3600, 24 * 3600)  # seconds after acceptance, when no report came
COUNTED = (Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.LOST)


def locked(pk: int) -> Message:
    """Return the message locked, without opening its number and text."""
    return Message.objects.select_for_update(of=("self",)).defer("to", "body").get(pk=pk)


def advance(
    message: Message, status: Message.Status, *, at: datetime, provider_id: str = "", error_code: str = ""
) -> bool:
    """Note that the gateway has the message and how far it is; a lower or equal rank changes nothing."""
    if provider_id and not message.provider_id:
        message.provider_id = provider_id
        message.save(update_fields=["provider_id"])
    rank = Message.RANK.get(status, Message.FINAL_RANK)
    if rank <= message.rank:
        return False
    message.accepted_at = message.accepted_at or at
    message.error_code = error_code
    if rank < Message.FINAL_RANK:
        look_at = next_poll(message, at)
    else:
        look_at = at + ERASE_AFTER if message.provider_id and gateways.named(message.provider).can_look_up else None
    _move(message, status, at=at, look_at=look_at)
    return True


def settle(message: Message, error: answers.SendError, *, at: datetime, again_at: datetime | None = None) -> None:
    """Decide what follows an attempt that did not end in acceptance; `again_at` is when a busy gateway may be asked."""
    message.error_code = error.code
    match error:
        case answers.NotAccepted(throttled=True):
            _move(message, Status.PENDING, at=at, look_at=again_at)
        case answers.NotAccepted():
            retry(message, at=at)
        case answers.Ambiguous():
            _move(message, Status.UNKNOWN, at=at, look_at=at + timedelta(seconds=ASK_AFTER[0]))
        case answers.Alarm(stop=True):
            other = settings.SMS_FALLBACK_BACKEND and message.provider == settings.SMS_BACKEND
            _move(message, Status.PENDING, at=at, look_at=at + timedelta(seconds=0 if other else ALARM_DELAY))
        case _:
            _move(message, Status.FAILED, at=at)


def retry(message: Message, *, at: datetime, since: datetime | None = None) -> None:
    """Set the next try, counted from `since`, or give up."""
    failures = message.attempts.filter(outcome__in=COUNTED).count()
    seconds = _retry_delay(message, failures, at)
    if message.purpose == Purpose.OTP and (failures >= OTP_TRIES or (seconds or 0) > OTP_LONGEST_DELAY):
        seconds = None
    if seconds is None:
        _move(message, Status.FAILED, at=at)
    else:
        _move(message, Status.PENDING, at=at, look_at=max(at, (since or at) + timedelta(seconds=seconds)))


def not_found(message: Message, *, at: datetime) -> None:
    """The gateway does not know the message: ask again for two minutes, then send it again, or stop if it is a code."""
    last = message.attempts.latest("started_at")
    elapsed = (at - last.started_at).total_seconds()
    later = [seconds for seconds in ASK_AFTER if seconds > elapsed]
    if later:
        _move(message, Status.UNKNOWN, at=at, look_at=last.started_at + timedelta(seconds=later[0]))
    elif message.purpose == Purpose.OTP:
        stop_asking(message, at=at)
    else:
        retry(message, at=at, since=last.started_at)


def stop_asking(message: Message, *, at: datetime) -> None:
    """Leave it unclear whether the message was sent; only a late report can still tell."""
    message.body = None
    message.finished_at = at
    _move(message, Status.UNKNOWN, at=at)


def expire(message: Message, *, at: datetime) -> None:
    """The message is worthless now."""
    _move(message, Status.EXPIRED, at=at)


def ask_again(message: Message, *, at: datetime, seconds: int) -> None:
    """Look at the row again after `seconds`."""
    message.next_attempt_at = at + timedelta(seconds=seconds)
    message.save(update_fields=["next_attempt_at"])


def poll_again(message: Message, *, at: datetime) -> None:
    """No report yet: ask later, after a day never again."""
    message.next_attempt_at = next_poll(message, at)
    message.save(update_fields=["next_attempt_at"])


def erased(message: Message, *, at: datetime, later: int | None) -> None:
    """Note that the gateway forgot the text of a message that is done, or try again `later` seconds on, for a day."""
    if later is None:
        message.erased_at, message.next_attempt_at = at, None
    elif at - (message.finished_at or message.created_at) < LAST_RETRIES:
        message.next_attempt_at = at + timedelta(seconds=later)
    else:
        logger.error("sms.not_erased", extra={"gateway": message.provider})
        message.next_attempt_at = None
    message.save(update_fields=["erased_at", "next_attempt_at"])


def next_poll(message: Message, at: datetime) -> datetime | None:
    """Return when to ask for a report, None when the gateway gives none or a day has passed."""
    if not gateways.named(message.provider).can_look_up or message.accepted_at is None:
        return None
    times = [message.accepted_at + timedelta(seconds=seconds) for seconds in POLL_AFTER]
    return next((time for time in times if time > at), None)


def first_poll(gateway: gateways.Gateway, at: datetime) -> datetime | None:
    """Return when to ask for a report on a message that was accepted at `at`."""
    return at + timedelta(seconds=POLL_AFTER[0]) if gateway.can_look_up else None


def _move(message: Message, status: Message.Status, *, at: datetime, look_at: datetime | None = None) -> None:
    message.status = status
    message.next_attempt_at = look_at
    changed = ["status", "next_attempt_at", "error_code", "accepted_at", "finished_at"]
    if status not in Message.OPEN:
        message.body = None
    if message.rank == Message.FINAL_RANK:
        message.finished_at = at
    if "body" in message.__dict__ and message.body is None:
        changed.append("body")
    message.save(update_fields=changed)


def _retry_delay(message: Message, failures: int, at: datetime) -> float | None:
    if failures <= len(RETRY_DELAYS):
        return RETRY_DELAYS[max(failures, 1) - 1]
    if message.purpose == Purpose.CREDENTIALS and at - message.created_at < LAST_RETRIES:
        return RETRY_DELAYS[-1]
    return None
