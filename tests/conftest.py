"""What every test stands on: an own PostgreSQL and Redis, one migrated template, no way out to the world."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

from tests.harness import clock, databases, network, servers

# A busy machine makes examples slowly: that says nothing about them.
hypothesis.settings.register_profile("portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("portal")

# Settings read the environment once, so it stands before anything imports Django's.
servers.start()
network.close()
django.setup()
clock.follow()

from django.core.cache import cache  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402

from vssid.sms import wakeup  # noqa: E402
from vssid.translations import compile_all  # noqa: E402

if servers.WORKER == "main":
    compile_all()

pytest_plugins = ["tests.harness.fixtures", "tests.harness.stage"]
if (Path(__file__).parent / "stubs" / "fixtures.py").exists():
    pytest_plugins.append("tests.stubs.fixtures")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers of xdist read settings only after `servers.start()`: with this variable pytest-django would at once."""
    if servers.WORKER == "main" and session.config.getoption("numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """This worker's database, copied from the template."""
    with django_db_blocker.unblock():
        databases.renew(servers.database())
        yield
        connections.close_all()


def _fresh_database(self: TransactionTestCase) -> None:
    """A test that committed leaves a used database: the next gets a new copy, with what migrations put there."""
    connections.close_all()
    databases.renew(servers.database())


TransactionTestCase._fixture_teardown = _fresh_database  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    """Limits per address, cached pages and a broker that was away never pass from one test to the next."""
    yield
    cache.clear()
    wakeup.reset()


@pytest.fixture
def redis_url() -> str:
    """A Redis database of the run's own server that nothing else uses."""
    return servers.redis_url(2)
