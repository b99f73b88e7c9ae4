"""A child under a parent's account: declaration, submission, admission after an officer's approval, hand-over at 18."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import drafts, otp
from accounts.actions.login import NoPhone
from accounts.actions.opening import NoRecord, open_account
from accounts.actions.registration import (
    PhotosMissing,
    confirm_receipt,
    hold,
    mark_duplicates,
    marks_beside,
    others_open,
    person_for,
    tell_holder,
)
from accounts.dossiers.actions import forget_return
from accounts.dossiers.models import CHANGEABLE, DossierStatus
from accounts.dossiers.terms import due_day
from accounts.models import Guardianship, IdPhoto, OneTimeCode, PartialDeclaration, RegistrationDossier, User
from accounts.models.registration import SLOTS, IdentityMethod, IdType, Kind
from accounts.rules.children import ChildDeclaration, child_marks, is_child, majority_on
from accounts.rules.marks import Mark
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import Conflict, DomainError
from vssid.notices import posting
from vssid.notices.kinds import Kind as Notice
from vssid.sms import outbox
from vssid.sms.models import Purpose as SmsPurpose

# The text a parent consents to, and what the data are used for (Luật 91/2025/QH15 on personal data).
CONSENT_VERSION = "child-2026-11"
CONSENT_PURPOSES = ("check_identity", "open_account", "show_to_parent")


class AdultsOnly(DomainError):
    """Only somebody of age registers a child."""

    code = "adults_only"
    status = 403
    message = _("Only a parent or guardian who is 18 or older can register a child.")


class ConsentMissing(Conflict):
    """The parent has not consented to the processing of the child's data."""

    code = "consent_missing"
    message = _("Your consent is missing. Give it before you send the declaration.")


class AlreadySent(Conflict):
    """This parent's declaration for this child waits to be decided."""

    code = "already_sent"
    message = _("You have already sent a declaration for this child. It is being checked.")


class AlreadyUnderAccount(Conflict):
    """The child stands under this parent's account."""

    code = "already_under_account"
    message = _("This child is already under this account.")


class OfAge(Conflict):
    """The insurance record is an adult's."""

    code = "of_age"
    message = _("By the insurance record, this person is 18 or older: no account above this one can be given.")


class ParentClosed(Conflict):
    """The parent's account cannot be used."""

    code = "parent_closed"
    message = _("The account of the parent or guardian is frozen or closed.")


@transaction.atomic
def keep_child(
    *, declaration: ChildDeclaration, dossier: RegistrationDossier | None, parent: User, language: str, at: datetime
) -> RegistrationDossier:
    """Keep a child's declaration as a new draft of `parent`, or in place of what `dossier` (draft or returned) held.

    Raises AdultsOnly, NoPhone, AlreadyUnderAccount, AlreadySent; AlreadySubmitted when the dossier has moved on.
    """
    today = timezone.localdate(at)
    if parent.person is None or is_child(parent.person.date_of_birth, today):
        raise AdultsOnly
    if not parent.phone:
        raise NoPhone
    _refuse_again(declaration.bhxh_code, parent, but=dossier, today=today)
    if dossier is None:
        dossier = RegistrationDossier(created_at=at, kind=Kind.CHILD, parent=parent, id_type=IdType.BIRTH)
    else:
        dossier = drafts.hold(dossier, CHANGEABLE)
    before = {item["field"]: getattr(dossier, item["field"], None) for item in dossier.return_reasons}
    _fill(dossier, declaration)
    dossier.language = language
    dossier.phone, dossier.phone_hash = parent.phone, keyed_hash(parent.phone, kind="phone")
    drafts.note_mended(dossier, {field for field, value in before.items() if getattr(dossier, field, None) != value})
    dossier.save()
    PartialDeclaration.objects.filter(parent=parent).delete()
    return dossier


@transaction.atomic
def consent(*, dossier: RegistrationDossier, at: datetime) -> RegistrationDossier:
    """Keep that the parent consented, to which text and for what. Raises AlreadySubmitted."""
    dossier = drafts.hold(dossier, CHANGEABLE)
    dossier.consented_at = at
    dossier.consent_version, dossier.consent_purposes = CONSENT_VERSION, list(CONSENT_PURPOSES)
    dossier.save(update_fields=["consented_at", "consent_version", "consent_purposes"])
    return dossier


