"""The embedded database starts anywhere, keeps its data and folds Vietnamese letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import servers
from vssid.up.postgres import LONGEST_SOCKET_FOLDER, Postgres


@pytest.fixture
def folder() -> Path:
    """A folder that PostgreSQL's account can walk into (pytest's own are closed to it)."""
    place = servers.home() / "test-postgres"
    place.mkdir(exist_ok=True)
    place.chmod(0o711)
    return place


def test_data_survives_a_restart_and_a_running_server_is_reused(folder: Path) -> None:
    first = Postgres(folder / "pg", durable=False)
    first.start()
    first.create_database()
    first.sql("CREATE TABLE kept AS SELECT lower('NGUYỄN ĐẶNG') AS name", "vssid")
    second = Postgres(folder / "pg", durable=False)
    second.start()
    assert second.process is None
    first.stop()
    assert not second.ready()
    second.start()
    try:
        assert second.sql("SELECT name FROM kept", "vssid") == "nguyễn đặng"
    finally:
        second.stop()


def test_a_deep_folder_gets_a_short_socket(folder: Path) -> None:
    server = Postgres(folder / ("d" * LONGEST_SOCKET_FOLDER) / "pg", durable=False)
    server.start()
    try:
        assert len(str(server.socket_folder)) < LONGEST_SOCKET_FOLDER
        assert server.sql("SELECT 1") == "1"
    finally:
        server.stop()
        server.socket_folder.rmdir()
