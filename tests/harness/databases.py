"""Databases made from one migrated template: migrations run once per test run, whatever the number of workers."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from tests.harness import servers

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "template_migrated"


def manage(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """Runs a management command in a process of its own and gives what it printed; fails with its words."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env={**os.environ, **(environment or {})},
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def template() -> str:
    """The name of the migrated database, made on first use by whichever worker comes first."""
    with (servers.home() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cluster = servers.postgres()
        if not cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
            making = f"{TEMPLATE}_making"
            cluster.drop_database(making)
            cluster.create_database(making)
            manage("migrate", "--skip-checks", "--verbosity", "0", environment={"DATABASE_URL": cluster.url(making)})
            cluster.sql(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")
    return TEMPLATE


def renew(name: str) -> None:
    """Makes database `name` anew from the template; open connections to it are cut."""
    source = template()
    servers.postgres().drop_database(name)
    servers.postgres().create_database(name, template=source)
