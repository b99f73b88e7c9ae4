"""How offices get on with their dossiers: what waits and since when, what was decided, how long it took.

Three grouped queries whatever the number of dossiers, each on an index; numbers of offices, never of officers.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.dossiers.models import Dossier
from vssid.audit.events import DECISIONS, Event

# Whole days a dossier has waited at which a new group begins: none, 1–2, 3–5, 6–10, more.
AGES = (1, 3, 6, 11)
Outcomes = Mapping[Event, int]

_WAITING = """
SELECT office_id, width_bucket(extract(epoch FROM %(now)s - submitted_at) / 86400, %(ages)s::numeric[]),
       count(*), min(submitted_at)
FROM {table} WHERE status = 'submitted' AND office_id = ANY(%(offices)s) GROUP BY 1, 2
"""
# The list stands in the text: the partial index is found by it.
_DECISIONS = """
SELECT office, day, event, count(*)
FROM (SELECT office, event, (at AT TIME ZONE %(zone)s)::date AS day FROM audit_auditevent
      WHERE event IN ({events}) AND office = ANY(%(offices)s) AND at >= %(since)s AND at <= %(now)s
        AND subject LIKE ANY(%(subjects)s)) AS decision
GROUP BY GROUPING SETS ((office, event), (day, event))
"""
# Decisions that stand, lengths of officers' only: nobody waited for the others. The row without an office is all.
_TIMES = """
SELECT office_id, count(*) FILTER (WHERE NOT decided_automatically), count(*) FILTER (WHERE decided_automatically),
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - submitted_at))
       FILTER (WHERE NOT decided_automatically)
FROM {table}
WHERE office_id = ANY(%(offices)s) AND decided_at IS NOT NULL
  AND decided_at >= %(since)s AND decided_at <= %(now)s
GROUP BY ROLLUP (office_id) HAVING count(*) > 0
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for an officer: how many of each group of AGES, and when the first was sent."""

    ages: tuple[int, ...]
    since: datetime

    @property
    def count(self) -> int:
        """How many wait."""
        return sum(self.ages)


@dataclass(frozen=True, slots=True)
class Times:
    """From the last sending to an officer's decision: half took at most `median`, nine of ten at most `ninety`.

    `count` were decided by officers, without any the lengths are None; `automatic` were decided at once by the checks.
    """

    count: int
    automatic: int
    median: timedelta | None = None
    ninety: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """All by office code; an office with nothing to count is not there. `days` has every day of the period."""

    waiting: Mapping[str, Waiting]
    outcomes: Mapping[str, Outcomes]
    days: Mapping[date, Outcomes]
    times: Mapping[str, Times]
    all_times: Times | None

    @property
    def all_waiting(self) -> Waiting | None:
        """What waits at all offices together."""
        parts = list(self.waiting.values())
        if not parts:
            return None
        return Waiting(
            tuple(map(sum, zip(*(part.ages for part in parts), strict=True))), min(part.since for part in parts)
        )

    @property
    def all_outcomes(self) -> Outcomes:
        """What was decided at all offices together."""
        return sum((Counter(outcomes) for outcomes in self.outcomes.values()), Counter())


def begin_of(days: int, *, now: datetime) -> datetime:
    """Return when a period of so many days, today among them, begins: at midnight of the clock in Vietnam."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1)


def figures_of(model: type[Dossier], *, offices: Collection[str], days: int, now: datetime) -> Figures:
    """Count the dossiers of `model` at these offices; decisions are those of the last `days` days, today among them."""
    since = begin_of(days, now=now)
    known = {
        "offices": list(offices),
        "ages": list(AGES),
        "since": since,
        "now": now,
        "subjects": [f"{subject}%" for subject in model.counted],
        "zone": timezone.get_current_timezone_name(),
    }
    table = connection.ops.quote_name(model._meta.db_table)
    events = ", ".join(f"'{event.value}'" for event in DECISIONS)
    outcomes, by_day = _decisions(_rows(_DECISIONS.format(events=events), known))
    times: dict[str | None, Times] = {
        office: Times(count, automatic, *(timedelta(seconds=float(length)) for length in lengths or ()))
        for office, count, automatic, lengths in _rows(_TIMES.format(table=table), known)
    }
    first = since.date()
    return Figures(
        waiting=_waiting(_rows(_WAITING.format(table=table), known)),
        outcomes=outcomes,
        days={day: by_day.get(day, {}) for day in (first + timedelta(days=number) for number in range(days))},
        all_times=times.get(None),
        times={office: taken for office, taken in times.items() if office is not None},
    )


def _rows(sql: str, known: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _waiting(rows: list[tuple[Any, ...]]) -> dict[str, Waiting]:
    counts: dict[str, list[int]] = {}
    since: dict[str, datetime] = {}
    for office, age, count, first in rows:
        counts.setdefault(office, [0] * (len(AGES) + 1))[age] = count
        since[office] = min(first, since.get(office, first))
    return {office: Waiting(tuple(ages), since[office]) for office, ages in counts.items()}


def _decisions(rows: list[tuple[Any, ...]]) -> tuple[dict[str, Outcomes], dict[date, Outcomes]]:
    outcomes: dict[str, dict[Event, int]] = {}
    days: dict[date, dict[Event, int]] = {}
    for office, day, event, count in rows:
        if day is None:
            outcomes.setdefault(office, {})[Event(event)] = count
        else:
            days.setdefault(day, {})[Event(event)] = count
    return {**outcomes}, {**days}
