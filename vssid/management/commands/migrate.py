"""`manage.py migrate`: Django's, made fit to run while the portal is in use."""

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg2.errors import LockNotAvailable  # type: ignore[import-untyped]

LONGEST = "2s"
TRIES, PAUSE = 60, 1.0


class Command(migrate.Command):
    """Wait for a lock two seconds at most, as everybody else waits behind; then give way and come again.

    Migrations that are not atomic make indexes concurrently: they wait for old transactions, nobody waits for them.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        self.database = options["database"]
        for left in reversed(range(TRIES)):
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable) or not left:
                    raise
                self.stdout.write("\n  A table is in use; it is tried again.", ending="\n")
                self.stdout.flush()
                time.sleep(PAUSE)
            finally:
                self._wait_for_locks("0")

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Say how long each migration may wait before it begins."""
        if action in {"apply_start", "unapply_start"}:
            self._wait_for_locks(LONGEST if migration.atomic else "0")
        super().migration_progress_callback(action, migration, fake)

    def _wait_for_locks(self, longest: str) -> None:
        with connections[self.database].cursor() as cursor:
            cursor.execute("SET lock_timeout = %s", [longest])
