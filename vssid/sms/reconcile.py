"""Looking after messages whose answer is missing, and making the gateway forget texts that have arrived."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from vssid.crypto import DecryptionFailed
from vssid.sms import gateways, reports, states
from vssid.sms.answers import Later, Report, SendError
from vssid.sms.calls import Calls
from vssid.sms.delivery import LEASE
from vssid.sms.models import Attempt, Message

logger = logging.getLogger(__name__)

SIDE_BY_SIDE = 16
ASK_LATER = 30  # seconds, while the gateway cannot be asked
ERASE_LATER = 300
GIVE_UP = timedelta(hours=24)
NEVER_HEARD = ("unknown", "accepted", "sent")


def reconcile(*, at: datetime, limit: int = 64) -> int:
    """Look after ended leases, unclear attempts, accepted messages without a report, and texts to be erased.

    Returns how many messages the gateway was asked about.
    """
    _take_over_ended_leases(at, limit)
    reports.take_up_parked(at=at)
    with transaction.atomic():
        overdue = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(next_attempt_at__lte=at)
            .exclude(status__in=["pending", "submitting"])
            .order_by("next_attempt_at")
            .defer("to", "body")[:limit]
        )
        Message.objects.filter(pk__in=[m.pk for m in overdue]).update(next_attempt_at=at + LEASE)
    with Calls(_ask, SIDE_BY_SIDE if len(overdue) > 1 else 1) as calls:
        for message in filter(_readable, overdue):
            calls.add(message)
        while calls.open:
            for message, answer in calls.finished():
                _note(message, answer, at)
    return len(overdue)


@transaction.atomic
def _take_over_ended_leases(at: datetime, limit: int) -> None:
    """A worker died or hung while it sent: whether the gateway has those messages is unclear."""
    ended = [
        message.pk
        for message in Message.objects.select_for_update(skip_locked=True)
        .filter(next_attempt_at__lte=at, status="submitting")
        .only("pk")[: limit * 8]
    ]
    Attempt.objects.filter(message__in=ended, outcome="").update(outcome=Attempt.Outcome.LOST)
    Message.objects.filter(pk__in=ended).update(status=Message.Status.UNKNOWN, next_attempt_at=at)


def _readable(message: Message) -> bool:
    """Open the number of a message that has to be looked for; one that does not open is given up."""
    if message.status == Message.Status.UNKNOWN:
        try:
            message.refresh_from_db(fields=["to"])
        except DecryptionFailed:
            logger.error("sms.unreadable")
            with transaction.atomic():
                states.stop_asking(states.locked(message.pk), at=message.created_at)
            return False
    return True


def _ask(message: Message) -> Later[Report | None]:
    gateway = gateways.named(message.provider)
    if message.status == Message.Status.UNKNOWN:
        return gateway.find(to=message.to, ref=message.ref)
    if message.status in NEVER_HEARD:
        return gateway.status(message.provider_id)
    return gateway.erase(message.provider_id)


@transaction.atomic
def _note(asked: Message, answer: Report | SendError | None, at: datetime) -> None:
    message = states.locked(asked.pk)
    if message.rank == Message.FINAL_RANK:
        if asked.status == message.status:
            states.erased(message, at=at, later=ERASE_LATER if isinstance(answer, SendError) else None)
        return
    if isinstance(answer, SendError):
        logger.warning("sms.cannot_ask", extra={"code": answer.code})
        _ask_later(message, at)
        return
    if answer is not None and states.advance(
        message, answer.status, at=at, provider_id=answer.provider_id, error_code=answer.error_code
    ):
        return
    if message.status == Message.Status.UNKNOWN:
        states.not_found(message, at=at)
    else:
        states.poll_again(message, at=at)


def _ask_later(message: Message, at: datetime) -> None:
    if at - message.created_at < GIVE_UP:
        states.ask_again(message, at=at, seconds=ASK_LATER)
    elif message.status == Message.Status.UNKNOWN:
        states.stop_asking(message, at=at)
    else:
        message.next_attempt_at = None
        message.save(update_fields=["next_attempt_at"])
