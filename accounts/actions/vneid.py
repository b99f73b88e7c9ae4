"""Which account a VNeID identity opens, and the first link between the two.

A link is found by (issuer, subject) and by nothing else. The first time, the personal number and the birth date must
lead to exactly one active account, and its owner confirms by a code sent to the account's phone or by its password
(NIST SP 800-63C-4 §3.8). The name is a hint and decides nothing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import otp
from accounts.actions.credentials import end_access
from accounts.actions.login import AccountFrozen, authenticate_password
from accounts.models import OneTimeCode, User, VNeIDLink
from insurance.models import InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import DomainError
from vssid.sms.models import Purpose
from vssid.sms.outbox import enqueue

CONFIRM_SECONDS = 600


@dataclass(frozen=True)
class VNeIDClaims:
    """What VNeID says of the person who logged in; `level` is 1 or 2, `full_name` and `phone` may be empty."""

    issuer: str
    subject: str = field(repr=False)
    citizen_id: str = field(repr=False)
    full_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str = field(repr=False)
    level: int


@dataclass(frozen=True)
class PendingLink:
    """An identity that leads to an account but is not linked to it yet; found at `asked_at` (seconds since 1970).

    It lapses when the account's sessions are ended, as a password reset does.
    """

    user_id: int
    session_version: int
    issuer: str
    subject: str = field(repr=False)
    asked_at: float


class VNeIDAccountError(DomainError):
    """The identity is proved, yet opens no account here."""

    status = 403
    title = _("You were not logged in with VNeID")


class NoAccount(VNeIDAccountError):
    """No account belongs to this personal number."""

    code = "vneid_no_account"
    title = _("You have no account here yet")
    message = _("VNeID told us who you are, but you have no account for electronic transactions yet. Register first.")


class IdentityMismatch(VNeIDAccountError):
    """The personal number is known with another birth date."""

    code = "vneid_mismatch"
    title = _("VNeID and your insurance record differ")
    message = _("The personal number is known here, but with another date of birth. An office can correct the record.")


class SubjectChanged(VNeIDAccountError):
    """A linked identity came back with another personal number."""

    code = "vneid_subject_changed"
    message = _("This VNeID account is linked here with another personal number. Call the hotline to have it checked.")


class OtherIdentityLinked(VNeIDAccountError):
    """The account is already linked to another VNeID identity."""

    code = "vneid_other_linked"
    title = _("Another VNeID account is linked")
    message = _("Your account is already linked to another VNeID account. An office can release that link.")


class LinkExpired(DomainError):
    """The first link was not confirmed in time, or not in this browser."""

    code = "vneid_expired"
    title = _("The login has expired")
    message = _("A first login with VNeID must be confirmed within 10 minutes, in the same browser. Start again.")


def resolve_login(*, claims: VNeIDClaims, at: datetime) -> User | PendingLink:
    """Return the user whose linked identity this is, or the link to confirm.

    Raises NoAccount, IdentityMismatch, SubjectChanged, OtherIdentityLinked, AccountFrozen.
    """
    users = User.objects.select_related("person")
    citizen_hash = keyed_hash(claims.citizen_id, kind="citizen_id")
    linked = users.filter(vneid_link__issuer=claims.issuer, vneid_link__subject=claims.subject).first()
    if linked is not None:
        if linked.person is None or bytes(linked.person.citizen_id_hash or b"") != citizen_hash:
            raise SubjectChanged
        _require_usable(linked)
        return linked
    user = users.filter(person__citizen_id_hash=citizen_hash).first()
    if user is None or user.person is None:
        raise NoAccount
    if not _same_birth(user.person, claims.birth_date):
        raise IdentityMismatch
    _require_usable(user)
    if VNeIDLink.objects.filter(user=user).exists():
        raise OtherIdentityLinked
    return PendingLink(user.pk, user.session_version, claims.issuer, claims.subject, at.timestamp())


def note_login(*, user: User, at: datetime) -> None:
    """The link tells when it last opened the account; the log-in itself is written down with the session."""
    VNeIDLink.objects.filter(user=user).update(last_login_at=at)


def note_refusal(*, case: str, cause: str, at: datetime) -> None:
    """A refused log-in is on record, with its cause and nothing about the person."""
    record(Event.VNEID_REFUSED, actor="anonymous", at=at, case=case, cause=cause)


def pending_user(*, pending: PendingLink, at: datetime) -> User:
    """Return whose account waits for the confirmation. Raises LinkExpired, AccountFrozen."""
    if at.timestamp() - pending.asked_at > CONFIRM_SECONDS:
        raise LinkExpired
    user = User.objects.select_related("person").filter(pk=pending.user_id).first()
    if user is None or user.session_version != pending.session_version:
        raise LinkExpired
    _require_usable(user)
    return user


def send_link_code(*, pending: PendingLink, browser_key: str, at: datetime) -> OneTimeCode:
    """Send a code to the account's phone. Raises the errors of `pending_user` and of `otp.issue`."""
    user = pending_user(pending=pending, at=at)
    return otp.issue(
        purpose=OneTimeCode.Purpose.VNEID_LINK,
        phone=user.phone or "",
        subject=user.actor,
        browser_key=browser_key,
        at=at,
    )


def confirm_link_by_code(*, pending: PendingLink, code: str, browser_key: str, at: datetime) -> User:
    """Link the identity because its owner holds the account's phone. Raises as `otp.verify` and `pending_user`."""
    user = pending_user(pending=pending, at=at)
    otp.verify(purpose=OneTimeCode.Purpose.VNEID_LINK, subject=user.actor, code=code, browser_key=browser_key, at=at)
    return _link(pending=pending, user=user, proof="otp", at=at)


def confirm_link_by_password(*, pending: PendingLink, password: str, at: datetime) -> User:
    """Link the identity because its owner knows the account's password. Raises as `authenticate_password`."""
    user = pending_user(pending=pending, at=at)
    authenticate_password(username=user.username, password=password, at=at)
    return _link(pending=pending, user=user, proof="password", at=at)


@transaction.atomic
def _link(*, pending: PendingLink, user: User, proof: str, at: datetime) -> User:
    """The identity opens the account from now on; older sessions end, and the owner is told by SMS."""
    try:
        with transaction.atomic():
            link = VNeIDLink.objects.create(
                user=user, issuer=pending.issuer, subject=pending.subject, linked_at=at, last_login_at=at
            )
    except IntegrityError as error:
        raise OtherIdentityLinked from error
    end_access(user)
    user.save(update_fields=["session_version"])
    record(Event.VNEID_LINKED, actor=user.actor, subject=user.actor, at=at, proof=proof)
    if user.phone:
        enqueue(
            to=user.phone,
            body=messages.vneid_linked(user.username, at),
            purpose=Purpose.NOTICE,
            dedupe_key=f"vneid-linked:{link.pk}",
            at=at,
        )
    return user


def _require_usable(user: User) -> None:
    if not user.is_active or user.frozen_at is not None or user.is_staff:
        raise AccountFrozen


def _same_birth(person: InsuredPerson, told: date) -> bool:
    """Records of old people may know the year only."""
    known = person.date_of_birth
    return known.year == told.year if person.birth_year_only else known == told
