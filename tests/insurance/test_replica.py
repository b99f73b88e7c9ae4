"""Insurance records are read from a streaming replica, and from the primary when the replica is dead or behind."""

from collections.abc import Iterator

import dj_database_url
import pytest
from django.db import connections

from insurance import replica
from insurance.models import ContributionPeriod, InsuredPerson
from insurance.reads.contributions import contributions_of
from tests.harness import databases, servers
from tests.insurance.factories import PersonFactory, add_periods
from vssid.up.postgres import Postgres

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "replica"]),
    pytest.mark.xdist_group("replica"),  # on one worker, as the servers are its own
]


def cluster(name: str) -> Postgres:
    """A server of these tests' own: copying one on which other tests make and drop databases may fail."""
    place = servers.home() / f"{name}-{servers.WORKER}"
    return Postgres(place, durable=False, log=place.with_suffix(".log"), options={"shared_buffers": "16MB"})


def tool(server: Postgres, program: str, *arguments: str) -> None:
    done = server._run(program, "-h", str(server.socket_folder), "-U", "vssid", *arguments)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def primary(django_db_setup) -> Iterator[Postgres]:
    """A server with the portal's tables, which Django has for its database while these tests run."""
    server = cluster("primary")
    server.start()
    tables = server.data / "tables.dump"
    tool(servers.postgres(), "pg_dump", "-Fc", "-f", str(tables), databases.template())
    server.create_database(servers.database())
    tool(server, "pg_restore", "--exit-on-error", "-d", servers.database(), str(tables))
    used = connections["default"]
    usual = used.settings_dict["HOST"]
    used.close()
    used.settings_dict["HOST"] = str(server.socket_folder)
    yield server
    used.close()
    used.settings_dict["HOST"] = usual
    server.stop()


@pytest.fixture(scope="module", autouse=True)
def server(primary) -> Iterator[Postgres]:
    """A streaming replica of it, known to Django as DATABASE_REPLICA_URL would make it."""
    copy = cluster("replica")
    copy.data.mkdir()
    copy.account.own(copy.data)
    tool(primary, "pg_basebackup", "-D", str(copy.data), "-R", "-c", "fast")
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
    with connections["default"].cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_current_wal_lsn()")
        return str(cursor.fetchone()[0])


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
