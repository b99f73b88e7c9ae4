"""The database's clock in tests: it moves with the test's own, unless a test says that only this node's is off."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import time_machine
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

ASKED = "SELECT clock_timestamp()"
_skew = 0.0


def follow() -> None:
    """Let every connection answer with the test's time where the database is asked for its own."""
    connection_created.connect(_install, dispatch_uid="tests.clock")


@contextmanager
def node_off_by(seconds: float) -> Iterator[None]:
    """This node's clock is off; the database's is not."""
    global _skew
    _skew = -seconds
    try:
        with time_machine.travel(datetime.fromtimestamp(time.time() + seconds, UTC), tick=False):
            yield
    finally:
        _skew = 0.0


def _install(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if _answer not in connection.execute_wrappers:
        connection.execute_wrappers.append(_answer)


def _answer(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if sql == ASKED and time_machine.escape_hatch.is_travelling():
        sql, params = "SELECT to_timestamp(%s)", [time.time() + _skew]
    return execute(sql, params, many, context)
