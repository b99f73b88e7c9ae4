"""Passwords: the temporary one, or the activation code, that goes out by SMS, its change, and the forgotten one.

Either exists in clear only inside the encrypted outbox message; nothing returns, logs or audits it.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from functools import partial
from math import ceil

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from oauth2_provider.models import get_access_token_model, get_grant_model, get_refresh_token_model

from accounts import messages
from accounts.actions import otp, security
from accounts.actions.consents import end_all as end_consents
from accounts.actions.login import (
    DELAYS,
    FREE_TRIES,
    Door,
    LoginLocked,
    NoPhone,
    count_try,
    find_user,
    forget_browsers,
    forgive,
    forgive_user,
    keys_of,
    normal_name,
)
from accounts.actions.sessions import forget_sessions
from accounts.models import Consent, OneTimeCode, User, VNeIDLink
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.crypto import keyed_hash
from vssid.errors import DomainError, TooMany
from vssid.notices.kinds import Kind
from vssid.ops.gates import Visitor
from vssid.sms.models import Message, Purpose
from vssid.sms.outbox import enqueue

# 32 signs, none of which looks like another: 12 of them are 60 bits (security.md §3.1).
TEMPORARY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TEMPORARY_LENGTH = 12
TEMPORARY_LIFE = timedelta(hours=24)
REISSUES_A_DAY = 3
RESETS_A_DAY = 5
PHONE_COOLS = timedelta(hours=24)


class ReissueLimit(TooMany):
    """Three reissues in 24 hours are enough."""

    code = "reissue_limit"
    message = _("Login data was sent again 3 times within 24 hours. The citizen can set a password with a code by SMS.")


class OldPasswordWrong(DomainError):
    """The present password was not given."""

    code = "old_password_wrong"

    def __init__(self, tries_left: int) -> None:
        message = ngettext_lazy(
            "The present password is not right. %(left)d try left.",
            "The present password is not right. %(left)d tries left.",
            "left",
        )
        super().__init__(message, left=tries_left)


@transaction.atomic
def issue_credentials(*, user: User, phone: str, dedupe_key: str, by: str, at: datetime, again: bool = False) -> None:
    """Give the user a temporary password or activation code and send it, with the user name, to `phone` (E.164).

    It works 24 hours and only to set an own password; whatever session, token or known browser there was ends.
    The same `dedupe_key` changes nothing. `by` is the audit's name of the actor; `again` words it as a reissue.
    """
    if Message.objects.filter(dedupe_key=dedupe_key).exists():
        return
    password = "".join(secrets.choice(TEMPORARY_ALPHABET) for _sign in range(TEMPORARY_LENGTH))
    user.set_password(password)
    user.set_phone(phone)
    user.must_change_password = True
    user.activating = settings.CREDENTIALS == "activation"
    user.temp_password_expires_at = at + TEMPORARY_LIFE
    end_access(user)
    user.save()
    forget_browsers(user)
    user.passkeys.all().delete()
    forgive_user(user)
    words = messages.activation if user.activating else messages.credentials
    enqueue(
        to=phone,
        body=words(user.username, password, again=again),
        purpose=Purpose.CREDENTIALS,
        dedupe_key=dedupe_key,
        at=at,
        expires_at=user.temp_password_expires_at,
    )
    record(Event.CREDENTIAL_ISSUED, actor=by, subject=user.actor, at=at, again=again)


@transaction.atomic
def reissue_credentials(*, user: User, by: str, at: datetime) -> None:
    """Send new login data to the account's phone, at most three times in 24 hours, whoever asks.

    Raises NoPhone, ReissueLimit.
    """
    user = _locked(user)
    if not user.phone:
        raise NoPhone
    day_before = at - timedelta(days=1)
    issued = AuditEvent.objects.filter(
        subject=user.actor, event=Event.CREDENTIAL_ISSUED, facts__again=True, at__gt=day_before
    )
    if issued.count() >= REISSUES_A_DAY:
        raise ReissueLimit(retry_after=86400)
    key = f"credentials:{user.actor}:{user.session_version + 1}"  # User.credential_keys
    issue_credentials(user=user, phone=user.phone, dedupe_key=key, by=by, at=at, again=True)


def resend_credentials(*, username: str, id_last6: str, at: datetime) -> None:
    """Send new login data to the phone on file of a citizen who has not set an own password yet.

    Whoever asks learns nothing: what does not fit, and a fourth time in 24 hours, sends nothing and costs a hash too.
    """
    user = owner_of(username, id_last6)
    if user is not None and _waits_for_first_login(user, at=at):
        try:
            return reissue_credentials(user=user, by="anonymous", at=at)
        except (NoPhone, ReissueLimit):
            pass
    make_password(id_last6)


def _waits_for_first_login(user: User, *, at: datetime) -> bool:
    """Who has another way in, by a passkey or VNeID, is not put out by somebody who knows the two numbers."""
    other_way = user.passkeys.exists() or VNeIDLink.objects.filter(user=user).exists()
    return user.must_change_password and not other_way and not is_cooling(user, at=at)


@transaction.atomic
def use_activation(*, user: User) -> User:
    """Use the activation code up, whose holder answered a code too; return the user as saved.

    Other browsers that gave the code have to begin anew.
    """
    user = _locked(user)
    user.set_unusable_password()
    user.session_version += 1
    user.save(update_fields=["password", "session_version"])
    return user


def is_activated(user: User) -> bool:
    """Tell whether the activation code was used and the first password of their own is still to be set."""
    return user.activating and not user.has_usable_password()


def set_first_password(*, user: User, new_password: str, at: datetime) -> User:
    """Set the first password of somebody whose activation code was used in this session; return the user as saved.

    Raises ValidationError for a weak one, and OtpExpired when it was set meanwhile.
    """
    validate_password(new_password, user)
    with transaction.atomic():
        user = _locked(user)
        if not is_activated(user):
            raise otp.OtpExpired
        set_own_password(user, new_password, at=at)
        record(Event.PASSWORD_CHANGED, actor=user.actor, subject=user.actor, at=at)
    return user


def change_password(*, user: User, old_password: str, new_password: str, at: datetime) -> User:
    """Replace the password of somebody who is logged in and knows the present one; return the user as saved.

    Ends every other session and all access of applications. Call it outside of a transaction: wrong tries count.
    Raises OldPasswordWrong, LoginLocked, PasswordDisabled; ValidationError for a weak new password or the same again.
    """
    keys = keys_of(f"change.{user.pk}", Door())
    failures = count_try(keys, at=at)
    if not user.check_password(old_password):
        record(Event.LOGIN_FAILED, actor=user.actor, subject=user.actor, at=at, reason="old_password")
        if failures >= FREE_TRIES:
            delay = DELAYS[min(failures - FREE_TRIES, len(DELAYS) - 1)]
            raise LoginLocked(at + timedelta(seconds=delay), failures, at=at)
        raise OldPasswordWrong(FREE_TRIES - failures)
    forgive(keys)
    validate_password(new_password, user)
    if user.check_password(new_password):
        raise ValidationError(_("Choose a password other than the present one."), code="same")
    with transaction.atomic():
        user = _locked(user)
        set_own_password(user, new_password, at=at)
        record(Event.PASSWORD_CHANGED, actor=user.actor, subject=user.actor, at=at)
    return user


def send_reset_code(
    *, username: str, id_last6: str, browser_key: str, at: datetime, visitor: Visitor | None = None
) -> OneTimeCode:
    """Send a code of 8 digits to the account's phone if both facts fit; whatever does not fit answers the same way.

    A phone that came in place of another one less than 24 hours ago gets none: who took over a session must not take
    the account. Raises OtpThrottled by the limits of the name that was typed, whether or not it belongs to an account.
    """
    subject = _reset_subject(username)
    _refuse_soon(subject, at=at)
    ask = partial(
        otp.issue,
        purpose=OneTimeCode.Purpose.PASSWORD_RESET,
        subject=subject,
        browser_key=browser_key,
        at=at,
        owner=normal_name(username),
    )
    user = owner_of(username, id_last6)
    if user is not None and user.phone and not is_cooling(user, at=at):
        try:
            return ask(phone=user.phone, visitor=visitor)
        except otp.TOLD_TO_ALL:
            raise
        except DomainError:
            pass  # Telling that this phone has had its share would tell that there is an account.
    return ask(phone=_decoy_phone(subject), visitor=visitor, decoy=True)


def is_cooling(user: User, *, at: datetime) -> bool:
    """Tell whether the phone is too new to reset the password."""
    return user.phone_changed_at is not None and user.phone_changed_at + PHONE_COOLS > at


def was_reset_lately(user: User, *, at: datetime) -> bool:
    """Tell whether the password was set anew by a code, or the account recovered, within 24 hours (security.md T38)."""
    events = (Event.PASSWORD_RESET, Event.ACCOUNT_RECOVERED)
    return AuditEvent.objects.filter(subject=user.actor, event__in=events, at__gt=at - PHONE_COOLS).exists()


def reset_password(
    *, username: str, id_last6: str, code: str, new_password: str, browser_key: str, at: datetime
) -> User:
    """Set a new password for who knows both facts and the code, and open the login again.

    Ends sessions, tokens and known browsers. Call it outside of a transaction: wrong tries count. Raises OtpWrong,
    OtpExpired, OtpLocked (a wrong fact counts as a wrong code), ValidationError for a weak password.
    """
    user = owner_of(username, id_last6)
    sent = otp.check(
        purpose=OneTimeCode.Purpose.PASSWORD_RESET,
        subject=_reset_subject(username),
        code=code if user is not None else "",
        browser_key=browser_key,
        at=at,
    )
    if user is None:  # no code fits a name that is not there
        raise otp.OtpExpired
    validate_password(new_password, user)
    if user.must_change_password and user.check_password(new_password):
        raise ValidationError(_("Choose a password other than the present one."), code="same")
    with transaction.atomic():
        otp.consume(sent, at=at)
        user = _locked(user)
        set_own_password(user, new_password, at=at)
        forget_browsers(user)
        forgive_user(user)
        record(Event.PASSWORD_RESET, actor=user.actor, subject=user.actor, at=at)
    return user


def waiting_reset_code(*, username: str, browser_key: str, at: datetime) -> OneTimeCode | None:
    """Return the code (or decoy) that this browser asked for under this name and can still enter."""
    purpose = OneTimeCode.Purpose.PASSWORD_RESET
    return otp.waiting(purpose=purpose, subject=_reset_subject(username), browser_key=browser_key, at=at)


def end_access(user: User) -> None:
    """End every session (once the user is saved) and whatever access applications have to this person's data."""
    user.session_version += 1
    forget_sessions(user)
    end_applications(user)


