"""The shared cache while Redis is away, and when it comes back."""

import time

import pytest
import redis

from tests.harness import servers
from vssid.ops.cache import ForgivingRedisCache


@pytest.fixture
def away():
    """A cache whose Redis does not answer."""
    return ForgivingRedisCache(f"redis://127.0.0.1:{servers.free_port()}/0", {})


def test_without_redis_the_process_counts_by_itself(away):
    assert away.get("limit", 0) == 0
    assert away.add("limit", 1, 60)
    assert away.incr("limit") == 2
    assert not away.add("limit", 1, 60)
    away.set_many({"a": 1, "b": 2})
    assert away.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    away.delete("a")
    assert "a" not in away


def test_redis_is_not_asked_again_and_again(away):
    away.get("x")
    before = time.perf_counter()
    for _ in range(100):
        away.get("x")
    assert time.perf_counter() - before < 0.5


def test_what_was_revoked_while_redis_was_away_does_not_come_back(redis_url):
    cache = ForgivingRedisCache(redis_url, {})
    cache.set("session", "of a thief")
    cache.set("other", "kept")
    cache._begin_outage(redis.ConnectionError())
    cache.delete("session")
    cache.set("new", "while away")
    assert cache.get("other") is None
    cache._outage.until = 0.0  # the pause is over
    assert cache.get("session") is None
    assert cache.get("new") is None
    assert cache.get("other") == "kept"
    assert cache._outage.changed == set()
