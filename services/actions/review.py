"""What an officer does with a request: grant, return, refuse, answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.dossiers import decisions, reopening
from accounts.dossiers.decisions import ReasonMissing
from accounts.models import User
from accounts.rules.refusals import Refusal
from services.actions import granting, payments, requests
from services.models import ServiceRequest
from services.procedures.refusals import COMMON
from services.reads import known_of
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, NotFound
from vssid.notices.models import Notice


class NotExtendable(Conflict):
    """The law gives this term no extension, or it was used."""

    code = "not_extendable"
    message = _("This term cannot be prolonged, or was already.")


@transaction.atomic
def approve(*, dossier_id: int, version: int, by: User, at: datetime, outcome: str = "") -> ServiceRequest:
    """Grant a request with an answer in words. Raises NotFound, AlreadyHandled, HeldBy, and as its effect."""
    request = _locked(dossier_id, version, by, at)
    known = known_of(request.person, on=timezone.localdate(at))
    return granting.grant(request=request, by=by, at=at, known=known, outcome=outcome)


@transaction.atomic
def return_for_changes(
    *, dossier_id: int, version: int, reasons: Sequence[dict[str, str]], by: User, at: datetime
) -> ServiceRequest:
    """Give a request back; `reasons` are [{"field": a field or paper, "text": …}]. Raises also ReasonMissing."""
    request = _locked(dossier_id, version, by, at)
    names = {item.name for item in request.procedure.fields} | {paper.name for paper in request.procedure.papers}
    if not {reason.get("field") for reason in reasons} <= names:
        raise ReasonMissing
    decisions.give_back(request, reasons=reasons, by=by, at=at)
    granting.tell(request, at=at)
    return request


@transaction.atomic
def reject(*, dossier_id: int, version: int, reason: str, text: str, by: User, at: datetime) -> ServiceRequest:
    """Refuse a request for a reason of the catalogue. Raises also ReasonMissing."""
    request = _locked(dossier_id, version, by, at)
    decisions.refuse(request, reason=reason, text=text, catalogue=catalogue(request), by=by, at=at)
    payments.owe_back(request)
    granting.tell(request, at=at)
    return request


@transaction.atomic
def reopen(*, dossier_id: int, version: int, by: User, at: datetime) -> ServiceRequest:
    """Put a returned or refused request back into the queue before its citizen knows; its message and notice go.

    Raises NotFound for another office's request, and as `take_back`.
    """
    mine = ServiceRequest.objects.visible_to(by).select_for_update(of=("self",))
    request = mine.filter(pk=dossier_id).first()
    if request is None:
        raise NotFound
    told = Notice.objects.filter(dedupe_key=granting.notice_key(request))  # `take_back` changes the key
    if told.filter(read_at__isnull=False).exists():
        raise reopening.CitizenKnows
    reopening.take_back(request, version=version, by=by, at=at)
    payments.owe_no_more(request)
    told.delete()
    return request


@transaction.atomic
def extend_term(*, dossier_id: int, version: int, text: str, by: User, at: datetime) -> ServiceRequest:
    """Prolong the term once by what the procedure allows, and tell the citizen why. Raises also NotExtendable."""
    request = _locked(dossier_id, version, by, at)
    days = request.procedure.extension_days
    if not days or request.extended_at is not None or request.due_on is None:
        raise NotExtendable
    requests.write(request=request, author=by, text=text, at=at)
    request.extended_at, request.due_on = at, request.due_on + timedelta(days=days)
    request.version += 1
    request.save(update_fields=["extended_at", "due_on", "version"])
    record(Event.TERM_EXTENDED, actor=by.actor, subject=request.subject, at=at, office=request.office_id, days=days)
    granting.tell(request, at=at)
    return request


def catalogue(request: ServiceRequest) -> dict[str, Refusal]:
    """Reasons with which this request can be refused: the procedure's own and the common ones."""
    return {**request.procedure.refusals, **COMMON}


def _locked(dossier_id: int, version: int, by: User, at: datetime) -> ServiceRequest:
    requests = ServiceRequest.objects.visible_to(by).select_related("person", "account")
    return decisions.lock(requests, dossier_id=dossier_id, version=version, by=by, at=at)
