"""Which account a VNeID identity opens, and the first link between the two.

A link is found by (issuer, subject) and by nothing else. The first time, the personal number and the birth date must
lead to exactly one active account, and its owner confirms by a code sent to the account's phone or by its password
(NIST SP 800-63C-4 §3.8). The name is a hint and decides nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import otp, own_account, security
from accounts.actions.credentials import end_access
from accounts.actions.login import AccountFrozen, authenticate_password
from accounts.actions.vneid_claims import VNeIDClaims
from accounts.dossiers.models import DossierStatus
from accounts.models import OneTimeCode, RegistrationDossier, User, VNeIDCase, VNeIDLink
from accounts.models.registration import IdType, Kind
from accounts.rules.comparison import Verdict, compare_names
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import DomainError
from vssid.notices.kinds import Kind as NoticeKind
from vssid.ops.gates import Visitor

CONFIRM_SECONDS = 600


@dataclass(frozen=True)
class PendingLink:
    """An identity that leads to an account and waits for the owner's confirmation; found at `asked_at` (since 1970).

    `linked` when the identity is linked already and only a code is missing; `by_code_only` when a password is not
    enough. `citizen_hash` in hex. It lapses when the account's sessions are ended, as a password reset does.
    """

    user_id: int
    session_version: int
    issuer: str
    subject: str = field(repr=False)
    asked_at: float
    citizen_hash: str = field(repr=False)
    name_certified: bool = False
    linked: bool = False
    by_code_only: bool = False


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


class TwoMatches(VNeIDAccountError):
    """More than one account fits the personal number."""

    code = "vneid_two_matches"
    title = _("Two accounts fit your personal number")
    message = _("More than one account fits your personal number, so none was opened. An office puts them together.")


class SubjectChanged(VNeIDAccountError):
    """A linked identity came back with another personal number."""

    code = "vneid_subject_changed"
    message = _("This VNeID account is linked here with another personal number. Call the hotline to have it checked.")


class OtherIdentityLinked(VNeIDAccountError):
    """The account is already linked to another VNeID identity."""

    code = "vneid_other_linked"
    title = _("Another VNeID account is linked")
    message = _("Your account is already linked to another VNeID account. An office can release that link.")


class CodeNeeded(DomainError):
    """This log-in is confirmed by a code sent to the phone, not by the password."""

    code = "vneid_code_needed"
    message = _("Confirm with the code sent to the phone of your account.")


class LinkExpired(DomainError):
    """The first link was not confirmed in time, or not in this browser."""

    code = "vneid_expired"
    title = _("The login has expired")
    message = _("A first login with VNeID must be confirmed within 10 minutes, in the same browser. Start again.")


def resolve_login(*, claims: VNeIDClaims, second_factor: bool = False, at: datetime) -> User | PendingLink:
    """Return the user whose linked identity this is, or what the owner must confirm first.

    `second_factor`: VNeID's word alone opens nothing, a code by SMS is needed each time. What only staff can put right
    becomes a case for them. Raises NoAccount, IdentityMismatch, TwoMatches, SubjectChanged, OtherIdentityLinked,
    AccountFrozen.
    """
    link = _links().filter(issuer=claims.issuer, subject=claims.subject).first()
    if link is not None:
        if not _same_number(link, claims):
            raise _case(SubjectChanged, VNeIDCase.Kind.SUBJECT_CHANGED, [link.user], claims, at)
        if not second_factor:
            own_account.thaw_own(user=link.user, at=at)
        _require_usable(link.user)
        return _pending(link.user, claims, at, linked=True, by_code_only=True) if second_factor else link.user
    found = accounts_with(claims.citizen_id)
    if not found:
        raise NoAccount
    if len(found) > 1:
        raise _case(TwoMatches, VNeIDCase.Kind.TWO_MATCHES, found, claims, at)
    user = found[0]
    if not same_birth(user, claims):
        raise _case(IdentityMismatch, VNeIDCase.Kind.MISMATCH, found, claims, at)
    _require_usable(user)
    if VNeIDLink.objects.filter(user=user).exists():
        raise _case(OtherIdentityLinked, VNeIDCase.Kind.OTHER_LINKED, found, claims, at)
    return _pending(user, claims, at, by_code_only=second_factor)


def accounts_with(citizen_id: str) -> list[User]:
    """Return the accounts that this 12-digit personal number leads to: none or one, unless the records disagree.

    By the insurance record; a record without a number is known by the dossier that an officer approved for it.
    """
    users = User.objects.select_related("person")
    by_record = users.filter(person__citizen_id_hash=keyed_hash(citizen_id, kind="citizen_id"))
    approved = RegistrationDossier.objects.filter(
        status=DossierStatus.APPROVED,
        kind=Kind.ADULT,
        id_type=IdType.CCCD,
        id_number_hash=keyed_hash(citizen_id, kind="id_number"),
        person__citizen_id_hash=None,
    )
    by_dossier = users.filter(person__in=approved.values("person"))
    return [*by_record, *by_dossier]


def same_birth(user: User, claims: VNeIDClaims) -> bool:
    """Whether VNeID and the record tell the same birth date; records of old people may know the year only."""
    person = user.person
    if person is None:
        return False
    known, told = person.date_of_birth, claims.birth_date
    return known.year == told.year if person.birth_year_only else known == told


def certified(user: User, claims: VNeIDClaims, *, at: datetime) -> dict[str, Any]:
    """Return a link's fields that say what VNeID certifies of the record, and when."""
    agrees = user.person is not None and compare_names(claims.full_name, user.person.full_name) == Verdict.AGREES
    return {"certified_at": at if same_birth(user, claims) else None, "name_certified": agrees}


