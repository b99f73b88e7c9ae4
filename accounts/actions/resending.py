"""Sending the newest message about a dossier again, for an officer whom the citizen asks; nobody sees its text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions.registration import entered_code
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, NotFound, TooMany
from vssid.sms.models import Message, Purpose
from vssid.sms.outbox import enqueue

A_DAY, IN_ALL = 3, 9
# What is told of a dossier that stands so; login data have a way of their own (review.resend_credentials).
WORDS: dict[str, tuple[Purpose, Callable[[RegistrationDossier], str]]] = {
    DossierStatus.SUBMITTED: (
        Purpose.RECEIPT,
        lambda dossier: messages.receipt(entered_code(dossier), str(dossier.number), visit=bool(dossier.slots)),
    ),
    DossierStatus.RETURNED: (Purpose.NOTICE, lambda dossier: messages.dossier_returned(str(dossier.number))),
    DossierStatus.REJECTED: (Purpose.NOTICE, lambda dossier: messages.dossier_refused(str(dossier.number))),
}


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
def resend(*, dossier_id: int, by: User, at: datetime) -> None:
    """Send the message that goes with the dossier's state once more to the phone of its applicant.

    Raises NotFound for another office's dossier, NothingToResend, StillOnItsWay, ResendLimit.
    """
    dossiers = RegistrationDossier.objects.visible_to(by)
    dossier = dossiers.select_for_update(of=("self",)).filter(pk=dossier_id).first()
    if dossier is None:
        raise NotFound
    if dossier.status not in WORDS:
        raise NothingToResend
    sent = Message.objects.filter(dedupe_key__in=keys_about(dossier)).only("status", "created_at", "dedupe_key")
    if any(message.status in Message.OPEN for message in sent):
        raise StillOnItsWay
    again = [message for message in sent if message.dedupe_key in keys_again(dossier)]
    if len(again) >= IN_ALL or sum(message.created_at > at - timedelta(days=1) for message in again) >= A_DAY:
        raise ResendLimit(retry_after=86400)
    purpose, words = WORDS[dossier.status]
    key = keys_again(dossier)[len(again)]
    enqueue(to=dossier.phone, body=words(dossier), purpose=purpose, dedupe_key=key, at=at)
    facts = {"actor": by.actor, "subject": dossier.subject, "office": dossier.office_id}
    record(Event.MESSAGE_RESENT, at=at, purpose=purpose.value, **facts)


def keys_about(dossier: RegistrationDossier) -> list[str]:
    """Return the keys of the messages that a dossier causes."""
    versions = range(1, dossier.version + 1)
    told = [f"dossier:{dossier.pk}:{version}" for version in versions]
    return [f"receipt:{dossier.pk}", f"credentials:{dossier.pk}", *told, *keys_again(dossier)]


def keys_again(dossier: RegistrationDossier) -> list[str]:
    """Return the keys of messages that were sent again, in their order."""
    return [f"again:{dossier.pk}:{number}" for number in range(1, IN_ALL + 1)]
