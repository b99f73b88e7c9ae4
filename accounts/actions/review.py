"""What an officer does with a registration dossier: approve, return, refuse, each one transaction with its message."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import otp
from accounts.actions.children import admit, tell_parent
from accounts.actions.credentials import reissue_credentials
from accounts.actions.login import AccountFrozen
from accounts.actions.opening import open_account
from accounts.dossiers import decisions
from accounts.dossiers.decisions import AlreadyHandled as AlreadyHandled
from accounts.dossiers.decisions import ReasonMissing as ReasonMissing
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from accounts.models.registration import IdentityMethod, IdType, Kind
from accounts.rules.comparison import Birth, Facts, Verdict, compare, obstacles
from accounts.rules.refusals import REFUSALS
from insurance.models import InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, DomainError, NotFound

# What an applicant can show at the office.
DOCUMENTS = {
    Kind.ADULT: (IdType.CCCD, IdType.PASSPORT),
    Kind.CHILD: (IdType.CCCD, IdType.PASSPORT, IdType.BIRTH),
}


class RecordDiffers(Conflict):
    """The declaration is not about the person of the record, or the record is wrong."""

    code = "record_differs"
    message = _(
        "Name, date of birth or identity number differ from the insurance record. Have the record corrected (TK1-TS) "
        "or return the dossier; then it can be approved."
    )


class NoAccount(Conflict):
    """Only an approved dossier has an account whose login data can be sent."""

    code = "no_account"
    message = _("No account was opened with this dossier.")


class IdentityNotChecked(DomainError):
    """Approval needs the person to have been seen with the original paper, or proved in another way."""

    code = "identity_not_checked"
    message = _("Confirm first that the applicant was present with the original document, and say which document.")


@transaction.atomic
def record_identity(*, dossier_id: int, version: int, document: str, by: User, at: datetime) -> RegistrationDossier:
    """Note that the applicant was at the office with the original `document` (a value of IdType); decides nothing.

    Raises NotFound, AlreadyHandled, IdentityNotChecked when there is no such document.
    """
    dossier = _locked(dossier_id, version, by, at)
    _see(dossier, document, by=by, at=at)
    dossier.version += 1
    dossier.save()
    return dossier


@transaction.atomic
def approve(*, dossier_id: int, version: int, document: str = "", by: User, at: datetime) -> RegistrationDossier:
    """Open the account, close the person's other dossiers, and send the login data.

    The identity was recorded before, proved by VNeID or by the parent's account, or is recorded now: then `document`
    is what was shown. Raises NotFound for another office's dossier, AlreadyHandled, IdentityNotChecked, RecordDiffers,
    and as `open_account`.
    """
    hold_persons_dossiers(dossier_id)
    dossier = _locked(dossier_id, version, by, at)
    if not identity_proved(dossier):
        _see(dossier, document, by=by, at=at)
    if obstacles(verdicts(dossier)):
        raise RecordDiffers
    decisions.decide(dossier, DossierStatus.APPROVED, by=by, at=at)
    (admit if dossier.kind == Kind.CHILD else open_account)(dossier=dossier, by=by, at=at)
    tell_parent(dossier, at=at)
    return dossier


@transaction.atomic
def return_for_changes(
    *, dossier_id: int, version: int, reasons: Sequence[dict[str, str]], by: User, at: datetime
) -> RegistrationDossier:
    """Give the dossier back to the citizen; `reasons` are [{"field": …, "text": …}] and a message tells her.

    What is corrected is compared with the person again: a check at the office so far does not count for it.
    Raises NotFound, AlreadyHandled, ReasonMissing.
    """
    dossier = _locked(dossier_id, version, by, at)
    if dossier.identity_method == IdentityMethod.IN_PERSON:
        dossier.identity_method = dossier.identity_document = ""
        dossier.identity_checked_at = dossier.identity_checked_by = None
    decisions.give_back(dossier, reasons=reasons, by=by, at=at)
    decisions.tell(dossier, to=dossier.phone, body=messages.dossier_returned(dossier.number or ""), at=at)
    tell_parent(dossier, at=at)
    return dossier


@transaction.atomic
def reject(*, dossier_id: int, version: int, reason: str, text: str, by: User, at: datetime) -> RegistrationDossier:
    """Refuse the dossier for a `reason` of the catalogue and tell the citizen where to read it.

    Raises NotFound, AlreadyHandled, ReasonMissing.
    """
    dossier = _locked(dossier_id, version, by, at)
    decisions.refuse(dossier, reason=reason, text=text, catalogue=REFUSALS, by=by, at=at)
    decisions.tell(dossier, to=dossier.phone, body=messages.dossier_refused(dossier.number or ""), at=at)
    tell_parent(dossier, at=at)
    return dossier


@transaction.atomic
def resend_credentials(*, dossier_id: int, by: User, at: datetime) -> User:
    """Send a new temporary password to the account that this dossier opened; whatever password there was ends.

    Failures of codes to its phone are forgotten.

    Raises NotFound, NoAccount, AccountFrozen, and as `reissue_credentials`.
    """
    dossier = RegistrationDossier.objects.visible_to(by).filter(pk=dossier_id).first()
    if dossier is None:
        raise NotFound
    user = account_of(dossier)
    if user is None:
        raise NoAccount
    if user.frozen_at is not None or not user.is_active:
        raise AccountFrozen
    reissue_credentials(user=user, by=by.actor, at=at)
    otp.clear(user=user, by=by.actor, at=at)  # the first login needs a code
    record(Event.MESSAGE_RESENT, actor=by.actor, subject=dossier.subject, at=at, office=dossier.office_id)
    return user


def note_view(*, dossier: RegistrationDossier, by: User, at: datetime) -> None:
    """Write down that a member of staff, or a system of an office, looked at a dossier.

    The record beside the declaration is a reading of that person's data: the citizen can see who looked.
    """
    record(Event.DOSSIER_VIEWED, actor=by.actor, subject=dossier.subject, at=at, office=dossier.office_id)
    if dossier.person_id:
        person = f"person:{dossier.person_id}"
        record(
            Event.RECORD_VIEWED,
            actor=by.actor,
            subject=person,
            at=at,
            office=dossier.office_id,
            purpose="registration",
        )


def identity_proved(dossier: RegistrationDossier) -> bool:
    """Tell whether it is sure that the applicant is the person: seen at the office, by VNeID, by the parent."""
    return bool(dossier.identity_method) and dossier.identity_checked_at is not None


def account_of(dossier: RegistrationDossier) -> User | None:
    """Return the account that this dossier opened."""
    if dossier.status != DossierStatus.APPROVED or dossier.person_id is None:
        return None
    return User.objects.filter(person=dossier.person_id).first()


def verdicts(dossier: RegistrationDossier) -> dict[str, Verdict]:
    """Hold the declaration against the insurance record as both are now."""
    return compare(declared(dossier), recorded(dossier.person))


def declared(dossier: RegistrationDossier) -> Facts:
    """Return what the applicant declared; only a citizen identity card has the number that records hold."""
    return Facts(
        bhxh_code=dossier.bhxh_code,
        full_name=dossier.full_name,
        date_of_birth=Birth(dossier.date_of_birth, dossier.birth_year_only),
        gender=dossier.gender,
        id_number=dossier.id_number if dossier.id_type == IdType.CCCD else None,
        address=f"{dossier.address}, {dossier.ward}, {dossier.province}",
        phone=dossier.phone,
    )


def recorded(person: InsuredPerson | None) -> Facts | None:
    """Return what the insurance record says."""
    if person is None:
        return None
    places = (person.address, person.ward, person.ward.province) if person.ward else (person.address,)
    return Facts(
        bhxh_code=person.bhxh_code,
        full_name=person.full_name,
        date_of_birth=Birth(person.date_of_birth, person.birth_year_only),
        gender=person.gender,
        id_number=person.citizen_id,
        address=", ".join(str(place) for place in places if place),
        phone=person.phone,
    )


def hold_persons_dossiers(dossier_id: int) -> None:
    """Lock all open dossiers of the person in one order: of two approvals side by side one waits."""
    same = RegistrationDossier.objects.filter(pk=dossier_id, person__isnull=False).values("person")
    list(RegistrationDossier.objects.open().filter(person__in=same).order_by("pk").select_for_update(of=("self",)))


def _locked(dossier_id: int, version: int, by: User, at: datetime) -> RegistrationDossier:
    dossiers = RegistrationDossier.objects.visible_to(by)
    return decisions.lock(dossiers, dossier_id=dossier_id, version=version, by=by, at=at)


def _see(dossier: RegistrationDossier, document: str, *, by: User, at: datetime) -> None:
    """Write down that the applicant was seen; what proved the identity before stays what it was."""
    if identity_proved(dossier):
        return
    if document not in DOCUMENTS[Kind(dossier.kind)]:
        raise IdentityNotChecked
    dossier.identity_method, dossier.identity_document = IdentityMethod.IN_PERSON, document
    dossier.identity_checked_at, dossier.identity_checked_by = at, by
    record(
        Event.DOSSIER_IDENTITY_CHECKED,
        actor=by.actor,
        subject=dossier.subject,
        at=at,
        office=dossier.office_id,
        document=document,
    )
