"""The link between an account and a VNeID identity as its owner and staff change it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import vneid, vneid_sessions
from accounts.actions.freezing import accounts_of
from accounts.actions.review import ReasonMissing
from accounts.actions.vneid_claims import VNeIDClaims
from accounts.models import Passkey, User, VNeIDCase, VNeIDLink
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import Conflict, DomainError, NotFound
from vssid.notices.kinds import Kind

NOTE_LENGTH = 200


class NotYourIdentity(DomainError):
    """Somebody logged in here came back from VNeID as somebody else."""

    code = "vneid_not_yours"
    status = 403
    title = _("This VNeID account is not yours")
    message = _("The VNeID account belongs to another person than this account, so nothing was changed.")


class LinkedAlready(Conflict):
    """The account has a link."""

    code = "vneid_linked_already"
    message = _("Your account is linked with VNeID already.")


class NotLinked(Conflict):
    """There is no link to end."""

    code = "vneid_not_linked"
    message = _("This account is not linked with VNeID.")


class LastWayIn(Conflict):
    """Without the link nobody could log in."""

    code = "vneid_last_way_in"
    message = _("VNeID is your only way to log in. Set a password of your own first.")


def has_other_way_in(user: User) -> bool:
    """Whether the owner can log in without VNeID: by a password of their own or a passkey."""
    own_password = user.has_usable_password() and not user.must_change_password
    return own_password or Passkey.objects.filter(user=user).exists()


def link_own(*, user: User, claims: VNeIDClaims, at: datetime) -> User:
    """Link the identity with the account of whoever is logged in and has just proved it anew.

    Ends every session. Raises NotYourIdentity, IdentityMismatch, LinkedAlready, OtherIdentityLinked.
    """
    if [found.pk for found in vneid.accounts_with(claims.citizen_id)] != [user.pk]:
        raise NotYourIdentity
    if not vneid.same_birth(user, claims):
        raise vneid.IdentityMismatch
    if VNeIDLink.objects.filter(user=user).exists():
        raise LinkedAlready
    return vneid.make_link(
        user=user,
        issuer=claims.issuer,
        subject=claims.subject,
        citizen_hash=keyed_hash(claims.citizen_id, kind="citizen_id"),
        name_certified=bool(vneid.certified(user, claims, at=at)["name_certified"]),
        proof="session",
        at=at,
    )


def require_own(*, user: User, claims: VNeIDClaims) -> None:
    """Raise NotYourIdentity unless the identity is the one linked with this account."""
    if not VNeIDLink.objects.filter(user=user, issuer=claims.issuer, subject=claims.subject).exists():
        raise NotYourIdentity


@transaction.atomic
def unlink_own(*, user: User, session_key: str, at: datetime) -> None:
    """End the link by its owner's wish; other sessions that VNeID opened end. Raises NotLinked, LastWayIn."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not has_other_way_in(user):
        raise LastWayIn
    _release(user, by=user.actor, at=at)
    vneid_sessions.end_of(user, but=session_key)


def open_cases(staff: User) -> QuerySet[VNeIDCase]:
    """Return the open cases of accounts that were opened at the offices of this member of staff, newest first."""
    return (
        VNeIDCase.objects.filter(closed_at=None, user__in=accounts_of(staff))
        .select_related("user")
        .order_by("-last_at")
    )


@transaction.atomic
def release_link(*, user: User, note: str, by: User, at: datetime) -> None:
    """End the link because an officer saw that it is wrong: the owner links anew at the next log-in.

    `note` says why, for staff. Raises NotFound for an account of another office, ReasonMissing, NotLinked.
    """
    user = _locked(user, by)
    _require_note(note)
    _release(user, by=by.actor, at=at)
    vneid_sessions.end_of(user)
    for case in VNeIDCase.objects.filter(closed_at=None, user=user):
        _close(case, VNeIDCase.Outcome.RELEASED, note, by=by, at=at)


@transaction.atomic
def relink(*, case: VNeIDCase, note: str, by: User, at: datetime) -> None:
    """Put the identity of the case in the place of the linked one, for a citizen who was seen with the identity card.

    Raises NotFound, ReasonMissing, Conflict when the case is closed or no such case, OtherIdentityLinked.
    """
    user, case = _locked(case.user, by), _open(case)
    _require_note(note)
    if case.kind != VNeIDCase.Kind.OTHER_LINKED:
        raise Conflict
    _release(user, by=by.actor, at=at, tell=False)
    vneid_sessions.end_of(user)
    vneid.make_link(
        user=user,
        issuer=case.issuer,
        subject=case.subject,
        citizen_hash=bytes(case.citizen_hash),
        name_certified=False,
        proof="staff",
        by=by.actor,
        logged_in=False,
        at=at,
    )
    _close(case, VNeIDCase.Outcome.RELINKED, note, by=by, at=at)


@transaction.atomic
def dismiss_case(*, case: VNeIDCase, note: str, by: User, at: datetime) -> None:
    """Close a case without changing the link, as after the record was corrected. Raises NotFound, ReasonMissing."""
    _locked(case.user, by)
    _require_note(note)
    _close(_open(case), VNeIDCase.Outcome.DISMISSED, note, by=by, at=at)


def _release(user: User, *, by: str, at: datetime, tell: bool = True) -> None:
    link = VNeIDLink.objects.select_for_update().filter(user=user).first()
    if link is None:
        raise NotLinked
    key = f"vneid-unlinked:{link.pk}"
    link.delete()
    record(Event.VNEID_UNLINKED, actor=by, subject=user.actor, at=at)
    if tell:
        vneid.tell_owner(user, Kind.SECURITY_VNEID_UNLINKED, messages.vneid_unlinked(user.username, at), key=key, at=at)


def _locked(user: User, by: User) -> User:
    found = accounts_of(by).select_for_update(of=("self",)).filter(pk=user.pk).first()
    if found is None:
        raise NotFound
    return found


def _open(case: VNeIDCase) -> VNeIDCase:
    found = VNeIDCase.objects.select_for_update().filter(pk=case.pk, closed_at=None).first()
    if found is None:
        raise Conflict
    return found


def _require_note(note: str) -> None:
    if not note.strip():
        raise ReasonMissing


def _close(case: VNeIDCase, outcome: VNeIDCase.Outcome, note: str, *, by: User, at: datetime) -> None:
    case.closed_at, case.closed_by, case.outcome, case.note = at, by, outcome, note.strip()[:NOTE_LENGTH]
    case.save()
    record(Event.VNEID_CASE_CLOSED, actor=by.actor, subject=case.user.actor, at=at, case=case.kind, outcome=outcome)