def note_login(*, user: User, claims: VNeIDClaims, at: datetime) -> None:
    """The link tells when it last opened the account and what VNeID said; the audit log has it with the session.

    Failures of codes to the phone are forgotten.
    """
    otp.clear(user=user, by=user.actor, at=at)
    VNeIDLink.objects.filter(user=user).update(last_login_at=at, **certified(user, claims, at=at))


def note_step_up(*, user: User, at: datetime) -> None:
    """A session showed the linked identity once more."""
    record(Event.VNEID_STEPPED_UP, actor=user.actor, subject=user.actor, at=at)


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


def send_link_code(
    *, pending: PendingLink, browser_key: str, visitor: Visitor | None = None, at: datetime
) -> OneTimeCode:
    """Send a code to the account's phone. Raises the errors of `pending_user` and of `otp.issue`."""
    user = pending_user(pending=pending, at=at)
    return otp.issue(
        purpose=OneTimeCode.Purpose.VNEID_LINK,
        phone=user.phone or "",
        subject=user.actor,
        browser_key=browser_key,
        owner=user.username,
        visitor=visitor,
        at=at,
    )


def confirm_link_by_code(*, pending: PendingLink, code: str, browser_key: str, at: datetime) -> User:
    """Link the identity because its owner holds the account's phone. Raises as `otp.verify` and `pending_user`."""
    user = pending_user(pending=pending, at=at)
    otp.verify(purpose=OneTimeCode.Purpose.VNEID_LINK, subject=user.actor, code=code, browser_key=browser_key, at=at)
    if pending.linked:
        VNeIDLink.objects.filter(user=user).update(last_login_at=at)
        return user
    return _confirmed(pending=pending, user=user, proof="otp", at=at)


def confirm_link_by_password(*, pending: PendingLink, password: str, at: datetime) -> User:
    """Link the identity because its owner knows the account's password.

    Raises CodeNeeded, and as `authenticate_password` and `pending_user`.
    """
    user = pending_user(pending=pending, at=at)
    if pending.by_code_only:
        raise CodeNeeded
    authenticate_password(username=user.username, password=password, at=at)
    return _confirmed(pending=pending, user=user, proof="password", at=at)


