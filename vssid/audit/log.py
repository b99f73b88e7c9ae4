"""Writing to the audit log."""

import re
from datetime import datetime

from vssid.audit.events import Event
from vssid.audit.models import AuditEvent

Fact = str | int | bool | None
PARTY = re.compile(r"[a-z_]+(:[A-Za-z0-9_.-]{1,64})?")
LONGEST_FACT = 200


def record(event: Event, *, actor: str, subject: str = "", at: datetime, office: str = "", **facts: Fact) -> AuditEvent:
    """Add one event in the caller's transaction.

    `actor` and `subject` are opaque: "user:7", "staff:3", "person:12", "dossier:9", "application:<client id>",
    "system", "anonymous". Facts are counts, codes of reasons, names of fields: never personal data.
    Raises ValueError when a party or fact has another form.
    """
    for party in (actor, *filter(None, [subject])):
        if not PARTY.fullmatch(party):
            raise ValueError("audit: actor and subject look like kind:key")
    for name, fact in facts.items():
        if not (fact is None or isinstance(fact, int) or (isinstance(fact, str) and len(fact) <= LONGEST_FACT)):
            raise ValueError(f"audit: the fact {name} is no short text, whole number or yes/no")
    return AuditEvent.objects.create(
        at=at, event=Event(event), actor=actor, subject=subject, office=office, facts=facts
    )
