"""Writing down that an application read somebody's records."""

from datetime import datetime
from functools import lru_cache

from django.core.cache import cache

from vssid.audit.events import Event
from vssid.audit.log import record

ONCE_IN = 3600
"""Seconds for which one entry stands: an entry a call would cost more than the call, and tell the citizen no more."""

MOST_REMEMBERED = 50_000


def note_reading(*, application: str, person_id: int, data: str, at: datetime) -> None:
    """Write that an application (its client id) read one kind of a person's data, once in each hour of the clock.

    A cache that forgets, and two calls in one moment, make another entry, never none.
    """
    hour = int(at.timestamp()) // ONCE_IN
    noted, reading = _noted(hour), (application, person_id, data)
    if reading in noted:
        return
    if len(noted) >= MOST_REMEMBERED:
        noted.clear()
    key = f"read:{application}:{person_id}:{data}:{hour}"
    if cache.get(key) is None:
        record(
            Event.RECORD_VIEWED,
            actor=f"application:{application}",
            subject=f"person:{person_id}",
            at=at,
            purpose="application",
            data=data,
        )
        cache.set(key, 1, ONCE_IN)
    noted.add(reading)


@lru_cache(maxsize=1)
def _noted(hour: int) -> set[tuple[str, int, str]]:
    """What this process knows to be written in an hour: it need not ask the cache again."""
    return set()
