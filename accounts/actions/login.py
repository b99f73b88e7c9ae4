"""Logging in by a password: the delay schedule, a check that costs the same for everybody, the browsers once proved."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NoReturn

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.actions import otp
from accounts.models import LoginThrottle, OneTimeCode, TrustedBrowser, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import DomainError, TooMany
from vssid.identifiers import InvalidIdentifier, parse_bhxh_or_personal_id
from vssid.ops.gates import Visitor
from vssid.queries import OneBy

# Seconds to wait after the 5th, 6th … consecutive failure (security.md §3.1); from the 10th on the last one.
FREE_TRIES = 5
DELAYS = (30, 60, 120, 300, 900, 3600)
# Failures from different networks delay the name everywhere only when there are many: guessing at one account from
# somewhere does not lock its owner out elsewhere.
FREE_ANYWHERE = 20
CEILING = 50
TRUST_DAYS = 30
BROWSERS_KEPT = 5


class LoginRefused(DomainError):
    """Code or password wrong: nobody learns which. `tries_left` until the first delay."""

    code = "login_refused"
    status = 400

    def __init__(self, tries_left: int) -> None:
        message = ngettext_lazy(
            "The code or password is not right. %(left)d try left.",
            "The code or password is not right. %(left)d tries left.",
            "left",
        )
        super().__init__(message, left=tries_left)
        self.tries_left = tries_left


class LoginLocked(TooMany):
    """Too many failures in a row for this code: wait, or set a new password."""

    code = "login_locked"

    def __init__(self, until: datetime, failures: int, *, at: datetime) -> None:
        wait = max(1, ceil((until - at).total_seconds()))
        message = _("Locked until %(time)s after %(failures)d wrong tries. You can reset the password.")
        # Short waits are told to the second, long ones to the minute, never too early.
        exact = wait <= DELAYS[3]
        end = localtime(until) if exact else localtime(until + timedelta(seconds=59))
        super().__init__(
            message, retry_after=wait, time=f"{end:%H:%M:%S}" if exact else f"{end:%H:%M}", failures=failures
        )


class PasswordDisabled(TooMany):
    """The ceiling was reached: this password opens nothing until it is reset."""

    code = "password_disabled"
    message = _("This password is disabled after 50 wrong tries. Reset the password or log in with VNeID.")

    def __init__(self) -> None:
        super().__init__(retry_after=86400)


class TemporaryPasswordExpired(DomainError):
    """The temporary password was right, 24 hours too late."""

    code = "temporary_password_expired"
    message = _("The temporary password was valid for 24 hours and has expired. Set a new password with a code by SMS.")


ACTIVATION_EXPIRED = _("The activation code was valid for 24 hours and has expired. Ask for a new one.")


class AccountFrozen(DomainError):
    """The password was right but the account is frozen."""

    code = "account_frozen"
    status = 403
    message = _("This account is frozen. Call the hotline or come to your social insurance office.")


class NoPhone(DomainError):
    """There is no number to send a message to."""

    code = "no_phone"
    message = _("This account has no mobile number. Come to your social insurance office with your ID card.")


@dataclass(frozen=True)
class Door:
    """Where a password is tried: the neighbourhood of the network ("" when unknown) and the tokens of the browser."""

    place: str = ""
    tokens: tuple[str, ...] = ()
    staff: bool = False


def authenticate_password(
    *, username: str, password: str, at: datetime, staff: bool = False, door: Door | None = None
) -> User:
    """Return the citizen (or, for the back office, the member of staff) with this user name and password.

    The try is counted before the check and outside of the caller's success, so that guesses side by side count each.
    A browser that is known to the account has tries of its own: whoever burns those of the name does not lock it out.
    Raises LoginRefused, LoginLocked, PasswordDisabled; after a right password TemporaryPasswordExpired, AccountFrozen.
    """
    door = door or Door(staff=staff)
    user = find_user(username)
    browser = known_browser(user=user, tokens=door.tokens, at=at)
    keys = keys_of(username, door, browser)
    try:
        count = count_try(keys, at=at)
    except TooMany as waiting:
        record(Event.LOGIN_FAILED, actor="anonymous", at=at, reason=waiting.code)
        raise
    if not _fits(user, password) or user is None or user.is_staff != staff or not user.is_active:
        _refuse(user, count, staff=staff, at=at)
    if user.frozen_at is not None:
        record(Event.LOGIN_FAILED, actor=user.actor, subject=user.actor, at=at, reason="frozen")
        raise AccountFrozen
    forgive(keys)
    if user.must_change_password and user.temp_password_expires_at and user.temp_password_expires_at <= at:
        record(Event.LOGIN_FAILED, actor=user.actor, subject=user.actor, at=at, reason="temporary_password_expired")
        raise TemporaryPasswordExpired(ACTIVATION_EXPIRED if user.activating else None)
    user.browser_known = browser is not None
    return user


def check_credentials(username: str, password: str) -> User | None:
    """Return whose user name (code, personal number, staff name) and password these are; counts nothing."""
    user = find_user(username)
    return user if _fits(user, password) else None


def _fits(user: User | None, password: str) -> bool:
    """Tell whether the password is this user's; nobody's costs the same hash."""
    if user is None:
        make_password(password)
        return False
    return user.check_password(password)


def find_user(username: str) -> User | None:
    """Return the user with this user name or, for 12 digits, with this personal identification number."""
    name = normal_name(username)
    if len(name) == 12 and name.isdigit():
        return _user_by_citizen_id(keyed_hash(name, kind="citizen_id"))
    return _user_by_name(name)


_user_by_name = OneBy(lambda name: User.objects.select_related("person").filter(username=name))
_user_by_citizen_id = OneBy(lambda number: User.objects.select_related("person").filter(person__citizen_id_hash=number))


def normal_name(username: str) -> str:
    """Return the user name as it is stored: codes without blanks, other names as typed."""
    try:
        return parse_bhxh_or_personal_id(username)
    except InvalidIdentifier:
        return username.strip()


@dataclass(frozen=True)
class Keys:
    """The rows that count a try: of the name here (this network, or a known browser), and of the name from anywhere.

    A known browser is counted by itself alone.
    """

    name: bytes
    here: bytes
    anywhere: bytes | None


def keys_of(name: str, door: Door, browser: int | None = None) -> Keys:
    """Return what counts a try of this name at this door, or of this known browser."""
    kind = "staff_login" if door.staff else "login"
    key = keyed_hash(normal_name(name), kind=kind)
    if browser is not None:
        return Keys(key, keyed_hash(f"{key.hex()} browser {browser}", kind=kind), None)
    return Keys(key, keyed_hash(f"{key.hex()} at {door.place}", kind=kind), key)


def count_try(keys: Keys, *, at: datetime) -> int:
    """Count one more try and return how many failures in a row here that would make.

    The rows decide, whether or not an account exists. Raises LoginLocked or PasswordDisabled, which do not count.
    """
    if keys.anywhere is None:
        return _count(keys.here, keys.name, FREE_TRIES, at)
    with transaction.atomic():
        failures = _count(keys.here, keys.name, FREE_TRIES, at)
        _count(keys.anywhere, keys.name, FREE_ANYWHERE, at)
    return failures


def _count(key: bytes, name: bytes, free: int, at: datetime) -> int:
    with connection.cursor() as cursor:
        limits: dict[str, Any] = {"ceiling": CEILING, "free": free, "delays": list(DELAYS)}
        cursor.execute(COUNT_TRY, {"key": key, "name": name, "at": at, **limits})
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    blocked = LoginThrottle.objects.get(pk=key)
    if blocked.failures >= CEILING or blocked.blocked_until is None:
        raise PasswordDisabled
    raise LoginLocked(blocked.blocked_until, blocked.failures, at=at)


COUNT_TRY = """
INSERT INTO accounts_loginthrottle AS t (key, name_key, failures, blocked_until, updated_at)
VALUES (%(key)s, %(name)s, 1, NULL, %(at)s)
ON CONFLICT (key) DO UPDATE SET
    failures = t.failures + 1,
    blocked_until = CASE WHEN t.failures + 1 >= %(free)s THEN
        %(at)s::timestamptz + make_interval(secs =>
            (%(delays)s::int[])[LEAST(t.failures + 2 - %(free)s, cardinality(%(delays)s::int[]))])
    END,
    updated_at = %(at)s
