"""Reading insurance records from a streaming replica (DATABASE_REPLICA_URL), or from the primary when it is better."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import InterfaceError, OperationalError, connections

ALIAS = "replica"
SECONDS = 5.0
"""How often a process looks at the replica, and so how far behind it may be: at most twice this."""

log = logging.getLogger("vssid.replica")


class Health:
    """Whether this process may read from the replica now.

    Each look asks whether the replica has come to where the primary was at the look before, so that no clock is
    compared and an idle primary is no lag. After a failure the replica has rest until the next look.
    """

    def __init__(self) -> None:
        self.fit = False
        self.look_at = 0.0
        self.primary_was_at: str | None = None

    def usable(self) -> bool:
        """Look again when it is time."""
        if time.monotonic() >= self.look_at:
            self.look_at = time.monotonic() + SECONDS
            try:
                fit = self._in_step()
            except (OperationalError, InterfaceError) as error:
                self.failed(error)
            else:
                self._note(fit, "it is behind")
        return self.fit

    def failed(self, error: Exception) -> None:
        """Let it rest; the next look connects anew."""
        self._note(False, type(error).__name__)
        self.look_at = time.monotonic() + SECONDS
        connections[ALIAS].close()

    def _in_step(self) -> bool:
        wanted, self.primary_was_at = self.primary_was_at, _one("default", "SELECT pg_current_wal_lsn()::text")
        return bool(_one(ALIAS, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", wanted or self.primary_was_at))

    def _note(self, fit: bool, why: str) -> None:
        if fit != self.fit:
            log.warning("records are read from the %s", "replica" if fit else f"primary: {why}")
        self.fit = fit


health = Health()


def select(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of one SELECT on insurance records; a replica that fails in the middle costs a second try, no answer."""
    if ALIAS in connections.databases and health.usable():
        try:
            return _rows(ALIAS, sql, values)
        except (OperationalError, InterfaceError) as error:
            health.failed(error)
    return _rows("default", sql, values)


def _rows(alias: str, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _one(alias: str, sql: str, *values: Any) -> Any:
    return _rows(alias, sql, values)[0][0]
