"""Insurance records are read from a streaming replica, and from the primary when the replica is dead or behind."""

from collections.abc import Iterator

import dj_database_url
import pytest
from django.db import connections

from insurance import replica
from insurance.models import ContributionPeriod, InsuredPerson
from insurance.reads import contributions_of
from tests.harness import servers
from tests.insurance.factories import PersonFactory, add_periods
from vssid.up.postgres import Postgres

# Copying a server while other tests make and drop databases on it may fail: `make soak` has it alone.
pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "replica"]), pytest.mark.soak]


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[Postgres]:
    """A streaming replica of the run's server, known to Django as DATABASE_REPLICA_URL would make it."""
    primary = servers.postgres()
    name = f"replica-{servers.WORKER}"
    copy = Postgres(servers.home() / name, durable=False, log=servers.home() / f"{name}.log")
    copy.data.mkdir()
    copy.account.own(copy.data)
    done = primary._run(
        "pg_basebackup", "-h", str(primary.socket_folder), "-U", "vssid", "-D", str(copy.data), "-R", "-c", "fast"
    )
    assert done.returncode == 0, done.stderr
    for lock in copy.data.glob(".s.PGSQL*"):  # the primary's socket lies among its data
        lock.unlink()
    copy.start()
    settings = dj_database_url.parse(copy.url(servers.database()), engine="vssid.ops.database")
    both = {"default": connections.settings["default"], "replica": settings}
    connections.settings["replica"] = connections.configure_settings(both)["replica"]
    yield copy
    del connections.settings["replica"]
    copy.stop()


@pytest.fixture
def standby(server, monkeypatch) -> Iterator[Postgres]:
    """The replica; whether it is in step is looked at when a test says so."""
    monkeypatch.setattr(replica, "SECONDS", 3600)
    monkeypatch.setattr(replica, "health", replica.Health())
    yield server
    connections["replica"].close()
    if not server.ready():
        server.start()


@pytest.fixture
def person(standby) -> InsuredPerson:
    """Somebody with one period, whom the replica knows."""
    person = PersonFactory()
    add_periods(person, ("2020-01", "2020-12", "paid"))
    catch_up(standby)
    return person


def catch_up(standby: Postgres) -> None:
    """Wait until the replica has what the primary has, and look at it; other tests write to the primary meanwhile."""
    position = written()
    while standby.sql(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") != "t":
        pass
    look(position)


def look(position: str) -> None:
    """Look whether the replica has come to where the primary was."""
    replica.health.primary_was_at, replica.health.look_at = position, 0.0
    replica.health.usable()


def written() -> str:
    """Where the primary's log is, with everything in it; the tests' servers do not write each commit at once."""
    servers.postgres().sql("CHECKPOINT")
    return servers.postgres().sql("SELECT pg_current_wal_lsn()")


def reads_from() -> str:
    """Which server answers a read of records now."""
    return "replica" if replica.select("SELECT pg_is_in_recovery()", []) == [(True,)] else "primary"


def salary(person: InsuredPerson) -> int:
    (period,) = contributions_of(person.pk)
    return period[5]


def test_records_come_from_the_replica_while_it_is_in_step(person):
    assert (salary(person), reads_from()) == (8_000_000, "replica")


def test_a_replica_that_is_behind_is_passed_over_until_it_has_caught_up(person, standby):
    standby.sql("SELECT pg_wal_replay_pause()")
    ContributionPeriod.objects.update(salary=9_000_000)
    look(written())

    assert (salary(person), reads_from()) == (9_000_000, "primary")

    standby.sql("SELECT pg_wal_replay_resume()")
    catch_up(standby)
    assert (salary(person), reads_from()) == (9_000_000, "replica")


def test_a_dead_replica_costs_nobody_an_answer(person, standby):
    assert reads_from() == "replica"
    standby.stop()

    assert (salary(person), reads_from()) == (8_000_000, "primary")

    standby.start()
    catch_up(standby)
    assert (salary(person), reads_from()) == (8_000_000, "replica")
