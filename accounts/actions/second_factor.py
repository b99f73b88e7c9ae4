"""The second factor of staff: a TOTP device (RFC 6238), confirmed once and asked at every login."""

from __future__ import annotations

import base64
from datetime import datetime
from math import ceil
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions.sessions import forget_sessions
from accounts.models import User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError, TooMany


class SecondFactorWrong(DomainError):
    """The code is not the one the authenticator shows now."""

    code = "second_factor_wrong"
    message = _("That code is not right. Use the code that your authenticator shows now.")


class SecondFactorLocked(TooMany):
    """Wrong codes in a row: each doubles the wait."""

    code = "second_factor_locked"
    message = ngettext_lazy(
        "That code was not right. Wait %(seconds)d second before the next one.",
        "That code was not right. Wait %(seconds)d seconds before the next one.",
        "seconds",
    )

    def __init__(self, seconds: int) -> None:
        super().__init__(retry_after=seconds, seconds=seconds)


def device_of(user: User) -> TOTPDevice:
    """Return the member of staff's device; the first call makes one that is still to be confirmed."""
    device = TOTPDevice.objects.filter(user=user).order_by("-confirmed", "pk").first()
    return device or TOTPDevice.objects.create(user=user, name="totp", confirmed=False)


def secret_of(device: TOTPDevice) -> str:
    """Return the secret as authenticators take it: base32 in groups of four."""
    secret = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def confirm(*, device: TOTPDevice, code: str, by: User, at: datetime) -> None:
    """Accept the code once; the first right one confirms the device.

    Raises SecondFactorWrong, SecondFactorLocked. The count of failures survives the error.
    """
    error: DomainError | None = None
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        allowed, details = device.verify_is_allowed()
        if not allowed:
            error = SecondFactorLocked(_wait(details, at))
        elif not device.verify_token(code):
            error = SecondFactorWrong()
            record(Event.SECOND_FACTOR_FAILED, actor=f"staff:{by.pk}", at=at)
        elif not device.confirmed:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            record(Event.SECOND_FACTOR_ENROLLED, actor=f"staff:{by.pk}", at=at)
    if error:
        raise error


@transaction.atomic
def forget(*, user: User, by: User, at: datetime) -> None:
    """Drop the authenticator of somebody who lost it and end the sessions: the next login sets up another one."""
    TOTPDevice.objects.filter(user=user).delete()
    user.passkeys.all().delete()
    user.session_version += 1
    forget_sessions(user)
    user.save(update_fields=["session_version"])
    record(Event.ACCOUNT_CHANGED, actor=by.actor, subject=user.actor, at=at, what="second_factor")


def _wait(details: dict[str, Any] | None, at: datetime) -> int:
    """Return the seconds until the next code is looked at."""
    until = (details or {}).get("locked_until")
    return max(1, ceil((until - at).total_seconds())) if until else 1
