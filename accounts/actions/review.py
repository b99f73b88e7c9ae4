"""What an officer does with a registration dossier: approve, return, refuse, each one transaction with its message."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions.credentials import issue_credentials, reissue_credentials
from accounts.actions.login import AccountFrozen
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from accounts.models.registration import IdType
from accounts.rules.comparison import Birth, Facts, Verdict, compare, obstacles
from accounts.rules.refusals import REFUSALS
from insurance.models import InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.crypto import keyed_hash
from vssid.errors import Conflict, DomainError, NotFound
from vssid.sms.models import Purpose
from vssid.sms.outbox import enqueue

STAFF_CHANGES = (Event.DOSSIER_APPROVED, Event.DOSSIER_RETURNED, Event.DOSSIER_REJECTED, Event.DOSSIER_CANCELLED)


class AlreadyHandled(Conflict):
    """Somebody decided, or the citizen changed something, since the page was opened."""

    code = "already_handled"
    message = _("This dossier was changed in the meantime by %(by)s. Nothing was done a second time.")


class NoRecord(DomainError):
    """An account needs an insurance record."""

    code = "no_record"
    message = _("No insurance record belongs to this dossier, so no account can be opened for it.")


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


class HasAccount(Conflict):
    """The person already has an account."""

    code = "has_account"
    message = _("This person already has an account. Refuse the dossier, or issue the login data again.")


class IdentityNotChecked(DomainError):
    """Approval needs the person to have been seen with the original paper."""

    code = "identity_not_checked"
    message = _("Confirm first that the applicant was present with the original document.")


class ReasonMissing(DomainError):
    """A return needs a field and words, a refusal a reason of the catalogue."""

    code = "reason_missing"
    message = _("Say why: the citizen reads it.")


@transaction.atomic
def approve(*, dossier_id: int, version: int, identity_checked: bool, by: User, at: datetime) -> RegistrationDossier:
    """Open the account, close the person's other dossiers, and send the login data.

    Raises NotFound for another office's dossier, AlreadyHandled, IdentityNotChecked, NoRecord, RecordDiffers,
    HasAccount.
    """
    _hold_persons_dossiers(dossier_id)
    dossier = _locked(dossier_id, version, by)
    if not identity_checked:
        raise IdentityNotChecked
    person = dossier.person
    if person is None:
        raise NoRecord
    if obstacles(verdicts(dossier)):
        raise RecordDiffers
    if User.objects.filter(person=person).exists():
        raise HasAccount
    dossier.identity_checked_at = at
    _decide(dossier, DossierStatus.APPROVED, by=by, at=at)
    user = User.objects.create_user(
        person.bhxh_code,
        person=person,
        full_name=person.full_name,
        phone=dossier.phone,
        phone_hash=keyed_hash(dossier.phone, kind="phone"),
        email=dossier.email,
        date_joined=at,
    )
    record(Event.ACCOUNT_OPENED, actor=_staff(by), subject=f"user:{user.pk}", at=at, office=dossier.office_id)
    _cancel_others(dossier, by=by, at=at)
    issue_credentials(user=user, phone=dossier.phone, dedupe_key=f"credentials:{dossier.pk}", by=_staff(by), at=at)
    return dossier


@transaction.atomic
def return_for_changes(
    *, dossier_id: int, version: int, reasons: Sequence[dict[str, str]], by: User, at: datetime
) -> RegistrationDossier:
    """Give the dossier back to the citizen; `reasons` are [{"field": …, "text": …}] and a message tells her.

    Raises NotFound, AlreadyHandled, ReasonMissing.
    """
    dossier = _locked(dossier_id, version, by)
    if not reasons or not all(reason.get("field") and reason.get("text", "").strip() for reason in reasons):
        raise ReasonMissing
    dossier.return_reasons = [{"field": reason["field"], "text": reason["text"].strip()} for reason in reasons]
    dossier.move_to(DossierStatus.RETURNED, at=at)
    dossier.save()
    record(Event.DOSSIER_RETURNED, actor=_staff(by), subject=_subject(dossier), at=at, office=dossier.office_id)
    _tell(dossier, messages.dossier_returned(dossier.number or ""), at=at)
    return dossier


@transaction.atomic
def reject(*, dossier_id: int, version: int, reason: str, text: str, by: User, at: datetime) -> RegistrationDossier:
    """Refuse the dossier for a `reason` of the catalogue and tell the citizen where to read it.

    Raises NotFound, AlreadyHandled, ReasonMissing.
    """
    dossier = _locked(dossier_id, version, by)
    if reason not in REFUSALS:
        raise ReasonMissing
    dossier.reason = reason
    dossier.reason_text = text.strip()
    _decide(dossier, DossierStatus.REJECTED, by=by, at=at)
    _tell(dossier, messages.dossier_refused(dossier.number or ""), at=at)
    return dossier


@transaction.atomic
def resend_credentials(*, dossier_id: int, by: User, at: datetime) -> User:
    """Send a new temporary password to the account that this dossier opened; whatever password there was ends.

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
    reissue_credentials(user=user, by=_staff(by), at=at)
    record(Event.MESSAGE_RESENT, actor=_staff(by), subject=_subject(dossier), at=at, office=dossier.office_id)
    return user


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


