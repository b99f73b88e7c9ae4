"""Which message about a registration goes again; login data have a way of their own (review.resend_credentials)."""

from __future__ import annotations

from datetime import datetime

from accounts import messages
from accounts.actions.registration import entered_code
from accounts.dossiers import resending
from accounts.dossiers.models import DossierStatus
from accounts.dossiers.resending import Told
from accounts.models import RegistrationDossier, User
from vssid.sms.models import Purpose


def resend(*, dossier_id: int, by: User, at: datetime) -> None:
    """Send the message that goes with the dossier's state once more to the phone of its applicant.

    Raises as `accounts.dossiers.resending.resend`.
    """
    resending.resend(RegistrationDossier.objects.visible_to(by), dossier_id=dossier_id, told=told, by=by, at=at)


def told(dossier: RegistrationDossier) -> Told | None:
    """Return what is said of a dossier as it stands; None when nothing is."""
    number = str(dossier.number)
    if dossier.status == DossierStatus.SUBMITTED:
        body = messages.receipt(entered_code(dossier), number, visit=bool(dossier.slots))
        return Told(dossier.phone, body, Purpose.RECEIPT)
    if dossier.status == DossierStatus.RETURNED:
        return Told(dossier.phone, messages.dossier_returned(number), Purpose.NOTICE)
    if dossier.status == DossierStatus.REJECTED:
        return Told(dossier.phone, messages.dossier_refused(number), Purpose.NOTICE)
    return None
