"""What the portal needs right now, each asked once with a short time limit."""

import logging
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q
from django.db.utils import Error as DatabaseError

log = logging.getLogger("vssid.health")

# A message due for so long means that nobody delivers; one that waits for so long, that no gateway takes it.
LATE = timedelta(minutes=2)
STUCK = timedelta(minutes=15)
_SECONDS = 1.0


def check(at: datetime) -> dict[str, str]:
    """Return the state of each part: "ok", "degraded" (the portal still serves), "down" or "missing" (it does not)."""
    states = {"database": "ok", "migrations": "ok"}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '2s'")
            if _known_migrations() - _applied():
                states["migrations"] = "missing"
            else:
                states["sms"] = "degraded" if _messages_wait(at) else "ok"
    except DatabaseError as error:
        log.error("database out of reach", extra={"error": type(error).__name__})
        states |= {"database": "down", "migrations": "unknown"}
    states["cache"] = _redis_state(settings.REDIS_URL) if settings.REDIS_URL else "ok"
    states["broker"] = _broker_state(settings.CELERY_BROKER_URL)
    return states


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def _applied() -> set[tuple[str, str]]:
    if MigrationRecorder.Migration._meta.db_table not in connection.introspection.table_names():
        return set()
    return set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))


def _messages_wait(at: datetime) -> bool:
    from vssid.sms.models import Message

    late = Q(next_attempt_at__lt=at - LATE) | Q(next_attempt_at__isnull=False, created_at__lt=at - STUCK)
    return Message.objects.filter(late, status="pending").exists()


def _broker_state(url: str) -> str:
    if urlsplit(url).scheme in {"redis", "rediss"}:
        return _redis_state(url)
    from vssid.celery import app

    try:
        with app.connection_for_write(connect_timeout=_SECONDS) as broker:
            broker.connect()
    except Exception as error:  # each transport has errors of its own
        log.warning("broker out of reach", extra={"error": type(error).__name__})
        return "degraded"
    return "ok"


def _redis_state(url: str) -> str:
    client = redis.Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=None)
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        log.warning("redis out of reach", extra={"error": type(error).__name__})
        return "degraded"
    finally:
        client.close()
    return "ok"
