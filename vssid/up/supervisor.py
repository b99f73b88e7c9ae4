"""`make run`: one process that sets the portal up, starts its parts, keeps them alive and ends them in order."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vssid.up import services
from vssid.up.environment import ROOT, Machine, StartError
from vssid.up.postgres import ROLE
from vssid.up.processes import Child, spawn

# What the state of a prepared database and of the collected files depends on.
PREPARED_FROM = (
    "*/migrations/*.py",
    "vssid/*/migrations/*.py",
    "insurance/data/*",
    "vssid/demo/**/*",
    "*/management/commands/*.py",
    "vssid/*/management/commands/*.py",
    "*/locale/**/*.po",
    "static/**/*",
    "vssid/settings.py",
    "requirements/run.txt",
)
READY_PATIENCE = 90.0
GIVE_UP_AFTER = 3  # deaths of the web process before it was ever ready


class Stopped(Exception):
    """Somebody asked the portal to end."""


class Supervisor:
    """The running portal of one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.logs = machine.var / "log"
        self.children: dict[str, Child] = {}
        self.begun = time.monotonic()
        self.stopping = threading.Event()
        self.preparation: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Starts everything and stays until a signal; raises StartError when it cannot start."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._ask_to_end())
        with only_one(self.machine.var):
            self._check_ports()
            try:
                self._start()
                self._announce()
                while not self.stopping.wait(0.2):
                    self._watch()
            except Stopped:
                pass
            finally:
                self._stop()

    def _ask_to_end(self) -> None:
        self.stopping.set()
        if self.preparation is not None:
            self.preparation.terminate()

    def say(self, text: str) -> None:
        """One progress line, with the seconds since the start."""
        print(f"{time.monotonic() - self.begun:7.1f} s  {text}", flush=True)

    def _check_ports(self) -> None:
        wanted = [("PORT", self.machine["HOST"], self.machine["PORT"])]
        if self.machine.stand_in:
            wanted.append(("VNEID_PORT", "127.0.0.1", self.machine["VNEID_PORT"]))
        for name, host, port in wanted:
            if not port_is_free(host, int(port)):
                raise StartError(f"port {port} on {host} is taken; choose another: make run {name}={int(port) + 1}")

    def _start(self) -> None:
        self.logs.mkdir(exist_ok=True)
        for old in self.logs.glob("*.log"):
            old.unlink()
        self._start_postgres()
        self._prepare()
        variables = self.machine.variables
        for name, command in services.commands(variables).items():
            if name == services.VNEID and not self.machine.stand_in:
                continue
            log = self.logs / f"{name}.log"
            self.children[name] = Child(name, lambda c=command, f=log: spawn(c, variables, f), log)  # type: ignore[misc]
            self.children[name].start()
        self.say(
            f"started {', '.join(name for name in self.children if name != 'postgres')}; waiting for the web server"
        )
        self._wait_until_ready()

    def _start_postgres(self) -> None:
        server = self.machine.postgres
        if server is None:
            self.say("using the database of DATABASE_URL")
            return
        if not (server.data / "PG_VERSION").exists():
            self.say(f"creating a PostgreSQL cluster in {server.data}")
        server.stop()  # left by a supervisor that was killed: its successor starts its own, to be able to watch it
        server.start()
        server.create_database(ROLE)
        self.children["postgres"] = Child("postgres", server.spawn, server.log, signal.SIGINT, server.process)
        self.say("PostgreSQL is up")

    def _prepare(self) -> None:
        """Brings database and files to the state of the code, unless they carry its mark already."""
        server = self.machine.postgres
        if server is not None and _mark(self.machine) == fingerprint(self.machine):
            return
        self.say("preparing database and files")
        log = self.logs / "prepare.log"
        with log.open("wb") as errors:
            process = self.preparation = subprocess.Popen(
                [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=self.machine.variables, text=True,
                stdout=subprocess.PIPE, stderr=errors, start_new_session=True,
            )  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                self.say(line.rstrip())
        if self.stopping.is_set():
            raise Stopped
        if process.wait():
            words = log.read_text(errors="replace").strip().splitlines() or ["no reason given"]
            raise StartError(f"{words[-1]} (whole log: {log})")
        if server is not None:
            server.sql(f"COMMENT ON DATABASE {ROLE} IS 'prepared {fingerprint(self.machine)}'")

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_PATIENCE
        web = self.children[services.WEB]
        while not self._ready():
            if self.stopping.wait(0.1):
                raise Stopped
            self._watch()
            if web.deaths >= GIVE_UP_AFTER or time.monotonic() > until:
                raise StartError(f"the web server does not get ready: {web.last_words()} (whole log: {web.log})")

    def _ready(self) -> bool:
        return self._get("/readyz") is not None

    def _get(self, path: str) -> bytes | None:
        host = self.machine["HOST"]
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
        request = urllib.request.Request(f"http://{host}:{self.machine['PORT']}{path}", headers={"Host": "localhost"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return bytes(answer.read())
        except (OSError, urllib.error.HTTPError):
            return None

    def _watch(self) -> None:
        for child in self.children.values():
            child.watch(self.say)

    def _announce(self) -> None:
        base, demo = self.machine["PUBLIC_BASE_URL"].rstrip("/"), self.machine.demo
        addresses = [("The portal", "/"), ("Officers' admin", "/quan-tri/"), ("API documentation", "/api/docs/")]
        if demo:
            addresses.append(("The cast of the demonstration", "/demo/"))
        if demo and self.machine["SMS_BACKEND"] == "inbox":
            addresses.append(("SMS inbox", "/demo/sms/"))
        self.say("ready")
        lines = ["", *(f"  {name:<31}{base}{path}" for name, path in addresses)]
        if self.machine.stand_in:
            lines.append(f"  {'VNeID stand-in':<31}{self.machine['VNEID_ISSUER']}/")
        if demo:
            lines += ["", *self._accounts()]
        print("\n".join([*lines, "", f"  Logs: {self.logs}. Ctrl-C stops everything; the data stays.", ""]), flush=True)

    def _accounts(self) -> Iterator[str]:
        try:
            cast: dict[str, Any] = json.loads(self._get("/demo/?format=json") or b"{}")
        except ValueError:
            return
        yield "  Made-up accounts (user name, password):"
        for person in [*cast.get("citizens", [])[:2], *cast.get("staff", [])]:
            note = person.get("note") or person.get("role", "")
            yield f"    {person['username']:<20}{person['password']:<22}{note}"

    def _stop(self) -> None:
        if self.children:
            self.say("stopping")
        ending = [self.children[name] for name in services.STOP_ORDER if name in self.children]
        for child in ending[:1]:  # the web server first: nobody asks anything after it
            child.stop()
        for child in ending:
            child.ask_to_end()
        for child in ending:
            child.stop()
        if self.machine.postgres is not None:
            if "postgres" in self.children:
                self.machine.postgres.process = self.children["postgres"].process
            self.machine.postgres.stop()
        self.say("everything is stopped")


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Holds `var` for this process; raises StartError while another has it."""
    with (var / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StartError(f"the portal already runs on {var} (process {lock.read().strip() or 'unknown'})") from None
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def fingerprint(machine: Machine) -> str:
    """A mark that changes with migrations and data of the code, collected files and the demonstration's switch."""
    static = Path(machine["STATIC_ROOT"]).exists() or machine.variables.get("PLAIN_STATIC")
    digest = hashlib.sha256(f"{machine['DEMO']} {bool(static)}".encode())
    for pattern in PREPARED_FROM:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _mark(machine: Machine) -> str:
    assert machine.postgres is not None
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    return machine.postgres.sql(query, ROLE).removeprefix("prepared ")
