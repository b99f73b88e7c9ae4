"""Chaining audit events by hashes, in batches and off the request's path, and checking the chain.

A change to a sealed row, or its removal, breaks every hash behind it. Whoever could rewrite the whole chain is caught
by the last hash of each batch, which goes to the log stream and so off this database.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from vssid.audit.models import AuditEvent, AuditSeal

logger = logging.getLogger(__name__)

ADVISORY_LOCK = 0x76737369  # any fixed number: sealers on all machines take the same
LOOK_BACK = 100_000  # ids; a transaction that commits later than this many others waits for `seal_audit`
OVERDUE = timedelta(minutes=10)

SealRow = tuple[int, date, int, bytes | memoryview]


@transaction.atomic
def seal_events(*, at: datetime, limit: int = 2000, everything: bool = False) -> int:
    """Chain up to `limit` events that have no seal yet; return how many. A second sealer meanwhile does nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    events = list(_unsealed(everything)[:limit])
    if not events:
        return 0
    day = at.astimezone(UTC).date()
    last = AuditSeal.objects.order_by("-day", "-position").first()
    day = max(day, last.day) if last else day
    position = last.position if last and last.day == day else 0
    previous = bytes(last.hash) if last else b""
    seals = []
    for place, event in enumerate(events, start=position + 1):
        previous = event_hash(event, previous)
        seals.append(AuditSeal(event_id=event.pk, day=day, position=place, hash=previous))
    AuditSeal.objects.bulk_create(seals)
    logger.info("audit.sealed", extra={"day": str(day), "position": seals[-1].position, "hash": previous.hex()})
    return len(seals)


def event_hash(event: AuditEvent, previous: bytes) -> bytes:
    """Return SHA-256 over the hash before and the event as canonical JSON (sorted names, no blanks, UTC time)."""
    content = {
        "id": event.pk,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "event": event.event,
        "actor": event.actor,
        "subject": event.subject,
        "office": event.office,
        "facts": event.facts,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + text.encode()).digest()


def problems(*, at: datetime, since: date | None = None) -> Iterator[str]:
    """Yield one line for each row where the chain does not hold, and for events that nobody sealed in time."""
    seals = AuditSeal.objects.order_by("day", "position")
    previous, place = b"", (date.min, 0)
    if since is not None:
        before = seals.filter(day__lt=since).last()
        previous, place = (bytes(before.hash), (before.day, before.position)) if before else (previous, place)
        seals = seals.filter(day__gte=since)
    for batch in _batches(seals.values_list("event_id", "day", "position", "hash")):
        events = AuditEvent.objects.in_bulk([event_id for event_id, *_ in batch])
        for event_id, day, position, sealed in batch:
            event = events.get(event_id)
            if position != (place[1] + 1 if day == place[0] else 1):
                yield f"seal {day} {position}: seals before it are missing"
            if event is None:
                yield f"event {event_id} (sealed {day} {position}): missing"
            elif event_hash(event, previous) != bytes(sealed):
                yield f"event {event_id} (sealed {day} {position}): altered, or the seal before it is"
            previous, place = bytes(sealed), (day, position)
    overdue = _unsealed(everything=True).filter(at__lt=at - OVERDUE).count()
    if overdue:
        yield f"{overdue} events older than {OVERDUE.seconds // 60} minutes have no seal"


def _unsealed(everything: bool) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.filter(~Exists(AuditSeal.objects.filter(event_id=OuterRef("pk")))).order_by("pk")
    if not everything:
        newest = AuditSeal.objects.aggregate(newest=Max("event_id"))["newest"] or 0
        events = events.filter(pk__gt=newest - LOOK_BACK)
    return events


def _batches(rows: QuerySet[AuditSeal, SealRow], size: int = 2000) -> Iterator[list[SealRow]]:
    batch = []
    for row in rows.iterator(chunk_size=size):
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
