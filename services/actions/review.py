"""What an officer does with a request: grant, return, refuse, answer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.dossiers import decisions
from accounts.dossiers.decisions import ReasonMissing
from accounts.models import User
from accounts.rules.refusals import REFUSALS, Refusal
from services.actions import granting
from services.models import ServiceRequest
from services.reads import known_of


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
    granting.tell(request, at=at)
    return request


def catalogue(request: ServiceRequest) -> dict[str, Refusal]:
    """Reasons with which this request can be refused: the procedure's own and the common ones."""
    return {**request.procedure.refusals, **{key: REFUSALS[key] for key in ("record_differs",)}}


def _locked(dossier_id: int, version: int, by: User, at: datetime) -> ServiceRequest:
    requests = ServiceRequest.objects.visible_to(by).select_related("person", "account")
    return decisions.lock(requests, dossier_id=dossier_id, version=version, by=by, at=at)
