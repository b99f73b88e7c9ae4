"""What the owner of an account does when something is wrong: "this was not me", freezing it, opening it again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import messages
from accounts.actions import security
from accounts.actions.credentials import end_access
from accounts.actions.freezing import FrozenAlready
from accounts.actions.login import forget_browsers
from accounts.models import User
from accounts.rules.history_words import CHANGED, ENDED, SENTENCES
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.errors import NotFound
from vssid.kept_card import Pass
from vssid.notices.kinds import Kind


def history_of(user: User) -> QuerySet[AuditEvent]:
    """Return what is written down about this account and can be told in a sentence, newest first."""
    told = Q(event__in=[str(event.value) for event in SENTENCES])
    told |= Q(event=Event.SESSION_ENDED, facts__reason__in=list(ENDED))
    told |= Q(event=Event.ACCOUNT_CHANGED, facts__what__in=list(CHANGED))
    return AuditEvent.objects.filter(told, subject=user.actor).order_by("-at", "-pk")


@transaction.atomic
def disown(*, user: User, key: int, at: datetime) -> None:
    """The owner says of an entry of the history that it was somebody else.

    Every session and access of applications ends, no password or passkey opens the account any more, every browser is
    asked for a code again. A password set with a code by SMS, VNeID or the office leads back. Raises NotFound.
    """
    entry = history_of(user).filter(pk=key).first()
    if entry is None:
        raise NotFound
    user = _locked(user)
    user.set_unusable_password()
    user.must_change_password, user.temp_password_expires_at = False, None
    user.passkeys.all().delete()
    forget_browsers(user)
    end_access(user)
    user.save()
    record(Event.ACCOUNT_DISOWNED, actor=user.actor, subject=user.actor, at=at, entry=entry.pk, what=entry.event)
    body = messages.account_secured(user.username, at)
    security.tell(user, Kind.SECURITY_NOT_ME, key=f"not-me:{user.pk}:{user.session_version}", at=at, sms=body)


@transaction.atomic
def freeze_own(*, user: User, at: datetime) -> None:
    """The owner lets nobody in, themselves included, until VNeID or the office opens it. Raises FrozenAlready."""
    user = _locked(user)
    if user.frozen_at is not None:
        raise FrozenAlready
    user.frozen_at = at
    end_access(user)
    user.save()
    record(Event.ACCOUNT_FROZEN, actor=user.actor, subject=user.actor, at=at)
    body = messages.account_frozen_by_owner(user.username, at)
    security.tell(user, Kind.SECURITY_FROZEN, key=f"frozen:{user.pk}:{user.session_version}", at=at, sms=body)


@transaction.atomic
def thaw_own(*, user: User, at: datetime) -> bool:
    """Open an account again that its owner froze, because VNeID of level 2 proved them; False if staff froze it."""
    found = _locked(user)
    if found.frozen_at is None or not frozen_by_owner(found):
        return False
    found.frozen_at, found.frozen_reason = None, ""
    found.session_version += 1
    found.save()
    user.frozen_at, user.frozen_reason, user.session_version = None, "", found.session_version
    record(Event.ACCOUNT_UNFROZEN, actor=found.actor, subject=found.actor, at=at)
    body = messages.account_unfrozen(found.username, at)
    security.tell(found, Kind.SECURITY_UNFROZEN, key=f"frozen:{found.pk}:{found.session_version}", at=at, sms=body)
    return True


def may_keep_card(kept: Pass) -> bool:
    """Tell whether the browser of this pass may go on keeping the card: nothing ended its owner's access since.

    Sessions that ran out by the clock are no reason; those that somebody ended are.
    """
    users = User.objects.filter(pk=kept.user, is_active=True, frozen_at=None, session_version=kept.session_version)
    if not users.exists():
        return False
    ended = AuditEvent.objects.filter(subject=f"user:{kept.user}", at__gte=kept.at, event=Event.SESSION_ENDED)
    return not ended.filter(facts__reason__in=list(ENDED)).exists()


def frozen_by_owner(user: User) -> bool:
    """Tell whether the last freezing was the owner's own act."""
    acts = AuditEvent.objects.filter(subject=user.actor, event=Event.ACCOUNT_FROZEN)
    last = acts.order_by("-at", "-pk").first()
    return last is not None and last.actor == user.actor


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).select_related("person").get(pk=user.pk)
