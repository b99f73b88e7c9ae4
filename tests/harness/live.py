"""The portal as real processes on a database of its own, for browser and fault tests."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from typing import Any
from urllib.parse import urlencode

from tests.harness import databases, servers
from vssid.up import services
from vssid.up.processes import Child, spawn

DATABASE = f"live_{servers.WORKER}"
STARTED = (services.VNEID, services.WEB, services.WORKER, services.CODES, services.SWEEPER)


class Live:
    """Web server, worker, sweeper and VNeID stand-in, each a process that a test may kill by its name.

    `url` is the portal's address, `variables` the environment of every process. Beat is known but not started.
    Another `database` makes another portal beside the usual one, `started` says with which processes.
    """

    def __init__(self, database: str = DATABASE, started: tuple[str, ...] = STARTED, **variables: str) -> None:
        self.database, self.started = database, started
        port, vneid_port = servers.free_port(), servers.free_port()
        self.folder = servers.home() / database
        self.folder.mkdir(exist_ok=True)
        self.url = f"http://localhost:{port}"
        self.variables = {
            **servers.environment(),
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "VNEID_PORT": str(vneid_port),
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": servers.postgres().url(database),
            "REDIS_URL": servers.redis_url(3),
            "CELERY_BROKER_URL": servers.redis_url(3),
            "MEDIA_STORAGE_URL": f"file://{self.folder / 'media'}",
            "PUBLIC_BASE_URL": self.url,
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "VNEID_ISSUER": f"http://127.0.0.1:{vneid_port}",
            "LOG_LEVEL": "INFO",
            **variables,
        }
        self.children: dict[str, Child] = {}

    def begin(self) -> None:
        """Makes the database with reference data and the demonstration's people, and starts the processes."""
        databases.renew(self.database)
        self.manage("load_reference")
        self.manage("load_help")
        self.manage("demo_seed")
        for name, command in services.commands(self.variables).items():
            log = self.folder / f"{name}.log"
            self.children[name] = Child(name, lambda c=command, f=log: spawn(c, self.variables, f), log)  # type: ignore[misc]
        for name in self.started:
            self.children[name].start()
        self.wait_until_ready()

    def end(self) -> None:
        """Kills every process and forgets the database."""
        for name in self.children:
            self.kill(name)
        servers.postgres().drop_database(self.database)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, name: str) -> None:
        """Starts a process that was killed or stopped."""
        self.children[name].start()
        if name in {services.WEB, services.VNEID}:
            self.wait_until_ready()

    def stop(self, name: str) -> None:
        """Ends a process as an operator would."""
        self.children[name].stop()

    def kill(self, name: str) -> None:
        """Ends a process and all it started as `kill -9` would."""
        self.children[name].kill()
        self.children[name].stop()

    def restart(self, name: str) -> None:
        """Stops a process and starts it again."""
        self.stop(name)
        self.start(name)

    def wait_until_ready(self, patience: float = 60) -> None:
        """Waits until web server and stand-in answer; fails with the log of the one that does not."""
        addresses = {
            services.WEB: f"{self.url}/readyz",
            services.VNEID: f"{self.issuer}/.well-known/openid-configuration",
        }
        until = time.monotonic() + patience
        for name, address in addresses.items():
            while self.children[name].process is not None and not _answers(address):
                if not self.children[name].alive() or time.monotonic() > until:
                    raise AssertionError(f"{name} did not get ready:\n{self.log(name)}")
                time.sleep(0.05)

    @property
    def issuer(self) -> str:
        """Address of the VNeID stand-in."""
        return self.variables["VNEID_ISSUER"]

    def log(self, name: str, lines: int = 40) -> str:
        """The last lines a process wrote."""
        path = self.children[name].log
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def manage(self, *arguments: str) -> str:
        """Runs a management command on the live database and gives its output."""
        return databases.manage(*arguments, environment=self.variables)

    def sql(self, statement: str) -> str:
        """Runs one statement on the live database and gives the bare answer."""
        return servers.postgres().sql(statement, self.database)

    def cast(self) -> dict[str, Any]:
        """The demonstration's people, as `/demo/?format=json` gives them."""
        return dict(json.loads(_get(f"{self.url}/demo/?format=json")))

    def messages(self, to: str) -> list[dict[str, str]]:
        """The SMS that arrived for a number, newest first."""
        return list(json.loads(_get(f"{self.url}/demo/sms/?{urlencode({'format': 'json', 'to': to})}")))

    def message(self, to: str, containing: str, *, after: int = 0, patience: float = 20) -> str:
        """The newest SMS to `to` with `containing` in it, awaited; `after` is how many such there were before."""
        until = time.monotonic() + patience
        while True:
            found = [message["body"] for message in self.messages(to) if containing in message["body"]]
            if len(found) > after:
                return found[0]
            if time.monotonic() > until:
                raise AssertionError(f"no SMS with {containing!r} arrived\n{self.log(services.WORKER)}")
            time.sleep(0.1)


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return bytes(answer.read())


def _answers(url: str) -> bool:
    try:
        _get(url)
    except OSError:
        return False
    return True
