"""Opening the account of an approved dossier, whether an officer approved it or every automatic check passed."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actions.credentials import issue_credentials
from accounts.actions.identities import remember_numbers
from accounts.dossiers.actions import forget_return
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User, VNeIDLink
from accounts.models.registration import Kind
from insurance.models import InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import Conflict, DomainError


class NoRecord(DomainError):
    """An account needs an insurance record."""

    code = "no_record"
    message = _("No insurance record belongs to this dossier, so no account can be opened for it.")


class HasAccount(Conflict):
    """The person already has an account."""

    code = "has_account"
    message = _("This person already has an account. Refuse the dossier, or issue the login data again.")


class VNeIDUsed(Conflict):
    """The VNeID identity of the dossier opens another account."""

    code = "vneid_used"
    message = _("The VNeID identity of this dossier is linked to another account. Have that link released first.")


def open_account(*, dossier: RegistrationDossier, by: User | None, at: datetime) -> User:
    """Open the account of a dossier that was just approved, close the person's other dossiers, send the login data.

    Call it in the transaction of the decision, with the person's open dossiers locked. `by` is the officer, None when
    nobody but the rules decided. An identity that VNeID proved is linked. Raises NoRecord, HasAccount, VNeIDUsed.
    """
    person, actor = dossier.person, f"staff:{by.pk}" if by else "system"
    if person is None:
        raise NoRecord
    user = _user_of(person, dossier, at=at)
    record(Event.ACCOUNT_OPENED, actor=actor, subject=user.actor, at=at, office=dossier.office_id)
    remember_numbers(dossier, person)
    if dossier.vneid_subject:
        _link(dossier, user, at=at)
    _cancel_others(dossier, person, by=actor, at=at)
    issue_credentials(user=user, phone=dossier.phone, dedupe_key=f"credentials:{dossier.pk}", by=actor, at=at)
    return user


def _user_of(person: InsuredPerson, dossier: RegistrationDossier, *, at: datetime) -> User:
    """The new user; the one whose account was closed comes back."""
    contacts = {
        "full_name": person.full_name,
        "phone": dossier.phone,
        "phone_hash": keyed_hash(dossier.phone, kind="phone"),
        "email": dossier.email,
    }
    closed = User.objects.select_for_update(of=("self",)).filter(person=person).first()
    if closed is None:
        return User.objects.create_user(person.bhxh_code, person=person, date_joined=at, **contacts)
    if closed.is_active:
        raise HasAccount
    for name, value in {**contacts, "username": person.bhxh_code, "is_active": True}.items():
        setattr(closed, name, value)
    closed.frozen_at, closed.frozen_reason, closed.phone_changed_at = None, "", None
    closed.session_version += 1
    closed.save()
    return closed


def _link(dossier: RegistrationDossier, user: User, *, at: datetime) -> None:
    """The identity that proved the applicant opens the account from now on."""
    identity = {"issuer": dossier.vneid_issuer, "subject": dossier.vneid_subject}
    if VNeIDLink.objects.filter(**identity).exists():
        raise VNeIDUsed
    VNeIDLink.objects.create(
        user=user,
        linked_at=at,
        citizen_hash=keyed_hash(dossier.id_number or "", kind="citizen_id"),
        certified_at=dossier.identity_checked_at,
        name_certified=True,
        **identity,
    )
    record(Event.VNEID_LINKED, actor=user.actor, subject=user.actor, at=at, proof="registration")


def _cancel_others(dossier: RegistrationDossier, person: InsuredPerson, *, by: str, at: datetime) -> None:
    others = RegistrationDossier.objects.open().filter(person=person).exclude(pk=dossier.pk)
    if dossier.kind == Kind.CHILD:  # the child's other parent may wait to be put beside this one
        others = others.exclude(Q(kind=Kind.CHILD) & ~Q(parent=dossier.parent_id))
    for other in others.select_for_update(of=("self",)).order_by("pk"):
        forget_return(dossier=other, at=at)
        other.move_to(DossierStatus.CANCELLED, at=at)
        other.save()
        record(Event.DOSSIER_CANCELLED, actor=by, subject=f"dossier:{other.pk}", at=at, office=other.office_id)
