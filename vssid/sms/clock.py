"""The time by which messages are sent: the database's, one for all machines, so that no wrong clock sends twice."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """Return the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    assert isinstance(now, datetime)
    return now