@transaction.atomic
def submit(*, dossier: RegistrationDossier, proof: OneTimeCode, at: datetime) -> RegistrationDossier:
    """Send a child's declaration whose parent entered the code `proof` (checked, not yet used).

    A returned one keeps its number; one that was sent already is returned as it is. Raises PhotosMissing,
    ConsentMissing, AlreadySent, AlreadyUnderAccount; Conflict when it was rewritten or the phone changed in this
    moment; OtpExpired when `proof` was used meanwhile.
    """
    seen = dossier
    dossier = hold(seen)
    parent = dossier.parent
    if dossier.status not in CHANGEABLE or parent is None:
        return dossier
    _check_complete(dossier, proof)
    if dossier.bhxh_code != seen.bhxh_code:
        raise Conflict
    today = timezone.localdate(at)
    _refuse_again(dossier.bhxh_code, parent, but=dossier, today=today)
    otp.consume(proof, at=at)
    dossier.person = person_for(dossier)
    if dossier.person:
        dossier.bhxh_code = dossier.person.bhxh_code
    dossier.marks = _marks(dossier, parent, today=today)
    tell_holder(dossier, at=at)
    mark_duplicates(dossier)
    dossier.phone_verified_at = at
    # The parent who logged in and confirmed the account's phone answers for the child; papers are compared online.
    dossier.identity_method, dossier.identity_checked_at = IdentityMethod.PARENT, at
    event = Event.DOSSIER_RESUBMITTED if dossier.number else Event.DOSSIER_SUBMITTED
    dossier.return_reasons = []
    forget_return(dossier=dossier, at=at)
    dossier.move_to(DossierStatus.SUBMITTED, at=at)
    dossier.due_on = due_day(at)
    confirm_receipt(dossier, dossier.bhxh_code, visit=False, at=at)
    dossier.save()
    record(event, actor=parent.actor, subject=f"dossier:{dossier.pk}", at=at, office=dossier.office_id, child=True)
    if dossier.marks:
        facts = {"office": dossier.office_id, "marks": ",".join(dossier.marks)}
        record(Event.DOSSIER_FLAGGED, actor="system", subject=f"dossier:{dossier.pk}", at=at, **facts)
    return dossier


@transaction.atomic
def admit(*, dossier: RegistrationDossier, by: User | None, at: datetime) -> User:
    """Put the child of a dossier that was just approved under the parent's account; return the child's own account.

    The account is opened unless another parent's dossier opened it before; then the other parents are told. Call it in
    the transaction of the decision. Raises NoRecord, OfAge, ParentClosed, AlreadyUnderAccount.
    """
    parent, child = dossier.parent, dossier.person
    today = timezone.localdate(at)
    if child is None or parent is None:
        raise NoRecord
    if not is_child(child.date_of_birth, today):
        raise OfAge
    if parent.frozen_at is not None or not parent.is_active:
        raise ParentClosed
    if Guardianship.objects.filter(parent=parent, child=child, ended_at=None).exists():
        raise AlreadyUnderAccount
    others = list(Guardianship.objects.active(today).filter(child=child).select_related("parent"))
    guardianship = Guardianship.objects.create(
        parent=parent,
        child=child,
        relation=dossier.relation,
        dossier=dossier,
        since=at,
        ends_on=majority_on(child.date_of_birth),
    )
    actor = f"staff:{by.pk}" if by else "system"
    record(Event.GUARDIANSHIP_BEGAN, actor=actor, subject=f"person:{child.pk}", at=at, parent=parent.actor)
    account = User.objects.filter(person=child).first()
    if account is None:
        return open_account(dossier=dossier, by=by, at=at)
    key = f"guardianship:{guardianship.pk}"
    _tell(parent.phone, messages.child_added(child.bhxh_code), key=key, at=at)
    for other in others:
        _tell(other.parent.phone, messages.child_added_elsewhere(child.bhxh_code), key=f"{key}:{other.pk}", at=at)
    return account


