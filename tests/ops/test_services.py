"""Each service of docker-compose.yml, started by its own command outside a container: it gets ready and stops."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.harness import databases, servers

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
PATIENCE = 60.0
PRODUCTION = {
    "DEMO": "0",
    "PUBLIC_BASE_URL": "https://portal.example",
    "OPERATOR_NAME": "Made up",
    "VNEID_ISSUER": "https://issuer.example",
    "SMS_BACKEND": "twilio",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "made-up",
    "TWILIO_FROM": "+15005550006",
}


def interpolated(text: str, values: dict[str, str]) -> str:
    """Fill `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$` as compose does."""

    def fill(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        value = values.get(match[1], "")
        assert value or match[2] != ":?", f"{match[1]} is mandatory"
        return value or (match[3] if match[2] == ":-" else "")

    return re.sub(r"\$\$|\$\{(\w+)(:[-?])?([^}]*)\}", fill, text)


class Service:
    """A service's process with the environment that compose would give it, on the test run's own servers."""

    def __init__(self, name: str, folder: Path, database: str, **changes: str) -> None:
        self.name, self.log = name, folder / f"{name}.log"
        own = servers.environment()
        self.port = servers.free_port()
        address = f"http://127.0.0.1:{self.port}"
        self.values = {
            **own,
            **dict.fromkeys(("POSTGRES_PASSWORD", "REDIS_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY"), "x"),
            "VNEID_ISSUER": address if name == "vneid" else "http://127.0.0.1:9",
            "PUBLIC_BASE_URL": "http://localhost:8080",
            "METRICS_TOKEN": "made-up",
            "HTTP_PORT": "8080",
            **changes,
        }
        given = {
            key: interpolated(str(text), self.values) for key, text in SERVICES[name].get("environment", {}).items()
        }
        here = {
            "DATABASE_URL": servers.postgres().url(database),
            "REDIS_URL": servers.redis_url(3),
            "CELERY_BROKER_URL": servers.redis_url(3),
            "MEDIA_STORAGE_URL": f"file://{folder}/media",
        }
        self.environment = {
            **given,
            **{key: value for key, value in here.items() if key in given},
            "DJANGO_SETTINGS_MODULE": "vssid.settings",
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PYTHONUNBUFFERED": "1",
        }
        if name != "vneid":
            self.environment["PLAIN_STATIC"] = "1"  # the image brings its collected files
        self.folder = folder

    def local(self, text: str) -> list[str]:
        """Return a command line for this machine: own port instead of the container's, own folder instead of /tmp."""
        text = interpolated(text, self.values)
        text = re.sub(r"0\.0\.0\.0(:8000)?", lambda match: f"127.0.0.1:{self.port}" if match[1] else "127.0.0.1", text)
        text = text.replace("--port 8100", f"--port {self.port}").replace("/tmp/", f"{self.folder}/")
        return shlex.split(text)

    def run(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside the service and wait for its end."""
        return subprocess.run(
            self.local(text), cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )

    def __enter__(self) -> Service:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.local(SERVICES[self.name]["command"]),
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until `condition` holds; fail with the service's own words."""
        until = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, f"{self.name} ended\n{self.words()}"
            assert time.monotonic() < until, f"{self.name}: no {what}\n{self.words()}"
            time.sleep(0.05)

    def stop(self) -> None:
        """Tell it to end as compose does; it must do so within its grace period, by itself."""
        self.process.terminate()
        grace = float(SERVICES[self.name]["stop_grace_period"].removesuffix("s"))
        assert self.process.wait(timeout=grace) in {0, -signal.SIGTERM}, self.words()

    def words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def answers(self, path: str) -> bool:
        """Whether the service answers 200 at a path of its own port."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A migrated database that the services may write to."""
    name = f"services_{servers.WORKER}"
    databases.renew(name)
    yield name
    servers.postgres().drop_database(name)


@pytest.fixture
def service(tmp_path: Path, database: str) -> Callable[..., Service]:
    """`service("web")` gives a service that a `with` starts."""
    return lambda name, **changes: Service(name, tmp_path, database, **changes)


@pytest.mark.parametrize(
    "changes", [pytest.param({}, id="demonstration", marks=pytest.mark.soak), pytest.param(PRODUCTION, id="production")]
)
def test_migrate_prepares_the_database_and_the_store_and_may_run_again(service, changes):
    job = service("migrate", **changes)
    for _ in range(2):
        done = job.run(SERVICES["migrate"]["command"])
        assert done.returncode == 0, done.stderr


def test_migrate_refuses_a_production_without_https(service):
    done = service("migrate", **PRODUCTION | {"PUBLIC_BASE_URL": "http://portal.example"}).run(
        SERVICES["migrate"]["command"]
    )
    assert done.returncode != 0
    assert "PUBLIC_BASE_URL must be https" in done.stderr


def test_migrate_ends_everything_with_the_name_of_a_wrong_setting(service):
    job = service("migrate")
    job.environment["TRUSTED_PROXIES"] = "everybody"
    done = job.run(SERVICES["migrate"]["command"])
    assert done.returncode != 0
    assert "TRUSTED_PROXIES" in done.stderr


def test_web_gets_ready_counts_over_its_processes_and_stops(service):
    with service("web") as web:
        web.wait_for(lambda: web.answers("/readyz"), "answer at /readyz")
        request = urllib.request.Request(
            f"http://127.0.0.1:{web.port}/metrics", headers={"Authorization": "Bearer made-up"}
        )
        for _ in range(10):
            assert web.answers("/healthz")
        totals = []
        for _ in range(6):  # whichever process answers, it tells of all
            text = urllib.request.urlopen(request, timeout=5).read().decode()
            totals.append(
                sum(
                    float(line.rsplit(" ", 1)[1])
                    for line in text.splitlines()
                    if line.startswith("portal_http_requests_total{") and 'route="healthz"' in line
                )
            )
        assert totals == [totals[0]] * 6
        assert totals[0] >= 10
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{web.port}/khong-co/0099000107/", timeout=5)
        web.stop()
        assert all(line.startswith("{") for line in web.words().splitlines()), web.words()
        assert "0099000107" not in web.words()


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_a_celery_service_answers_its_health_check_and_stops(service, name):
    with service(name) as running:
        check = SERVICES[name]["healthcheck"]["test"][1].replace("$$(hostname)", os.uname().nodename)
        running.wait_for(lambda: running.run(check.replace("--timeout 5", "--timeout 1")).returncode == 0, "pong")
        running.stop()


def test_the_sweeper_shows_that_it_lives_and_stops(service):
    with service("sweeper") as sweeper:
        alive = sweeper.folder / "vssid-sweeper.alive"
        sweeper.wait_for(alive.exists, "sign of life")
        kind, check = SERVICES["sweeper"]["healthcheck"]["test"]
        assert kind == "CMD-SHELL"
        assert sweeper.run(f"sh -c {shlex.quote(check)}").returncode == 0
        sweeper.stop()


def test_the_stand_in_answers_under_the_address_it_was_given(service):
    with service("vneid") as vneid:
        vneid.wait_for(lambda: vneid.answers("/.well-known/openid-configuration"), "discovery")
        vneid.stop()
