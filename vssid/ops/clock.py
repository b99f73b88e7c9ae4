"""The clock that decides about codes and locks: the database's. Nodes may be off by minutes, it is the same for all."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """Return the database's time of this moment (not of the transaction's begin)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