def tell_parent(dossier: RegistrationDossier, *, at: datetime) -> None:
    """Put a notice of a child's dossier, in its present state, on the list of the parent who sent it."""
    if dossier.parent is not None and dossier.parent.person_id is not None:
        posting.post(
            person_id=dossier.parent.person_id,
            kind=Notice.DOSSIER_CHANGED,
            dedupe_key=f"dossier:{dossier.pk}:{dossier.version}",
            at=at,
            url="/tai-khoan/con/",
            number=dossier.number or "",
        )


def end_due(*, at: datetime) -> int:
    """End every guardianship whose child has come of age, each in its own transaction; return how many."""
    due = Guardianship.objects.filter(ended_at=None, ends_on__lte=timezone.localdate(at))
    return sum(_end(pk, at=at) for pk in list(due.values_list("pk", flat=True)))


def family_of(user: User, *, on: date) -> list[Guardianship]:
    """Return the children who stand under this account on a day, the eldest first."""
    active = Guardianship.objects.active(on).filter(parent=user).select_related("child")
    return list(active.order_by("child__date_of_birth", "child_id"))


@transaction.atomic
def _end(pk: int, *, at: datetime) -> bool:
    """End one guardianship and tell both sides. One that ended meanwhile stays as it is."""
    found = Guardianship.objects.select_for_update(of=("self",)).select_related("parent", "child", "child__user")
    guardianship = found.filter(pk=pk, ended_at=None).first()
    if guardianship is None:
        return False
    guardianship.ended_at = at
    guardianship.save(update_fields=["ended_at"])
    parent, child = guardianship.parent, guardianship.child
    record(Event.GUARDIANSHIP_ENDED, actor="system", subject=f"person:{child.pk}", at=at, parent=parent.actor)
    _tell(parent.phone, messages.child_of_age(child.bhxh_code), key=f"of-age:{pk}", at=at)
    own_phone = User.objects.get(person=child).phone if hasattr(child, "user") else None
    if own_phone != parent.phone:
        # One message to the child, however many parents there were.
        _tell(own_phone, messages.of_age(child.bhxh_code), key=f"of-age:person:{child.pk}", at=at)
    return True


def _tell(phone: str | None, body: str, *, key: str, at: datetime) -> None:
    if phone:
        outbox.enqueue(to=phone, body=body, purpose=SmsPurpose.NOTICE, dedupe_key=key, at=at)


def _refuse_again(code: str, parent: User, *, but: RegistrationDossier | None, today: date) -> None:
    """A child is registered once by each parent; what other people did is for staff to know."""
    if Guardianship.objects.active(today).filter(parent=parent, child__bhxh_code=code).exists():
        raise AlreadyUnderAccount
    own = RegistrationDossier.objects.open().filter(kind=Kind.CHILD, parent=parent, bhxh_code=code)
    if (own.exclude(pk=but.pk) if but else own).exists():
        raise AlreadySent


def _check_complete(dossier: RegistrationDossier, proof: OneTimeCode) -> None:
    there = set(IdPhoto.objects.filter(dossier=dossier, erased_at=None).values_list("slot", flat=True))
    if not there.issuperset(SLOTS[Kind.CHILD]):
        raise PhotosMissing
    if dossier.consented_at is None:
        raise ConsentMissing
    if bytes(proof.phone_hash) != bytes(dossier.phone_hash):
        raise Conflict


def _fill(dossier: RegistrationDossier, declaration: ChildDeclaration) -> None:
    dossier.bhxh_code = declaration.bhxh_code
    dossier.full_name = declaration.full_name
    dossier.date_of_birth = declaration.birth.date
    dossier.birth_year_only = declaration.birth.year_only
    dossier.gender = declaration.gender
    dossier.relation = declaration.relation
    dossier.province_id = declaration.province
    dossier.ward_id = declaration.ward
    dossier.address = declaration.address
    dossier.office_id = declaration.office


def _marks(dossier: RegistrationDossier, parent: User, *, today: date) -> list[Mark]:
    """Return what an officer should look at. That the phone is the parent's needs no mark."""
    child = dossier.person
    guarded = child is not None and Guardianship.objects.active(today).filter(child=child).exclude(parent=parent)
    marks = [mark for mark in marks_beside(dossier, others_open(dossier)) if mark != Mark.PHONE_USED]
    born = child.date_of_birth if child else None
    return [*marks, *child_marks(recorded_birth=born, other_guardian=bool(guarded), today=today)]
