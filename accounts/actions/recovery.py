"""Coming back without the phone: by VNeID of level 2 at once, or by an office where two officers confirm a new phone.

No officer ever sees a code or a password: what opens the account goes to the new phone and needs its owner's numbers.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import otp
from accounts.actions.contacts import change_phone
from accounts.actions.credentials import TEMPORARY_ALPHABET, TEMPORARY_LENGTH, owner_of, set_own_password
from accounts.actions.freezing import accounts_of
from accounts.actions.login import forget_browsers, forgive_user
from accounts.models import OfficeRecovery, OneTimeCode, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import code_hash
from vssid.errors import Conflict, DomainError, NotFound, TooMany
from vssid.ops.gates import Visitor
from vssid.sms.models import Purpose
from vssid.sms.outbox import enqueue

PURPOSE = OneTimeCode.Purpose.RECOVERY
CODE_LIFE = timedelta(hours=24)
WAITS_FOR_SECOND = timedelta(hours=8)
TRIES = 5
A_DAY = 3


class RecoveryLimit(TooMany):
    """Three recoveries in 24 hours are enough."""

    code = "recovery_limit"
    message = _("A new phone was asked for 3 times within 24 hours. Wait until tomorrow.")


class SameOfficer(Conflict):
    """Whoever asked cannot confirm."""

    code = "same_officer"
    message = _("Another officer must confirm: you asked for this new phone yourself.")


class RecoveryGone(Conflict):
    """It was confirmed, replaced or is too old."""

    code = "recovery_gone"
    message = _("This request no longer waits for a confirmation.")


class RecoveryRefused(DomainError):
    """Name, identity number and code do not belong together, or the code is too old."""

    code = "recovery_refused"
    message = _("These do not match, or the code has expired. Check them, or ask your office for a new code.")


# By VNeID


def send_code(*, user: User, phone: str, browser_key: str, visitor: Visitor | None, at: datetime) -> OneTimeCode:
    """Send a code to the new phone (E.164) of somebody whom VNeID vouches for. Raises as `otp.issue`."""
    return otp.issue(
        purpose=PURPOSE,
        phone=phone,
        subject=_subject(user, phone),
        browser_key=browser_key,
        at=at,
        owner=user.username,
        visitor=visitor,
    )


def waiting_code(*, user: User, phone: str, browser_key: str, at: datetime) -> OneTimeCode | None:
    """Return the code that this browser asked for and can still enter."""
    return otp.waiting(purpose=PURPOSE, subject=_subject(user, phone), browser_key=browser_key, at=at)


def recover_by_vneid(*, user: User, phone: str, code: str, new_password: str, browser_key: str, at: datetime) -> User:
    """Give the account of somebody whom VNeID just vouched for, at level 2, a new phone and password.

    Passkeys go with the lost phone. The caller answers for the vouching. Call it outside of a transaction: wrong tries
    count. Raises as `otp.check`, and ValidationError for a weak password.
    """
    sent = otp.check(purpose=PURPOSE, subject=_subject(user, phone), code=code, browser_key=browser_key, at=at)
    validate_password(new_password, user)
    with transaction.atomic():
        otp.consume(sent, at=at)
        return _recover(user, phone, new_password, way="vneid", at=at)


# By an office


@transaction.atomic
def ask_for_recovery(*, user: User, phone: str, document: str, by: User, at: datetime) -> OfficeRecovery:
    """Note that an officer saw the person with `document`, and the phone (E.164) that is to replace the lost one.

    Raises NotFound for an account of another office, RecoveryLimit.
    """
    _require_of_office(user, by)
    asked = OfficeRecovery.objects.filter(user=user)
    if asked.filter(asked_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise RecoveryLimit(retry_after=86400)
    asked.filter(confirmed_at=None, expires_at__gt=at).update(expires_at=at)
    recovery = OfficeRecovery.objects.create(
        user=user, phone=phone, document=document, asked_by=by, asked_at=at, expires_at=at + WAITS_FOR_SECOND
    )
    record(Event.RECOVERY_ASKED, actor=by.actor, subject=user.actor, at=at, document=document)
    return recovery


def waiting(user: User, *, at: datetime) -> OfficeRecovery | None:
    """Return the new phone of this account that waits for a second officer."""
    asked = OfficeRecovery.objects.select_related("asked_by").filter(user=user, confirmed_at=None, expires_at__gt=at)
    return asked.order_by("-asked_at").first()


@transaction.atomic
def confirm_recovery(*, recovery_id: int, by: User, at: datetime) -> OfficeRecovery:
    """As a second officer, send the code to the new phone; the old one is told.

    Raises NotFound, SameOfficer, RecoveryGone.
    """
    recoveries = OfficeRecovery.objects.select_for_update(of=("self",)).select_related("user")
    recovery = recoveries.filter(pk=recovery_id).first()
    if recovery is None:
        raise NotFound
    _require_of_office(recovery.user, by)
    if recovery.asked_by_id == by.pk:
        raise SameOfficer
    if recovery.confirmed_at is not None or recovery.expires_at <= at:
        raise RecoveryGone
    code = "".join(secrets.choice(TEMPORARY_ALPHABET) for _sign in range(TEMPORARY_LENGTH))
    recovery.confirmed_by, recovery.confirmed_at, recovery.expires_at = by, at, at + CODE_LIFE
    recovery.code_hash = code_hash(code, context=f"recovery:{recovery.pk}")
    recovery.save()
    username, key = recovery.user.username, f"recovery:{recovery.pk}"
    enqueue(
        to=recovery.phone,
        body=messages.recovery_code(username, code),
        purpose=Purpose.CREDENTIALS,
        dedupe_key=key,
        at=at,
        expires_at=recovery.expires_at,
    )
    if recovery.user.phone:
        told = messages.recovery_begun(username, at)
        enqueue(to=recovery.user.phone, body=told, purpose=Purpose.NOTICE, dedupe_key=f"{key}:old", at=at)
    record(Event.RECOVERY_CONFIRMED, actor=by.actor, subject=recovery.user.actor, at=at)
    return recovery


def recover_by_office(*, username: str, id_last6: str, code: str, new_password: str, at: datetime) -> User:
    """Give the account the phone that two officers confirmed, and the password of its owner; the code works once.

    Call it outside of a transaction: wrong tries count. Raises RecoveryRefused, ValidationError for a weak password.
    """
    user = owner_of(username, id_last6)
    confirmed = OfficeRecovery.objects.filter(user=user, confirmed_at__isnull=False, used_at=None, expires_at__gt=at)
    recovery = confirmed.order_by("-confirmed_at").first() if user else None
    if recovery is None or user is None:
        raise RecoveryRefused
    counted = OfficeRecovery.objects.filter(pk=recovery.pk, tries__lt=TRIES).update(tries=F("tries") + 1)
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    fits = compare_digest(code_hash(typed, context=f"recovery:{recovery.pk}"), bytes(recovery.code_hash or b""))
    if not counted or not fits:
        raise RecoveryRefused
    validate_password(new_password, user)
    with transaction.atomic():
        if not confirmed.filter(pk=recovery.pk).update(used_at=at):
            raise RecoveryRefused
        return _recover(user, recovery.phone, new_password, way="office", at=at)


def _recover(user: User, phone: str, password: str, *, way: str, at: datetime) -> User:
    user = User.objects.select_for_update(of=("self",)).select_related("person").get(pk=user.pk)
    change_phone(user=user, phone=phone, change=None, at=at)
    set_own_password(user, password, at=at)
    forget_browsers(user)
    user.passkeys.all().delete()  # they lie on the phone that is lost
    forgive_user(user)
    record(Event.ACCOUNT_RECOVERED, actor=user.actor, subject=user.actor, at=at, way=way)
    return user


def _require_of_office(user: User, by: User) -> None:
    if not accounts_of(by).filter(pk=user.pk).exists():
        raise NotFound


def _subject(user: User, phone: str) -> str:
    return f"recover:{user.pk}.{code_hash(phone, context='recovery').hex()[:24]}"
