"""The shared cache while Redis is away, and when it comes back."""

import os
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
    assert time.perf_counter() - before < 2  # asked once more it would be a hundred seconds


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


def test_counters_outlive_closed_connections_and_a_new_redis(redis_url):
    cache, operator = ForgivingRedisCache(redis_url, {}), redis.Redis.from_url(redis_url)
    assert cache.count_up({"a": 60}) == [1]
    operator.client_kill_filter(_type="normal", skipme=True)
    assert cache.count_up({"a": 60, "b": 60}) == [2, 1]
    operator.script_flush()
    assert cache.count_up({"a": 60}) == [3]
    assert 0 < operator.ttl(":1:a") <= 60
    assert cache._outage.until == 0.0


def test_a_forked_process_has_its_own_connection(redis_url):
    cache = ForgivingRedisCache(redis_url, {})
    cache.set("a", "of the parent")
    before = cache._cache.get_client().connection
    child = os.fork()
    if not child:
        os._exit(0 if cache.get("a") == "of the parent" and cache._cache.get_client().connection is not before else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert cache.get("a") == "of the parent"