def end_applications(user: User) -> None:
    """End whatever access applications have to this person's data."""
    end_consents(Consent.objects.filter(user=user), why="account", by="system", at=timezone.now())
    for model in (get_access_token_model(), get_refresh_token_model(), get_grant_model()):
        model.objects.filter(user=user).delete()


def set_own_password(user: User, password: str, *, at: datetime) -> None:
    """Give the (locked) user a password of their own, end all access and tell the phone."""
    user.set_password(password)
    user.must_change_password = user.activating = False
    user.temp_password_expires_at = None
    user.password_changed_at = at
    end_access(user)
    user.save()
    key = f"password-changed:{user.pk}:{user.session_version}"
    body = messages.password_changed(user.username, at)
    security.tell(user, Kind.SECURITY_PASSWORD_CHANGED, key=key, at=at, sms=body)


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).select_related("person").get(pk=user.pk)


def owner_of(username: str, id_last6: str) -> User | None:
    """Return the citizen of this name whose personal identification number ends in these six digits."""
    user = find_user(username)
    known = (user.person.citizen_id or "") if user is not None and user.person is not None else ""
    usable = user is not None and user.is_active and user.frozen_at is None and len(known) == 12
    return user if hmac.compare_digest(known[-6:].encode(), id_last6.encode()) and usable else None


