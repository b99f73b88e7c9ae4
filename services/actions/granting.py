"""Granting a request: the records change, the citizen is told, and what follows from it opens by itself."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.dossiers import decisions
from accounts.dossiers.actions import next_number
from accounts.dossiers.models import DossierStatus
from accounts.models import User
from services.models import PaymentSlip, ServiceRequest
from services.procedures.definition import Decision
from services.procedures.known import Known
from services.rules.terms import due_on
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict
from vssid.notices import posting
from vssid.notices.kinds import Kind
from vssid.sms import outbox
from vssid.sms.models import Purpose


class NotPaid(Conflict):
    """The slip of this request is not paid."""

    code = "not_paid"
    message = _("The payment has not arrived yet.")


@transaction.atomic
def grant(*, request: ServiceRequest, by: User | None, at: datetime, known: Known, outcome: str = "") -> ServiceRequest:
    """Grant a request that the caller has locked and that waits; `by` nobody means that the rules decided.

    The effect of its procedure runs in the same transaction, unless the change has to wait. Raises NotPaid, and what
    the effect raises.
    """
    if request.procedure.paid_first and paid_on(request) is None:
        raise NotPaid
    request.outcome = outcome.strip()
    decisions.decide(request, DossierStatus.APPROVED, by=by, at=at)
    if request.effective_at is None or request.effective_at <= at:
        carry_out(request, at=at)
    tell(request, at=at)
    opens = request.procedure.opens
    follow = opens(request.answers, known) if opens else None
    if follow is not None:
        code, answers = follow
        _open(request, code, dict(answers), at=at)
    return request


def paid_on(request: ServiceRequest) -> date | None:
    """The day on which its slip was paid; None while it was not, or when nothing is to be paid."""
    return PaymentSlip.objects.filter(request=request).values_list("paid_on", flat=True).first()


def carry_out(request: ServiceRequest, *, at: datetime) -> None:
    """Change the records as a granted request asks; the caller has locked it and its time has come."""
    effect = request.procedure.effect
    if effect is not None:
        said = effect(
            Decision(
                request_id=request.pk,
                number=request.number or "",
                person_id=request.person_id,
                office_id=request.office_id,
                answers=request.answers,
                by=request.decided_by.actor if request.decided_by else "system",
                at=at,
                paid_on=paid_on(request),
            )
        )
        request.outcome = "\n".join(filter(None, (request.outcome, said)))
    request.applied_at = at
    request.stop_hash = None
    request.save(update_fields=["applied_at", "stop_hash", "outcome"])


def notice_key(request: ServiceRequest) -> str:
    """The key of the notice about the state that the request has now."""
    return f"{request.subject}:{request.version}"


def tell(request: ServiceRequest, *, at: datetime) -> None:
    """Tell the citizen of the state the request has now: on the notices page and by SMS."""
    posting.post(
        person_id=request.person_id,
        kind=Kind.REQUEST_CHANGED,
        dedupe_key=notice_key(request),
        at=at,
        url=reverse("services:request", args=[request.url_number]),
        number=request.number or "",
    )
    if request.account.phone:
        outbox.enqueue(
            to=request.account.phone,
            body=messages.request_changed(request.number or ""),
            purpose=Purpose.NOTICE,
            dedupe_key=request.message_key,
            at=at,
            not_before=at + decisions.TOLD_AFTER if request.decided_by_id else None,
        )


def _open(cause: ServiceRequest, code: str, answers: dict[str, object], *, at: datetime) -> None:
    """Open the request that follows from a granted one, already sent: the citizen signed the first."""
    follow = ServiceRequest(
        procedure_code=code,
        person_id=cause.person_id,
        account_id=cause.account_id,
        office_id=cause.office_id,
        cause=cause,
        created_at=at,
        number=next_number(office=cause.office_id, kind="DVC", at=at),
    )
    follow.answers = answers
    follow.move_to(DossierStatus.SUBMITTED, at=at)
    follow.due_on = due_on(follow.procedure, answers, at)
    follow.save()
    record(Event.DOSSIER_SUBMITTED, actor="system", subject=follow.subject, at=at, office=follow.office_id)
