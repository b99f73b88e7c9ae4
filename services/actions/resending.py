"""Which message about a request for a public service goes again."""

from __future__ import annotations

from datetime import datetime

from accounts import messages
from accounts.dossiers import resending
from accounts.dossiers.models import DossierStatus
from accounts.dossiers.resending import Told
from accounts.models import User
from services.actions.waiting import code_of
from services.models import ServiceRequest
from vssid.sms.models import Purpose

ANSWERED = (DossierStatus.RETURNED, DossierStatus.APPROVED, DossierStatus.REJECTED)


def resend(*, dossier_id: int, by: User, at: datetime) -> None:
    """Send the message that goes with the request's state once more to the phone on file of who filed it.

    Raises as `accounts.dossiers.resending.resend`.
    """
    requests = ServiceRequest.objects.visible_to(by).select_related("account")
    resending.resend(requests, dossier_id=dossier_id, told=told, by=by, at=at)


def told(request: ServiceRequest) -> Told | None:
    """Return what is said of a request as it stands; None when nothing is, or there is no phone."""
    phone, number = request.account.phone, request.number or ""
    if phone and request.status == DossierStatus.SUBMITTED:
        return Told(phone, messages.request_received(number, stop=code_of(request)), Purpose.RECEIPT)
    if phone and request.status in ANSWERED:
        return Told(phone, messages.request_changed(number), Purpose.NOTICE)
    return None
