"""A kept database connection that the server has closed is noticed before it is used."""

import psycopg2
from django.conf import settings
from django.db import connection


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(pid: int) -> None:
    parameters = connection.get_connection_params()
    other = psycopg2.connect(
        **{name: parameters[name] for name in ("host", "port", "user", "dbname") if name in parameters}
    )
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


def test_the_driver_is_psycopg2_and_connections_are_kept():
    assert connection.Database is psycopg2
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] > 0
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]


def test_a_kept_connection_stays(transactional_db):
    before = backend()
    connection.close_if_unusable_or_obsolete()  # as Django does before each request
    assert backend() == before


def test_a_connection_that_the_server_ended_is_made_anew(transactional_db):
    before = backend()
    end(before)
    connection.close_if_unusable_or_obsolete()
    assert backend() != before
