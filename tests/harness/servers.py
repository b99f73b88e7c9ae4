"""The run's own PostgreSQL and Redis, and the environment that points the portal at them.

The pytest process that is started first owns both servers; xdist's workers are told by the environment where they are.
Both end with it, even when it is killed: a watcher holds a pipe to it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from vssid.up.keys import new_keys
from vssid.up.postgres import Postgres, PostgresError

HOME = "VSSID_TEST_HOME"
REDIS_PORT = "VSSID_TEST_REDIS_PORT"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# What a developer's shell may carry and a test run must not see.
FOREIGN = ("DATABASE_", "TWILIO_", "SMS_", "VNEID_", "REDIS_", "CELERY_", "SENTRY_", "METRICS_", "OPERATOR_",
           "MEDIA_", "ALLOWED_", "CSRF_", "TRUSTED_", "PUBLIC_", "DEBUG", "DEMO", "HOST", "PORT", "DJANGO_",
           "VAR_DIR")  # fmt: skip


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def home() -> Path:
    """The run's temporary folder."""
    return Path(os.environ[HOME])


@cache
def postgres() -> Postgres:
    """The run's cluster."""
    return Postgres(home() / "pg", durable=False, log=home() / "postgres.log", options={"shared_buffers": "64MB"})


def redis_url(number: int = 0) -> str:
    """Database `number` of the run's Redis; each worker has four of its own."""
    block = 0 if WORKER == "main" else 1 + int(WORKER.removeprefix("gw"))
    return f"redis://127.0.0.1:{os.environ[REDIS_PORT]}/{block * 4 + number}"


def start(**options: str) -> None:
    """Starts both servers unless another process of this run has, and fills the environment for Django's settings.

    `options` are PostgreSQL's, in place of the tests' own.
    """
    for name in list(os.environ):
        if name.startswith(FOREIGN) and name != "VSSID_TEST_HOME":
            del os.environ[name]
    if HOME not in os.environ:
        _own_servers(options)
    os.environ.update(environment())


def _own_servers(options: Mapping[str, str]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="vssid-test-"))
    folder.chmod(0o711)  # PostgreSQL under root is another account and has to walk through
    os.environ[HOME] = str(folder)
    os.environ.update({f"VSSID_TEST_KEY_{name}": value for name, value in new_keys().items()})
    redis = _start_redis(folder)
    postgres().options.update(options)
    try:
        postgres().start()
    except PostgresError as error:
        redis.kill()
        pytest.exit(f"The tests' PostgreSQL: {error}", returncode=3)
    assert postgres().process is not None
    _watch(folder, postgres().process.pid, redis.pid)
    atexit.register(_stop, os.getpid(), folder, redis)


def _start_redis(folder: Path) -> subprocess.Popen[bytes]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.exit("redis-server is missing: run `make test`, or apt-get install redis-server.", returncode=3)
    os.environ[REDIS_PORT] = str(free_port())
    command = [program, "--bind", "127.0.0.1", "--port", os.environ[REDIS_PORT], "--save", "", "--databases", "256"]
    with (folder / "redis.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)


def _watch(folder: Path, *pids: int) -> None:
    """Cleans up behind a run that was killed: the pipe closes when this process is gone, however it went."""
    numbers = " ".join(map(str, pids))
    script = f'cat >/dev/null; kill -INT {numbers} 2>/dev/null; sleep 2; kill -KILL {numbers} 2>/dev/null; rm -rf "$0"'
    watcher = subprocess.Popen(["sh", "-c", script, str(folder)], stdin=subprocess.PIPE, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    _watchers.append(watcher)


_watchers: list[subprocess.Popen[bytes]] = []


def _stop(owner: int, folder: Path, redis: subprocess.Popen[bytes]) -> None:
    if os.getpid() != owner:  # a forked child that ends
        return
    for watcher in _watchers:
        watcher.kill()
        watcher.wait()
    redis.terminate()
    postgres().stop()
    redis.wait(timeout=10)
    shutil.rmtree(folder, ignore_errors=True)


def database() -> str:
    """The name of this worker's database."""
    return f"test_{WORKER}"


def environment() -> dict[str, str]:
    """Every variable the portal's settings need, for this worker."""
    keys = {name.removeprefix("VSSID_TEST_KEY_"): value for name, value in os.environ.items() if "_TEST_KEY_" in name}
    media = home() / f"media-{WORKER}"
    return {
        **keys,
        "DJANGO_SETTINGS_MODULE": "vssid.settings",
        # Playwright's loop runs in the tests' thread; the ORM beside it is used as before.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        "DEMO": "1",
        "DATABASE_URL": postgres().url(database()),
        "REDIS_URL": redis_url(0),
        "CELERY_BROKER_URL": redis_url(1),
        "MEDIA_STORAGE_URL": f"file://{media}",
        "PUBLIC_BASE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "PLAIN_STATIC": "1",
        # Never collected: a browser test gets the files of static/ as they are now.
        "STATIC_ROOT": str(home() / "static"),
        "SMS_BACKEND": "inbox",
        "VNEID_ISSUER": "http://127.0.0.1:9",
        "VNEID_CLIENT_ID": "vssid-portal",
        # Passwords are hashed by the same function with its smallest parameters.
        "ARGON2_MEMORY_KIB": "8",
        "ARGON2_TIME": "1",
        "LOG_LEVEL": "WARNING",
    }
