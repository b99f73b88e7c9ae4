"""How long an office takes to decide, from what it decided lately."""

from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.core.cache import cache
from django.db import connection

SPAN = timedelta(days=90)
# Fewer decisions say little about the next one, and much about single people.
FEWEST = 30
KEPT_SECONDS = 600
QUERY = """
SELECT count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY days)
FROM (
    SELECT (
        SELECT count(*)
        FROM generate_series(
            (submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + 1,
            (decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, interval '1 day') AS day
        WHERE extract(isodow FROM day) < 6 AND day::date NOT IN (SELECT day FROM insurance_holiday)
    ) AS days
    FROM accounts_registrationdossier
    WHERE office_id = %s AND decided_at > %s AND decided_at <= %s AND NOT decided_automatically
) AS decisions
"""


class Usual(NamedTuple):
    """Working days from submission to decision: half are decided within `half`, nine of ten within `most`."""

    half: int
    most: int


def usual_days(*, office: str, at: datetime) -> Usual | None:
    """Return what decisions of an office in the 90 days before `at` took, at most ten minutes old.

    A day begun counts as a whole one, 0 is the same day. None when there were fewer than FEWEST.
    """
    key = f"usual_days:{office}"
    known = cache.get(key)
    if known is None:
        known = _count(office, at)
        cache.set(key, known, KEPT_SECONDS)
    return Usual(*known) if known else None


def _count(office: str, at: datetime) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [office, at - SPAN, at])
        decisions, days = cursor.fetchone()
    return tuple(ceil(value) for value in days) if decisions >= FEWEST else ()
