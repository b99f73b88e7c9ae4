"""Ending sessions: one of one's own, all others, all of them."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.models import PushSubscription, Session, User
from accounts.session_store import SessionStore
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import NotFound


def sessions_of(user: User, *, at: datetime) -> list[Session]:
    """Return the sessions in which this user is logged in, the one used last first."""
    return list(Session.objects.alive(user, at=at))


@transaction.atomic
def end_session(*, user: User, handle: str, at: datetime) -> Session:
    """End one of the user's own sessions by its handle; its next request is a stranger's. Raises NotFound."""
    session = next((one for one in sessions_of(user, at=at) if one.handle == handle), None)
    if session is None:
        raise NotFound
    delete_sessions([session.session_key])
    record(Event.SESSION_ENDED, actor=user.actor, subject=user.actor, at=at, reason="owner", count=1)
    return session


@transaction.atomic
def end_others(*, user: User, keep: str | None, at: datetime) -> int:
    """End every session of the user but the one with the key `keep`; return how many."""
    keys = [one.session_key for one in sessions_of(user, at=at) if one.session_key != keep]
    delete_sessions(keys)
    if keys:
        record(Event.SESSION_ENDED, actor=user.actor, subject=user.actor, at=at, reason="owner", count=len(keys))
    return len(keys)


def forget_sessions(user: User, *, keep: str | None = None) -> None:
    """Delete the rows of the user's sessions but the one with the key `keep`, and tell no browser of notices."""
    PushSubscription.objects.filter(user=user).delete()
    rows = Session.objects.filter(user=user)
    delete_sessions([key for key in rows.values_list("session_key", flat=True) if key != keep])


def delete_sessions(keys: list[str]) -> None:
    """Delete sessions by key from database and cache; again once it is certain: a request may have read them since."""
    Session.objects.filter(pk__in=keys).delete()
    store = SessionStore()
    names = [store.cache_key_prefix + key for key in keys]
    cache = store._cache  # type: ignore[attr-defined]
    cache.delete_many(names)
    transaction.on_commit(partial(cache.delete_many, names))
