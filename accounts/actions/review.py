"""What an officer does with a registration dossier: approve, return, refuse, each one transaction with its message."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions.credentials import issue_credentials
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from accounts.rules.refusals import REFUSALS
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import Conflict, DomainError, NotFound
from vssid.sms.models import Purpose
from vssid.sms.outbox import enqueue


class AlreadyHandled(Conflict):
    """Somebody decided, or the citizen changed something, since the page was opened."""

    code = "already_handled"
    message = _("This dossier was changed in the meantime by %(by)s. It was not decided a second time.")


class NoRecord(DomainError):
    """An account needs an insurance record."""

    code = "no_record"
    message = _("No insurance record belongs to this dossier, so no account can be opened for it.")


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

    Raises NotFound for another office's dossier, AlreadyHandled, IdentityNotChecked, NoRecord, HasAccount.
    """
    dossier = _locked(dossier_id, version, by)
    if not identity_checked:
        raise IdentityNotChecked
    person = dossier.person
    if person is None:
        raise NoRecord
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


def _locked(dossier_id: int, version: int, by: User) -> RegistrationDossier:
    dossiers = RegistrationDossier.objects.visible_to(by)
    dossier = dossiers.select_for_update(of=("self",)).select_related("person").filter(pk=dossier_id).first()
    if dossier is None:
        raise NotFound
    if dossier.version != version or dossier.status != DossierStatus.SUBMITTED:
        raise AlreadyHandled(by=_decider(dossier))
    return dossier


def _decider(dossier: RegistrationDossier) -> str | Promise:
    return dossier.decided_by.full_name if dossier.decided_by else _("somebody else")


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
