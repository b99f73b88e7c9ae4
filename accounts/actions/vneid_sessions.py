"""Sessions that VNeID opened: ended at once when VNeID says that its own has ended, and the other way round."""

from base64 import b64decode, b64encode
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from accounts.actions.sessions import delete_sessions
from accounts.models import Session, User
from accounts.session_store import VNEID_GOODBYE, VNEID_SID
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import decrypt, encrypt

METHOD = "vneid"
_CONTEXT = "accounts.vneid_goodbye"


def note(session: MutableMapping[str, Any], *, sid: str, goodbye: str) -> None:
    """Keep VNeID's name of the session and the address to log out there; either may be empty."""
    if sid:
        session[VNEID_SID] = sid
    if goodbye:
        session[VNEID_GOODBYE] = b64encode(encrypt(goodbye.encode(), context=_CONTEXT)).decode()


def goodbye(session: MutableMapping[str, Any]) -> str:
    """Return the address at which VNeID's own session is ended; empty when there is none."""
    sealed = session.get(VNEID_GOODBYE)
    return decrypt(b64decode(sealed), context=_CONTEXT).decode() if sealed else ""


def end_named(*, issuer: str, subject: str, sid: str, at: datetime) -> int:
    """End what VNeID says has ended: its session `sid` or, unnamed, every session of `subject`; return how many.

    Either may be empty, not both. Ending nothing is right too: the session may be over here already.
    """
    named = Session.objects.filter(method=METHOD).select_related("user")
    if sid:
        named = named.filter(vneid_sid=sid)
    if subject:
        named = named.filter(user__vneid_link__issuer=issuer, user__vneid_link__subject=subject)
    ended = list(named)
    delete_sessions([session.session_key for session in ended])
    for user in {session.user for session in ended if session.user}:
        record(Event.VNEID_LOGGED_OUT, actor="system", subject=user.actor, at=at)
    return len(ended)


def end_of(user: User, *, but: str = "") -> None:
    """End every session of the user that VNeID opened, except the one with the key `but`."""
    keys = Session.objects.filter(user=user, method=METHOD).exclude(session_key=but)
    delete_sessions(list(keys.values_list("session_key", flat=True)))
