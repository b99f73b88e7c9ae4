"""Proving once more that the session is in its owner's hands."""

from __future__ import annotations

from datetime import datetime

from accounts.actions import otp
from accounts.actions.login import NoPhone, authenticate_password
from accounts.models import OneTimeCode, User
from vssid.ops.gates import Visitor

PURPOSE = OneTimeCode.Purpose.STEP_UP


def send_code(*, user: User, browser_key: str, visitor: Visitor | None = None, at: datetime) -> OneTimeCode:
    """Send a code to the account's phone. Raises NoPhone and as `otp.issue`."""
    if not user.phone:
        raise NoPhone
    return otp.issue(
        purpose=PURPOSE,
        phone=user.phone,
        subject=user.actor,
        browser_key=browser_key,
        owner=user.username,
        visitor=visitor,
        at=at,
    )


def waiting_code(*, user: User, browser_key: str, at: datetime) -> OneTimeCode | None:
    """Return the code that this browser asked for and can still enter."""
    return otp.waiting(purpose=PURPOSE, subject=user.actor, browser_key=browser_key, at=at)


def confirm_code(*, user: User, code: str, browser_key: str, at: datetime) -> None:
    """Use the code up. Raises as `otp.verify`; outside of any transaction."""
    otp.verify(purpose=PURPOSE, subject=user.actor, code=code, browser_key=browser_key, at=at)


def confirm_password(*, user: User, password: str, at: datetime) -> None:
    """Check the password of somebody without a phone. Raises as `authenticate_password`."""
    authenticate_password(username=user.username, password=password, at=at)
