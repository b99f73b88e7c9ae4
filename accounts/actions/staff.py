"""Members of staff: who they are, what they may do and where. Every change is written down."""

from datetime import datetime

from django.db import transaction

from accounts.actions.credentials import TEMPORARY_LIFE, end_access
from accounts.models import User
from vssid.audit.events import Event
from vssid.audit.log import record


@transaction.atomic
def save_staff(*, user: User, password: str, by: User, at: datetime) -> User:
    """Keep a member of staff, new or changed.

    A `password` that an administrator typed works 24 hours, only to set an own one, and ends the sessions; empty
    leaves the present one. Closing an account (`is_active`) ends its sessions by itself.
    """
    new = user._state.adding
    user.is_staff = True
    if password:
        if not new:
            end_access(user)
        user.set_password(password)
        user.must_change_password = True
        user.temp_password_expires_at = at + TEMPORARY_LIFE
    elif new:
        user.set_unusable_password()
    user.save()
    record(Event.STAFF_POSTED, actor=by.actor, subject=user.actor, at=at, active=user.is_active)
    if password:
        record(Event.PASSWORD_RESET, actor=by.actor, subject=user.actor, at=at)
    return user
