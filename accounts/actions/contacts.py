"""Changing one's phone or e-mail address: a code to the new one (the old phone gave its code as the fresh proof),
notices to both, a day in which whoever has the old phone can undo it (security.md T14)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import partial
from hmac import compare_digest
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import emails, messages
from accounts.actions import otp, security
from accounts.actions.credentials import PHONE_COOLS, TEMPORARY_ALPHABET, end_access
from accounts.actions.login import find_user, forget_browsers
from accounts.models import ContactChange, OneTimeCode, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import code_hash
from vssid.errors import DomainError
from vssid.notices.kinds import Kind as NoticeKind
from vssid.ops.gates import Visitor
from vssid.sms.models import Purpose
from vssid.sms.outbox import enqueue

Kind = ContactChange.Kind
PURPOSE = OneTimeCode.Purpose.NEW_CONTACT
LIFE = timedelta(minutes=30)
UNDO_LENGTH, UNDO_TRIES = 10, 5
# So long a former phone is told of what would lead money elsewhere.
WARNED = timedelta(days=30)


class SameContact(DomainError):
    """It is the one that the account has already."""

    code = "same_contact"
    message = _("Your account has this one already.")


class ChangeGone(DomainError):
    """What was asked for lapsed: too late, replaced, or the account's sessions were ended meanwhile."""

    code = "change_gone"
    status = 410
    message = _("This change has lapsed. Ask for it again.")


class UndoRefused(DomainError):
    """Name and code belong to no change of the last 24 hours."""

    code = "undo_refused"
    message = _("Nothing can be undone with these two. Check both, or call the hotline: the code works for 24 hours.")


@transaction.atomic
def ask(*, user: User, kind: str, new: str, browser_key: str, visitor: Visitor | None, at: datetime) -> ContactChange:
    """Keep the wish for a new phone (E.164) or e-mail address and send a code there; an earlier wish lapses.

    Raises SameContact and as `otp.issue` or `otp.issue_by_email`.
    """
    old = user.phone if kind == Kind.PHONE else user.email
    if old == new:
        raise SameContact
    ContactChange.objects.filter(user=user, kind=kind, made_at=None, ended_at=None).update(ended_at=at)
    change = ContactChange.objects.create(
        user=user, kind=kind, old=old, new=new, session_version=user.session_version, asked_at=at
    )
    facts: dict[str, Any] = {
        "purpose": PURPOSE,
        "subject": _subject(change),
        "browser_key": browser_key,
        "owner": user.username,
        "visitor": visitor,
        "at": at,
    }
    if kind == Kind.PHONE:
        otp.issue(phone=new, **facts)
    else:
        otp.issue_by_email(email=new, **facts)
    return change


def latest(*, user: User, kind: str) -> ContactChange | None:
    """Return what was asked for last, unless it was made."""
    change = ContactChange.objects.filter(user=user, kind=kind).order_by("-asked_at").first()
    return change if change is not None and change.made_at is None else None


def waiting_code(*, change: ContactChange, browser_key: str, at: datetime) -> OneTimeCode | None:
    """Return the code that this browser asked for and can still enter."""
    return otp.waiting(purpose=PURPOSE, subject=_subject(change), browser_key=browser_key, at=at)


def confirm(*, user: User, kind: str, code: str, browser_key: str, at: datetime) -> User:
    """Make the change whose code was entered; return the user as saved.

    Call it outside of a transaction: wrong tries count. Raises ChangeGone and as `otp.check`.
    """
    change = latest(user=user, kind=kind)
    _require_alive(change, user, at)
    assert change is not None
    sent = otp.check(purpose=PURPOSE, subject=_subject(change), code=code, browser_key=browser_key, at=at)
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).select_related("person").get(pk=user.pk)
        change.refresh_from_db()
        _require_alive(change, user, at)
        otp.consume(sent, at=at)
        change.made_at = at
        if kind == Kind.PHONE:
            change_phone(user=user, phone=change.new, change=change, at=at)
        else:
            _change_email(user, change, at)
        change.save()
        record(Event.ACCOUNT_CHANGED, actor=user.actor, subject=user.actor, at=at, what=str(kind))
    return user