def _reset_subject(username: str) -> str:
    return f"reset:{keyed_hash(normal_name(username), kind='login').hex()[:40]}"


def _decoy_phone(subject: str) -> str:
    """A number for the counters of a decoy, to which nothing is ever sent."""
    return f"+8459{int.from_bytes(keyed_hash(subject, kind='decoy')[:8], 'big') % 10**7:07d}"


def _refuse_soon(subject: str, *, at: datetime) -> None:
    """The limits of a phone (otp.issue), applied to the name: the answer must not depend on whose phone it is."""
    sent = list(
        OneTimeCode.objects.filter(subject=subject, created_at__gt=at - otp.DAY)
        .order_by("-created_at")
        .values_list("created_at", flat=True)
    )
    if len(sent) >= RESETS_A_DAY:
        message = _("Codes for a new password were sent %(count)d times within 24 hours. Try again tomorrow.")
        left = sent[RESETS_A_DAY - 1] + otp.DAY - at
        raise otp.OtpThrottled(message, retry_after=ceil(left.total_seconds()), count=RESETS_A_DAY)
    recent = [moment for moment in sent if moment > at - otp.HOUR]
    if recent:
        pause = otp.COOL_DOWN[min(len(recent), len(otp.COOL_DOWN)) - 1]
        wait = ceil((recent[0] + timedelta(seconds=pause) - at).total_seconds())
        if wait > 0:
            raise otp.OtpThrottled(retry_after=wait, seconds=wait)
