"""Readings of a citizen's data as plain sentences, for the page that lists them and for the archive of one's data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oauth2_provider.models import get_application_model

from insurance.models import Office
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent

# Purpose of a reading by staff → the end of its sentence.
PURPOSES = {
    "registration": gettext_lazy("your insurance record, to check a declaration"),
    "account": gettext_lazy("your account, to freeze it or open it again"),
    "request": gettext_lazy("your insurance record, to decide a request for a public service"),
    "vneid": gettext_lazy("your account, to put its VNeID link right"),
    "merging": gettext_lazy("your insurance record, to bring several numbers of one person together"),
}
# Purpose of a reading by somebody who was not logged in → the whole sentence.
LOOKUPS = {
    "code_lookup": gettext_lazy(
        "Somebody who entered your name, birth date, province and personal number looked up your social insurance code."
    ),
    "card_lookup": gettext_lazy(
        "Somebody who entered your card number, name and birth date looked up whether your card is valid."
    ),
}
# Kind of data → what an application read.
DATA = {
    "profile": gettext_lazy("name, birth date and masked numbers"),
    "card": gettext_lazy("the health insurance card"),
    "contributions": gettext_lazy("the contribution history"),
    "benefits": gettext_lazy("the benefits received"),
    "visits": gettext_lazy("the medical visits"),
    "notices": gettext_lazy("the notices"),
    "requests": gettext_lazy("the requests for public services"),
    "requests:write": gettext_lazy("what it needed to file a request in your name"),
}


def sentences(events: Sequence[AuditEvent]) -> dict[int, str]:
    """Say for each entry who read what and what for; names of staff are the office's affair."""
    offices = dict(Office.objects.filter(code__in={event.office for event in events}).values_list("code", "name"))
    clients = {event.actor.partition(":")[2] for event in events if event.actor.startswith("application:")}
    names = dict(get_application_model().objects.filter(client_id__in=clients).values_list("client_id", "name"))
    return {event.pk: _sentence(event, offices, names) for event in events}


def _sentence(event: AuditEvent, offices: dict[str, str], names: dict[str, str]) -> str:
    kind, _colon, key = event.actor.partition(":")
    facts: dict[str, Any] = event.facts
    if event.event == Event.CHILD_VIEWED:
        return _("The account under which you stand as a child opened your records.")
    if facts.get("purpose") in LOOKUPS:
        return str(LOOKUPS[facts["purpose"]])
    if kind == "application":
        words = {"name": names.get(key, _("no longer registered here")), "data": DATA.get(facts.get("data", ""), "")}
        return _("The application “%(name)s” read %(data)s; you had allowed it.") % words
    office = offices.get(event.office) or _("the social insurance agency")
    if event.event == Event.PHOTO_VIEWED:
        return _("Staff of %(office)s looked at a photo of your declaration, to check it.") % {"office": office}
    if facts.get("purpose") == "paper":
        words = {"office": office, "number": facts.get("number", "")}
        return _("Staff of %(office)s opened a paper of the request %(number)s.") % words
    what = PURPOSES.get(facts.get("purpose", ""), _("your insurance record"))
    return _("Staff of %(office)s looked at %(what)s.") % {"office": office, "what": what}