def change_phone(*, user: User, phone: str, change: ContactChange | None, at: datetime) -> None:
    """Give the (locked) user another phone: sessions, tokens and known browsers end, both phones are told.

    With `change` the notice to the old phone carries the code that undoes it.
    """
    old, code = user.phone, "".join(secrets.choice(TEMPORARY_ALPHABET) for _sign in range(UNDO_LENGTH))
    user.set_phone(phone)
    user.phone_changed_at = at
    end_access(user)
    user.save()
    forget_browsers(user)
    if change is not None and old:
        change.undo_hash = _undo_hash(change, code)
    key, body = f"phone-changed:{user.pk}:{user.session_version}", messages.phone_changed(user.username, at)
    security.tell(user, NoticeKind.SECURITY_PHONE_CHANGED, key=key, at=at, sms=body)
    if old and old != phone:
        undo = messages.phone_changed(user.username, at, undo=code if change is not None else "")
        enqueue(to=old, body=undo, purpose=Purpose.NOTICE, dedupe_key=f"{key}:old", at=at)


def phones_to_warn(user: User, *, at: datetime) -> list[str]:
    """Return the phone on file and those it replaced within 30 days, for news that a thief must not be the only one
    to read; none that an undone change brought in.
    """
    made = ContactChange.objects.filter(user=user, kind=Kind.PHONE, made_at__gt=at - WARNED, old__isnull=False)
    former = [change.old for change in made.filter(ended_at=None).order_by("-made_at")]
    return list(dict.fromkeys(phone for phone in (user.phone, *former) if phone))


def undo(*, username: str, code: str, at: datetime) -> None:
    """Bring a phone back by the code that it was sent, whatever came after it.

    Sessions end, passkeys go, and the password must be set anew by a code; the phone that is put out is told as well.
    Call it outside of a transaction: wrong tries count. Raises UndoRefused, whatever does not fit.
    """
    user = find_user(username)
    made = ContactChange.objects.filter(user=user, kind=Kind.PHONE, ended_at=None, undo_hash__isnull=False)
    recent = made.filter(made_at__gt=at - PHONE_COOLS) if user else made.none()
    with transaction.atomic():
        open_still = list(recent.filter(undo_tries__lt=UNDO_TRIES).order_by("made_at").select_for_update())
        recent.filter(pk__in=[change.pk for change in open_still]).update(undo_tries=F("undo_tries") + 1)
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    # Whoever takes over a session and changes the phone twice must not make the first code worthless.
    fitting = [one for one in open_still if compare_digest(_undo_hash(one, typed), bytes(one.undo_hash or b""))]
    if not fitting:
        raise UndoRefused
    _undone(fitting[0], at)


@transaction.atomic
def _undone(change: ContactChange, at: datetime) -> None:
    user = User.objects.select_for_update(of=("self",)).select_related("person").get(pk=change.user_id)
    put_out = user.phone
    user.set_phone(change.old)
    user.phone_changed_at = None
    user.set_unusable_password()
    end_access(user)
    user.save()
    forget_browsers(user)
    user.passkeys.all().delete()
    later = ContactChange.objects.filter(user=user, kind=Kind.PHONE, made_at__gte=change.made_at)
    later.update(ended_at=at, undo_hash=None)
    record(Event.ACCOUNT_CHANGED, actor="anonymous", subject=user.actor, at=at, what="phone_undone")
    key, body = f"phone-undone:{user.pk}:{user.session_version}", messages.account_secured(user.username, at)
    security.tell(user, NoticeKind.SECURITY_PHONE_CHANGED, key=key, at=at, sms=body)
    if put_out and put_out != user.phone:
        told = messages.phone_changed(user.username, at)
        enqueue(to=put_out, body=told, purpose=Purpose.NOTICE, dedupe_key=f"{key}:old", at=at)


def _change_email(user: User, change: ContactChange, at: datetime) -> None:
    user.email = change.new
    user.save(update_fields=["email"])
    body = messages.email_changed(user.username, at)
    security.tell(user, NoticeKind.SECURITY_EMAIL_CHANGED, key=f"email-changed:{change.pk}", at=at, sms=body)
    if change.old:
        transaction.on_commit(partial(emails.tell_changed, to=change.old, at=at))


def _require_alive(change: ContactChange | None, user: User, at: datetime) -> None:
    if (
        change is None
        or change.made_at is not None
        or change.ended_at is not None
        or change.session_version != user.session_version
        or change.asked_at + LIFE <= at
    ):
        raise ChangeGone


def _undo_hash(change: ContactChange, code: str) -> bytes:
    return code_hash(code, context=f"undo:{change.pk}")


def _subject(change: ContactChange) -> str:
    return f"contact:{change.pk}"
