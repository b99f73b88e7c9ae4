"""Sending the newest message about a dossier again, for an officer whom the citizen asks; nobody sees its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import Dossier
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, NotFound, TooMany
from vssid.sms.models import Message, Purpose
from vssid.sms.outbox import enqueue

if TYPE_CHECKING:
    from accounts.models.user import User

A_DAY, IN_ALL = 3, 9
NOT_ARRIVED = frozenset({Message.Status.FAILED, Message.Status.UNDELIVERED})
LISTED_FOR = timedelta(days=60)
MOST_LISTED = 5000

D = TypeVar("D", bound=Dossier)


@dataclass(frozen=True)
class Told:
    """What is said of a dossier that stands so, and to which phone (E.164)."""

    to: str
    body: str
    purpose: Purpose


class NothingToResend(Conflict):
    """No message goes with the state in which this dossier is."""

    code = "nothing_to_resend"
    message = _("There is no message to send again.")


class StillOnItsWay(Conflict):
    """The message has not left yet, or nobody knows whether it has: sent now, it might come twice."""

    code = "still_on_its_way"
    message = _("The last message is still on its way. Wait until it has arrived or failed.")


class ResendLimit(TooMany):
    """Three times in 24 hours, nine in all, are enough."""

    code = "resend_limit"
    message = _("The message was sent again often enough: at most 3 times within 24 hours and 9 times in all.")


@transaction.atomic
def resend(dossiers: QuerySet[D], *, dossier_id: int, told: Callable[[D], Told | None], by: User, at: datetime) -> None:
    """Send what `told` says of one of the `dossiers` that `by` may see once more.

    Raises NotFound for another office's dossier, NothingToResend, StillOnItsWay, ResendLimit.
    """
    dossier = dossiers.select_for_update(of=("self",)).filter(pk=dossier_id).first()
    if dossier is None:
        raise NotFound
    message = told(dossier)
    if message is None:
        raise NothingToResend
    sent = messages_about(dossier).only("status", "created_at", "dedupe_key")
    if any(one.status in Message.OPEN for one in sent):
        raise StillOnItsWay
    keys = _keys_again(dossier)
    again = [one for one in sent if one.dedupe_key in keys]
    if len(again) >= IN_ALL or sum(one.created_at > at - timedelta(days=1) for one in again) >= A_DAY:
        raise ResendLimit(retry_after=86400)
    enqueue(to=message.to, body=message.body, purpose=message.purpose, dedupe_key=keys[len(again)], at=at)
    facts = {"actor": by.actor, "subject": dossier.subject, "office": dossier.office_id}
    record(Event.MESSAGE_RESENT, at=at, purpose=message.purpose.value, **facts)


def messages_about(dossier: Dossier) -> QuerySet[Message]:
    """Return what was sent to the applicant about a dossier, numbers and texts left sealed."""
    return Message.objects.filter(dedupe_key__in=keys_about(dossier)).defer("to", "body")


def is_lost(message: Message) -> bool:
    """Tell whether a message did not arrive and is not tried again."""
    return message.status in NOT_ARRIVED


def not_arrived(dossiers: QuerySet[D], *, at: datetime) -> list[tuple[D, Message]]:
    """Return those of the `dossiers` whose newest message was lost within 60 days, with that message."""
    lost = Message.objects.filter(status__in=NOT_ARRIVED, finished_at__gte=at - LISTED_FOR).exclude(purpose=Purpose.OTP)
    keys = list(lost.order_by("-finished_at").values_list("dedupe_key", flat=True)[:MOST_LISTED])
    found = dossiers.filter(dossiers.model.told_by(keys)) if keys else []
    by_key = {key: dossier for dossier in found for key in keys_about(dossier)}
    newest: dict[int, tuple[D, Message]] = {}
    for message in Message.objects.defer("to", "body").filter(dedupe_key__in=by_key).order_by("created_at", "pk"):
        dossier = by_key[message.dedupe_key]
        newest[dossier.pk] = dossier, message
    return [pair for pair in newest.values() if is_lost(pair[1])]


def keys_about(dossier: Dossier) -> list[str]:
    """Return the keys of the messages that a dossier causes."""
    return [*dossier.message_keys, *_keys_again(dossier)]


def _keys_again(dossier: Dossier) -> list[str]:
    """Return the keys of messages that were sent again, in their order."""
    return [f"again:{dossier.subject}:{number}" for number in range(1, IN_ALL + 1)]