WHERE t.failures < %(ceiling)s AND (t.blocked_until IS NULL OR t.blocked_until <= %(at)s)
RETURNING failures
"""


def forgive(keys: Keys) -> None:
    """Forget the failures here, and those of the name from anywhere: somebody proved to be the owner."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_loginthrottle WHERE key IN (%s, %s)", [keys.here, keys.anywhere])


def forgive_user(user: User) -> None:
    """Forget all failures under both names of a citizen, wherever they were made."""
    names = [user.username, *([user.person.citizen_id] if user.person is not None and user.person.citizen_id else [])]
    door = Door(staff=user.is_staff)
    LoginThrottle.objects.filter(name_key__in=[keys_of(name, door).name for name in names]).delete()


def _refuse(user: User | None, failures: int, *, staff: bool, at: datetime) -> NoReturn:
    """Write the failure down, the same way for known and unknown names, and raise what the reader is told."""
    subject = user.actor if user is not None else ""
    locked = failures >= FREE_TRIES
    record(
        Event.LOGIN_LOCKED if locked else Event.LOGIN_FAILED,
        actor="anonymous",
        subject=subject,
        at=at,
        failures=failures,
        door="staff" if staff else "citizen",
    )
    if not locked:
        raise LoginRefused(FREE_TRIES - failures)
    if failures >= CEILING:
        raise PasswordDisabled
    delay = DELAYS[min(failures - FREE_TRIES, len(DELAYS) - 1)]
    raise LoginLocked(at + timedelta(seconds=delay), failures, at=at)


