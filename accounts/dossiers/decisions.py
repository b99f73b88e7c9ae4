"""What an officer does with any dossier: hold the version that was seen, give it back, refuse it, decide it, say so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.dossiers import leases
from accounts.dossiers.models import Dossier, DossierStatus
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.errors import Conflict, DomainError, NotFound
from vssid.sms.models import Purpose
from vssid.sms.outbox import enqueue

if TYPE_CHECKING:
    from accounts.models.user import User

CHANGES = (
    Event.DOSSIER_SUBMITTED,
    Event.DOSSIER_RESUBMITTED,
    Event.DOSSIER_WITHDRAWN,
    Event.DOSSIER_APPROVED,
    Event.DOSSIER_RETURNED,
    Event.DOSSIER_REJECTED,
    Event.DOSSIER_CANCELLED,
    Event.DOSSIER_REOPENED,
    Event.DOSSIER_IDENTITY_CHECKED,
)
# A return or refusal can be taken back until its message leaves.
TOLD_AFTER = timedelta(minutes=15)

D = TypeVar("D", bound=Dossier)


class AlreadyHandled(Conflict):
    """Somebody decided, or the citizen changed something, since the page was opened."""

    code = "already_handled"
    message = _("This dossier was changed in the meantime by %(by)s. Nothing was done a second time.")


class ReasonMissing(DomainError):
    """A return needs a field and words, a refusal a reason of the catalogue."""

    code = "reason_missing"
    message = _("Say why: the citizen reads it.")


def lock(dossiers: QuerySet[D], *, dossier_id: int, version: int, by: User, at: datetime) -> D:
    """Return one of the `dossiers` that `by` may see, locked, in the version that was seen and waiting for a decision.

    Raises NotFound, AlreadyHandled, and HeldBy when another officer works on it.
    """
    dossier = dossiers.select_for_update(of=("self",)).filter(pk=dossier_id).first()
    if dossier is None:
        raise NotFound
    if dossier.version != version or dossier.status != DossierStatus.SUBMITTED:
        raise AlreadyHandled(by=handler(dossier, by))
    leases.check(dossier, by, at)
    return dossier


def give_back(dossier: Dossier, *, reasons: Sequence[dict[str, str]], by: User, at: datetime) -> None:
    """Return a locked dossier to its applicant; `reasons` are [{"field": …, "text": …}]. Raises ReasonMissing."""
    if not reasons or not all(reason.get("field") and reason.get("text", "").strip() for reason in reasons):
        raise ReasonMissing
    dossier.return_reasons = [{"field": reason["field"], "text": reason["text"].strip()} for reason in reasons]
    dossier.move_to(DossierStatus.RETURNED, at=at)
    dossier.save()
    record(Event.DOSSIER_RETURNED, actor=by.actor, subject=dossier.subject, at=at, office=dossier.office_id)


def refuse(dossier: Dossier, *, reason: str, text: str, catalogue: Collection[str], by: User, at: datetime) -> None:
    """Refuse a locked dossier for a reason of the catalogue. Raises ReasonMissing."""
    if reason not in catalogue:
        raise ReasonMissing
    dossier.reason = reason
    dossier.reason_text = text.strip()
    decide(dossier, DossierStatus.REJECTED, by=by, at=at)


def decide(dossier: Dossier, status: DossierStatus, *, by: User | None, at: datetime) -> None:
    """Approve or refuse a locked dossier; `by` nobody means that the rules decided."""
    dossier.decided_by = by
    dossier.decided_automatically = by is None
    dossier.move_to(status, at=at)
    dossier.save()
    event = Event.DOSSIER_APPROVED if status == DossierStatus.APPROVED else Event.DOSSIER_REJECTED
    record(
        event,
        actor=by.actor if by else "system",
        subject=dossier.subject,
        at=at,
        office=dossier.office_id,
        reason=dossier.reason or None,
    )


def tell(dossier: Dossier, *, to: str, body: str, at: datetime) -> None:
    """Send the applicant a message about the present state, once it can no longer be taken back."""
    enqueue(
        to=to,
        body=body,
        purpose=Purpose.NOTICE,
        dedupe_key=dossier.message_key,
        at=at,
        not_before=at + TOLD_AFTER,
    )


def handler(dossier: Dossier, by: User) -> str | Promise:
    """Return who changed the dossier last, as the officer who came too late is told."""
    changes = AuditEvent.objects.filter(subject=dossier.subject, event__in=CHANGES)
    actor = changes.order_by("-pk").values_list("actor", flat=True).first() or ""
    if actor == by.actor:
        return _("yourself")
    if not actor.startswith("staff:") and actor != "system":
        return _("the applicant")
    staff = get_user_model().objects.filter(is_staff=True, pk=actor.removeprefix("staff:") or 0)
    found = staff.first() if actor.startswith("staff:") else None
    return str(found) if found else _("somebody else")
