"""What a granted request about one's own data does: photos erased, applications shut out, an account closed.

Insurance records are kept by law and are not the portal's to erase (Luật 91/2025/QH15; Luật BHXH 41/2024/QH15).
"""

from datetime import datetime

from django.db import transaction

from accounts import messages
from accounts.actions.credentials import end_access, end_applications
from accounts.actions.retention import erase_kept
from accounts.models import RegistrationDossier, User
from accounts.models.registration import Kind as DossierKind
from insurance.actions.card_prints import withdraw_prints
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.sms.models import Purpose
from vssid.sms.outbox import enqueue

ASKED = "data_subject"
"""Why a photo was erased, when its owner asked for it."""


@transaction.atomic
def erase_photos_of(*, person_id: int, by: str, at: datetime) -> int:
    """Erase what is kept of a person's identity photos; return how many. Raises StorageUnavailable."""
    own = RegistrationDossier.objects.filter(person=person_id, kind=DossierKind.ADULT, photos__erased_at=None)
    dossiers = own.distinct().values_list("pk", flat=True)
    locked = RegistrationDossier.objects.filter(pk__in=dossiers).select_for_update(of=("self",)).order_by("pk")
    return sum(erase_kept(one, reason=ASKED, by=by, at=at) for one in locked)


@transaction.atomic
def shut_out_applications(*, person_id: int, by: str, at: datetime) -> None:
    """End whatever access applications have to this person's data; sessions stay."""
    user = User.objects.select_for_update(of=("self",)).get(person=person_id)
    end_applications(user)
    record(Event.CONSENT_WITHDRAWN, actor=by, subject=user.actor, at=at)


@transaction.atomic
def close_account(*, person_id: int, by: str, at: datetime, reason: str) -> bool:
    """Close the account of a person for good; return False when there is none open.

    Nobody can log in, every session, passkey, VNeID link, application's access and printed card ends, children leave
    the account, phone and e-mail are forgotten. The row stays, so that the log stays readable; a new registration
    opens it again. `reason`: "asked" or "death".
    """
    user = User.objects.select_for_update(of=("self",)).filter(person=person_id, is_active=True).first()
    if user is None:
        return False
    if user.phone and reason == "asked":
        enqueue(
            to=user.phone,
            body=messages.account_closed(user.username, at),
            purpose=Purpose.NOTICE,
            dedupe_key=f"closed:{user.pk}:{user.session_version}",
            at=at,
        )
    end_access(user)
    user.passkeys.all().delete()
    if hasattr(user, "vneid_link"):
        user.vneid_link.delete()
    user.guardianships.filter(ended_at=None).update(ended_at=at)
    user.is_active = False
    user.set_unusable_password()
    user.set_phone(None)
    user.email = None
    user.save()
    withdraw_prints(person_id=person_id, by=by, at=at)
    record(Event.ACCOUNT_CLOSED, actor=by, subject=user.actor, at=at, reason=reason)
    return True