def _confirmed(*, pending: PendingLink, user: User, proof: str, at: datetime) -> User:
    return make_link(
        user=user,
        issuer=pending.issuer,
        subject=pending.subject,
        citizen_hash=bytes.fromhex(pending.citizen_hash),
        name_certified=pending.name_certified,
        proof=proof,
        at=at,
    )


@transaction.atomic
def make_link(
    *,
    user: User,
    issuer: str,
    subject: str,
    citizen_hash: bytes,
    name_certified: bool,
    proof: str,
    at: datetime,
    by: str = "",
    logged_in: bool = True,
) -> User:
    """The identity opens the account from now on; older sessions end, and the owner is told.

    `proof` is how the owner confirmed it, `by` who made the link (the owner, unless named), `logged_in` whether this
    is a log-in as well. Raises OtherIdentityLinked.
    """
    try:
        with transaction.atomic():
            link = VNeIDLink.objects.create(
                user=user,
                issuer=issuer,
                subject=subject,
                citizen_hash=citizen_hash,
                linked_at=at,
                last_login_at=at if logged_in else None,
                certified_at=at,
                name_certified=name_certified,
            )
    except IntegrityError as error:
        raise OtherIdentityLinked from error
    end_access(user)
    user.save(update_fields=["session_version"])
    record(Event.VNEID_LINKED, actor=by or user.actor, subject=user.actor, at=at, proof=proof)
    body = messages.vneid_linked(user.username, at)
    tell_owner(user, NoticeKind.SECURITY_VNEID_LINKED, body, key=f"vneid-linked:{link.pk}", at=at)
    return user


def tell_owner(user: User, kind: NoticeKind, body: str, *, key: str, at: datetime) -> None:
    """Tell of a change of the link: on the portal, and by SMS to the account's phone."""
    security.tell(user, kind, key=key, at=at, sms=body, url=reverse("accounts:vneid-own"))


def _links() -> QuerySet[VNeIDLink]:
    return VNeIDLink.objects.select_related("user__person")


def _same_number(link: VNeIDLink, claims: VNeIDClaims) -> bool:
    """The number is the one the link was made with, and not another than the record's."""
    told = keyed_hash(claims.citizen_id, kind="citizen_id")
    known = [link.citizen_hash, link.user.person.citizen_id_hash if link.user.person else None]
    hashes = [bytes(value) for value in known if value is not None]
    return bool(hashes) and all(value == told for value in hashes)


def _pending(user: User, claims: VNeIDClaims, at: datetime, **options: bool) -> PendingLink:
    return PendingLink(
        user_id=user.pk,
        session_version=user.session_version,
        issuer=claims.issuer,
        subject=claims.subject,
        asked_at=at.timestamp(),
        citizen_hash=keyed_hash(claims.citizen_id, kind="citizen_id").hex(),
        name_certified=bool(certified(user, claims, at=at)["name_certified"]),
        **options,
    )


def _case(
    error: type[VNeIDAccountError], kind: VNeIDCase.Kind, users: list[User], claims: VNeIDClaims, at: datetime
) -> VNeIDAccountError:
    """Put the refusal before staff, once for as often as it comes, and return it."""
    for user in users:
        case, new = VNeIDCase.objects.get_or_create(
            user=user,
            kind=kind,
            issuer=claims.issuer,
            subject=claims.subject,
            closed_at=None,
            defaults={
                "citizen_hash": keyed_hash(claims.citizen_id, kind="citizen_id"),
                "first_at": at,
                "last_at": at,
            },
        )
        if not new:
            VNeIDCase.objects.filter(pk=case.pk).update(last_at=at, times=F("times") + 1)
    return error()


def _require_usable(user: User) -> None:
    if not user.is_active or user.frozen_at is not None or user.is_staff:
        raise AccountFrozen
