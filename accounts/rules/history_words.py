"""The audit log of an account in plain sentences, as its owner reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.rules.devices import way_in
from vssid.audit.events import Event

NEW_BROWSER = _("Logged in %(way)s on a new browser")
# Event → sentence, icon, and whether its owner may say "this was not me".
SENTENCES: dict[Event, tuple[Promise, str, bool]] = {
    Event.LOGIN_SUCCEEDED: (_("Logged in %(way)s"), "ok", True),
    Event.LOGIN_FAILED: (_("Somebody tried to log in and did not get in"), "cross", False),
    Event.LOGIN_LOCKED: (_("The login was locked for a while after wrong tries"), "lock", False),
    Event.LOGOUT: (pgettext_lazy("history", "Logged out"), "out", False),
    Event.PASSWORD_CHANGED: (_("The password was changed"), "key", True),
    Event.PASSWORD_RESET: (_("A new password was set in place of a forgotten one"), "key", True),
    Event.CREDENTIAL_ISSUED: (_("Login data for the first login were sent by SMS"), "sms", True),
    Event.PASSKEY_ADDED: (_("A passkey was added"), "key", True),
    Event.PASSKEY_REMOVED: (_("A passkey was removed"), "key", True),
    Event.VNEID_LINKED: (_("A VNeID account was linked"), "id", True),
    Event.VNEID_UNLINKED: (_("The VNeID account was unlinked"), "id", True),
    Event.RECOVERY_CONFIRMED: (_("Giving the account a new phone number was begun"), "lock", False),
    Event.ACCOUNT_RECOVERED: (_("A new phone number and password were set in place of lost ones"), "key", True),
    Event.ACCOUNT_OPENED: (_("The account was opened"), "done", False),
    Event.ACCOUNT_FROZEN: (_("The account was frozen"), "lock", False),
    Event.ACCOUNT_UNFROZEN: (_("The account was opened again"), "ok", True),
    Event.ACCOUNT_DISOWNED: (_("You said “this was not me”: sessions ended, password disabled"), "lock", False),
    Event.TOKEN_ISSUED: (_("An application was given access"), "setup", True),
    Event.TOKEN_REVOKED: (_("The access of an application ended"), "setup", False),
    Event.ARCHIVE_REQUESTED: (_("An archive of all your data was asked for"), "doc", True),
    Event.ARCHIVE_DOWNLOADED: (_("The archive of all your data was downloaded"), "doc", True),
    Event.RECORD_VIEWED: (_("Your account was looked at"), "eye", False),
}
# Events of a session that ended: by the clock they are no news.
ENDED: dict[str, Promise] = {
    "owner": _("You ended sessions of yours"),
    "staff": _("Your sessions were ended by the office"),
}
# What of the account was changed → as in SENTENCES.
CHANGED: dict[str, tuple[Promise, str, bool]] = {
    "phone": (_("The phone number was changed"), "sms", True),
    "phone_undone": (
        _("The change of the phone number was undone with the code sent to the former phone"),
        "sms",
        True,
    ),
    "email": (_("The email address was changed"), "pen", True),
}
BY_STAFF = _("by a social insurance officer")


@dataclass(frozen=True)
class Line:
    """One sentence; `key` names the audit row for "this was not me"."""

    key: int
    at: Any
    text: str
    icon: str
    by: str
    disputable: bool


def line(*, key: int, at: Any, event: str, actor: str, facts: Mapping[str, Any]) -> Line:
    """Return an audit row as a sentence; `event` is one of SENTENCES, an ended session or one of CHANGED."""
    if event == Event.SESSION_ENDED:
        return Line(key, at, str(ENDED[facts["reason"]]), "out", "", False)
    changed = event == Event.ACCOUNT_CHANGED
    sentence, icon, disputable = CHANGED[facts["what"]] if changed else SENTENCES[Event(event)]
    if event == Event.LOGIN_SUCCEEDED and facts.get("new_browser"):
        sentence = NEW_BROWSER
    by = str(BY_STAFF) if actor.startswith("staff:") else ""
    return Line(key, at, str(sentence % {"way": way_in(facts.get("method", ""))}), icon, by, disputable and not by)
