"""Taking back a return or a refusal before the citizen was told: its message waits, and goes with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.dossiers.decisions import TOLD_AFTER, AlreadyHandled, handler
from accounts.dossiers.models import Dossier, DossierStatus
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.errors import Conflict
from vssid.sms import outbox
from vssid.sms.models import Message

if TYPE_CHECKING:
    from accounts.models.user import User

REOPENED = (DossierStatus.RETURNED, DossierStatus.REJECTED)


class TooLate(Conflict):
    """The time in which a decision can be taken back is over."""

    code = "too_late"
    message = _(
        "A decision can be taken back within %(minutes)d minutes. After that the citizen knows it: a returned dossier "
        "comes back by itself, after a refusal the citizen begins again."
    )

    def __init__(self) -> None:
        super().__init__(minutes=int(TOLD_AFTER.total_seconds() // 60))


class CitizenKnows(Conflict):
    """The citizen read the decision, or has begun to correct the dossier."""

    code = "citizen_knows"
    message = _("The citizen has read the decision already: it cannot be taken back any more.")


def take_back(dossier: Dossier, *, version: int, by: User, at: datetime) -> None:
    """Put a locked dossier, returned or refused, back where it stood in the queue and cancel its message.

    Raises AlreadyHandled, TooLate, CitizenKnows.
    """
    if dossier.version != version or dossier.status not in REOPENED:
        raise AlreadyHandled(by=handler(dossier, by))
    message = _message(dossier)
    if message is None or at >= message.created_at + TOLD_AFTER:
        raise TooLate
    if _seen_since(dossier, message.created_at) or not outbox.cancel(message.dedupe_key, at=at):
        raise CitizenKnows
    decided, submitted = dossier.status, dossier.submitted_at
    dossier.decided_at = dossier.decided_by = None
    dossier.reason = dossier.reason_text = ""
    dossier.return_reasons = []
    dossier.move_to(DossierStatus.SUBMITTED, at=at)
    dossier.submitted_at = submitted
    dossier.save()
    record(
        Event.DOSSIER_REOPENED, actor=by.actor, subject=dossier.subject, at=at, office=dossier.office_id, was=decided
    )


def minutes_left(dossier: Dossier, *, at: datetime) -> int:
    """Return for how many more minutes, begun ones counted, the decision can be taken back; 0 when it cannot."""
    message = _message(dossier) if dossier.status in REOPENED else None
    if message is None or message.status != Message.Status.PENDING or _seen_since(dossier, message.created_at):
        return 0
    left = (message.created_at + TOLD_AFTER - at).total_seconds()
    return max(0, -int(-left // 60))


def note_reading(dossier: Dossier, *, actor: str, at: datetime) -> None:
    """Write down that its applicant knows a decision which could still be taken back: then it cannot any more."""
    if minutes_left(dossier, at=at):
        record(Event.DOSSIER_TRACKED, actor=actor, subject=dossier.subject, at=at)


def _message(dossier: Dossier) -> Message | None:
    """Return the message that tells of the decision: it was written in the moment of the decision."""
    return Message.objects.filter(dedupe_key=dossier.message_key).only("dedupe_key", "created_at", "status").first()


def _seen_since(dossier: Dossier, moment: datetime) -> bool:
    """Tell whether the applicant followed the dossier, began to correct it or replaced a photo since."""
    events = AuditEvent.objects.filter(subject=dossier.subject, at__gte=moment)
    return events.exclude(actor__startswith="staff:").exclude(actor="system").exists()