def known_browser(*, user: User | None, tokens: Iterable[str], at: datetime) -> int | None:
    """Return the key of this user's browser that one of the tokens was given to within 30 days."""
    hashes = [_browser_hash(token) for token in tokens]
    if user is None or not hashes:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM accounts_trustedbrowser WHERE user_id = %s AND token_hash = ANY(%s) AND expires_at > %s",
            [user.pk, hashes, at],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def trust_browser(*, user: User, tokens: Iterable[str], at: datetime) -> list[str]:
    """Remember a browser whose owner just answered a code; return the tokens it shall keep, the new one first."""
    token = secrets.token_urlsafe(24)
    TrustedBrowser.objects.create(
        user=user, token_hash=_browser_hash(token), created_at=at, expires_at=at + timedelta(days=TRUST_DAYS)
    )
    return [token, *tokens][:BROWSERS_KEPT]


def forget_browsers(user: User) -> None:
    """Every browser of this user is asked for a code again."""
    user.browsers.all().delete()


def _browser_hash(token: str) -> bytes:
    return keyed_hash(token, kind="browser")


def record_login(*, user: User, method: str, new_browser: bool, at: datetime) -> None:
    """Write a completed login down in the caller's transaction; `method` is "password", "vneid" or "totp"."""
    record(Event.LOGIN_SUCCEEDED, actor=user.actor, subject=user.actor, at=at, method=method, new_browser=new_browser)


def send_login_code(*, user: User, browser_key: str, at: datetime, visitor: Visitor | None = None) -> OneTimeCode:
    """Send a code to the account's phone for a browser that is not known yet. Raises NoPhone and as `otp.issue`."""
    if not user.phone:
        raise NoPhone
    return otp.issue(
        purpose=OneTimeCode.Purpose.LOGIN,
        phone=user.phone,
        subject=user.actor,
        browser_key=browser_key,
        at=at,
        owner=user.username,
        visitor=visitor,
    )


def confirm_login_code(*, user: User, code: str, browser_key: str, at: datetime) -> None:
    """Use the code up. Raises as `otp.verify`; outside of any transaction."""
    otp.verify(purpose=OneTimeCode.Purpose.LOGIN, subject=user.actor, code=code, browser_key=browser_key, at=at)


def forget_old(*, at: datetime) -> None:
    """Delete known browsers whose time is over, and failures a month old."""
    TrustedBrowser.objects.filter(expires_at__lte=at).delete()
    LoginThrottle.objects.filter(failures__lt=CEILING, updated_at__lt=at - timedelta(days=TRUST_DAYS)).delete()
