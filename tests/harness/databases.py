"""Databases made from one migrated template: made once per test run, whatever the number of workers.

What migrations make is kept in var/tests/ under a hash of all that they are made of: while none of that changes, the
next run puts it back.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.harness import servers
from vssid.up.postgres import binaries

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "template_migrated"
KEPT = ROOT / "var" / "tests"
PACKAGES = ("accounts", "insurance", "services", "vssid")
# What migrations read: themselves, models (permissions, indexes), fields; the lock file stands for packages' own.
MADE_OF = ("**/migrations/*.py", "**/models/*.py", "**/models.py", "crypto/*.py")


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
            _migrate(cluster.url(making))
            cluster.sql(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")
    return TEMPLATE


def _migrate(url: str) -> None:
    """Bring an empty database to the state of the migrations."""
    kept = KEPT / f"{_fingerprint()}.dump"
    options = ("--no-owner", "--dbname", url)
    if kept.exists() and not _tool("pg_restore", "--single-transaction", *options, str(kept)):
        return
    manage("migrate", "--skip-checks", "--verbosity", "0", environment={"DATABASE_URL": url})
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.dump"):
        old.unlink()
    half = kept.with_suffix(".part")
    if not _tool("pg_dump", "--format=custom", *options, "--file", str(half)):
        half.rename(kept)


def _fingerprint() -> str:
    files = {path for name in PACKAGES for pattern in MADE_OF for path in (ROOT / name).glob(pattern)}
    seen = hashlib.sha256((ROOT / "requirements" / "dev.txt").read_bytes())
    for path in sorted(files):
        seen.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return seen.hexdigest()[:32]


def _tool(name: str, *arguments: str) -> int:
    """Run one of PostgreSQL's programs, as whoever runs the tests; return its exit code."""
    return subprocess.run([binaries() / name, *arguments], capture_output=True).returncode


def renew(name: str) -> None:
    """Makes database `name` anew from the template; open connections to it are cut."""
    source = template()
    servers.postgres().drop_database(name)
    servers.postgres().create_database(name, template=source)