def _hold_persons_dossiers(dossier_id: int) -> None:
    """Lock all open dossiers of the person in one order: of two approvals side by side one waits."""
    same = RegistrationDossier.objects.filter(pk=dossier_id, person__isnull=False).values("person")
    list(RegistrationDossier.objects.open().filter(person__in=same).order_by("pk").select_for_update(of=("self",)))


def _locked(dossier_id: int, version: int, by: User) -> RegistrationDossier:
    dossiers = RegistrationDossier.objects.visible_to(by)
    dossier = dossiers.select_for_update(of=("self",)).filter(pk=dossier_id).first()
    if dossier is None:
        raise NotFound
    if dossier.version != version or dossier.status != DossierStatus.SUBMITTED:
        raise AlreadyHandled(by=_handler(dossier, by))
    return dossier


def _handler(dossier: RegistrationDossier, by: User) -> str | Promise:
    """Return who changed the dossier last, as the officer who came too late is told."""
    if dossier.status in (DossierStatus.SUBMITTED, DossierStatus.WITHDRAWN):
        return _("the applicant")
    changes = AuditEvent.objects.filter(subject=_subject(dossier), event__in=STAFF_CHANGES)
    actor = changes.order_by("-pk").values_list("actor", flat=True).first() or ""
    if actor == _staff(by):
        return _("yourself")
    staff = User.objects.filter(is_staff=True, pk=actor.removeprefix("staff:")) if actor.startswith("staff:") else None
    return str(staff.first()) if staff else _("somebody else")


def _decide(dossier: RegistrationDossier, status: DossierStatus, *, by: User, at: datetime) -> None:
    dossier.decided_by = by
    dossier.move_to(status, at=at)
    dossier.save()
    event = Event.DOSSIER_APPROVED if status == DossierStatus.APPROVED else Event.DOSSIER_REJECTED
    record(
        event,
        actor=_staff(by),
        subject=_subject(dossier),
        at=at,
        office=dossier.office_id,
        reason=dossier.reason or None,
    )


def _cancel_others(dossier: RegistrationDossier, *, by: User, at: datetime) -> None:
    others = RegistrationDossier.objects.open().filter(person=dossier.person_id).exclude(pk=dossier.pk)
    for other in others.select_for_update(of=("self",)).order_by("pk"):
        other.move_to(DossierStatus.CANCELLED, at=at)
        other.save()
        record(Event.DOSSIER_CANCELLED, actor=_staff(by), subject=_subject(other), at=at, office=other.office_id)


def _tell(dossier: RegistrationDossier, body: str, *, at: datetime) -> None:
    key = f"dossier:{dossier.pk}:{dossier.version}"
    enqueue(to=dossier.phone, body=body, purpose=Purpose.NOTICE, dedupe_key=key, at=at)


def _staff(user: User) -> str:
    return f"staff:{user.pk}"


def _subject(dossier: RegistrationDossier) -> str:
    return f"dossier:{dossier.pk}"
