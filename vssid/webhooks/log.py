"""Writing events down, and putting them in order."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from vssid.webhooks.models import Endpoint, Event, Kind

KEPT = timedelta(days=30)
ORDERING_LOCK = 7_210_001


def tell(kind: Kind, applications: Iterable[int], data: dict[str, str], *, at: datetime) -> None:
    """Write an event for each of these applications that is told of events, in the caller's transaction.

    `data` are ids, never personal data: whoever may know more asks the API.
    """
    told = Endpoint.objects.filter(application__in=list(applications)).only("application_id", "url")
    Event.objects.bulk_create(
        Event(
            application_id=one.application_id,
            kind=kind,
            data=data,
            created_at=at,
            next_try_at=at if one.url else None,
        )
        for one in told
    )


def stop_calls(application: int) -> None:
    """Send an application none of the events that wait; they stay in its log."""
    Event.objects.filter(application=application, delivered_at=None).update(next_try_at=None)


def put_in_order(*, most: int = 1000) -> int:
    """Number what was committed since the last call; return how many. One process at a time does it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ORDERING_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            """
            UPDATE webhooks_event SET number = fresh.number
            FROM (
                SELECT id, row_number() OVER (ORDER BY id)
                    + coalesce((SELECT max(number) FROM webhooks_event), 0) AS number
                FROM webhooks_event
                WHERE number IS NULL
                ORDER BY id
                LIMIT %s
            ) AS fresh
            WHERE webhooks_event.id = fresh.id
            """,
            [most],
        )
        return int(cursor.rowcount)


def forget(*, at: datetime) -> int:
    """Erase events older than a month, but for the last, whose number the next ones go on from."""
    last = Event.objects.order_by("-number").values("pk")[:1]
    old = Event.objects.filter(created_at__lt=at - KEPT, number__isnull=False)
    return old.exclude(pk__in=last).delete()[0]
