"""Freezing a citizen's account, which is how an approval is undone, and opening it again."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import security
from accounts.actions.credentials import end_access
from accounts.dossiers.decisions import ReasonMissing
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from insurance.actions.card_prints import withdraw_prints
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, NotFound
from vssid.notices.kinds import Kind

REASON_LENGTH = 200


class FrozenAlready(Conflict):
    """Nothing is left to freeze."""

    code = "frozen_already"
    message = _("This account is frozen already.")


class NotFrozen(Conflict):
    """Nothing is to be opened again."""

    code = "not_frozen"
    message = _("This account is not frozen.")


def accounts_of(staff: User) -> QuerySet[User]:
    """Return the citizens' accounts that were opened at the offices of this member of staff."""
    approved = RegistrationDossier.objects.visible_to(staff).filter(status=DossierStatus.APPROVED)
    return User.objects.filter(is_staff=False, person__in=approved.values("person"))


@transaction.atomic
def freeze_account(*, user: User, reason: str, by: User, at: datetime) -> User:
    """Let nobody in, end every session, application's access and printed card at once, and tell the citizen.

    `reason` is for staff. Raises NotFound for an account of another office, ReasonMissing, FrozenAlready.
    """
    user = _locked(user, by)
    if not reason.strip():
        raise ReasonMissing
    if user.frozen_at is not None:
        raise FrozenAlready
    shut(user, reason=reason, by=by, at=at)
    return user


def shut(user: User, *, reason: str, by: User, at: datetime) -> None:
    """Freeze an account that the caller has locked and may freeze."""
    user.frozen_at, user.frozen_reason = at, reason.strip()[:REASON_LENGTH]
    end_access(user)
    user.save()
    if user.person_id is not None:
        withdraw_prints(person_id=user.person_id, by=by.actor, at=at)
    record(Event.ACCOUNT_FROZEN, actor=by.actor, subject=user.actor, at=at, office=_office(user))
    _tell(user, Kind.SECURITY_FROZEN, messages.account_frozen(user.username, at), at=at)


@transaction.atomic
def unfreeze_account(*, user: User, by: User, at: datetime) -> User:
    """Let the citizen in again, with the password there was. Raises NotFound, NotFrozen."""
    user = _locked(user, by)
    if user.frozen_at is None:
        raise NotFrozen
    user.frozen_at, user.frozen_reason = None, ""
    user.session_version += 1
    user.save()
    record(Event.ACCOUNT_UNFROZEN, actor=by.actor, subject=user.actor, at=at)
    _tell(user, Kind.SECURITY_UNFROZEN, messages.account_unfrozen(user.username, at), at=at)
    return user


@transaction.atomic
def end_sessions(*, user: User, by: User, at: datetime) -> None:
    """End every session of a citizen and all access of applications. Raises NotFound for another office's account."""
    user = _locked(user, by)
    end_access(user)
    user.save()
    record(Event.SESSION_ENDED, actor=by.actor, subject=user.actor, at=at, reason="staff")


def _locked(user: User, by: User) -> User:
    found = accounts_of(by).select_for_update(of=("self",)).filter(pk=user.pk).first()
    if found is None:
        raise NotFound
    return found


def _tell(user: User, kind: Kind, body: str, *, at: datetime) -> None:
    """The session's version grows with each freezing and opening: every one has its own message."""
    security.tell(user, kind, key=f"frozen:{user.pk}:{user.session_version}", at=at, sms=body)


def _office(user: User) -> str:
    """Return the office whose approval opened the account: there it counts as taken back."""
    approved = RegistrationDossier.objects.filter(person=user.person_id, status=DossierStatus.APPROVED)
    return approved.order_by("-decided_at").values_list("office", flat=True).first() or ""
