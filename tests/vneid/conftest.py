from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.vneid import metadata
from tests.vneid.standin import CLIENT_ID, CLIENT_SECRET, StandIn


@pytest.fixture(scope="session")
def running_standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    running = StandIn(Path(tmp_path_factory.mktemp("vneid")))
    yield running
    running.stop()


@pytest.fixture
def standin(running_standin: StandIn, settings: Settings) -> Iterator[StandIn]:
    """The provider, doing right, and a portal that uses it and has asked it nothing yet."""
    running_standin.reset()
    settings.VNEID_ISSUER = running_standin.issuer
    settings.VNEID_CLIENT_ID, settings.VNEID_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.PUBLIC_BASE_URL = "http://localhost"
    metadata.provider.cache_clear()
    yield running_standin
    metadata.provider.cache_clear()
