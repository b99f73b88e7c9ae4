"""The shared cache, whose loss no request may notice.

While Redis is away each process keeps a small cache of its own (limits per address still count, more coarsely) and asks
Redis again every 30 s. What was written or deleted meanwhile is deleted from Redis first, so that nothing that was
revoked comes back.
"""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

log = logging.getLogger("vssid.cache")

PAUSE = 30.0  # seconds without asking Redis after it failed
# All counters of a request in one step: between two of them nobody else counts.
_COUNT = """
local counts = {}
for place, key in ipairs(KEYS) do
  counts[place] = redis.call('INCR', key)
  if counts[place] == 1 then redis.call('EXPIRE', key, ARGV[place]) end
end
return counts
"""
_COUNT_SHA = hashlib.sha1(_COUNT.encode(), usedforsecurity=False).hexdigest()
_MOST = 10_000  # changed keys remembered; beyond that the whole cache is cleared on return


class _Outage:
    """What all threads of this process know of Redis' absence."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.until = 0.0
        self.changed: set[str] = set()


class _Client(RedisCacheClient):
    """Django's, which at every call makes a Redis object and asks its pool for a connection: half of the call.

    Both last here. Each thread has a client of its own, so it has its connection for itself as well.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        mine = os.getpid(), pool  # a process that was forked leaves its parent's connection alone
        client = self._made.get(mine)
        if client is None:
            client = self._client(connection_pool=pool, single_connection_client=True)  # type: ignore[attr-defined]
            self._made[mine] = client
        return client

    def count_up(self, keys: list[str], seconds: list[int]) -> list[int]:
        """Every call of the API counts: while all is well this goes past the client's machinery, half of the step."""
        client, values = self.get_client(write=True), (len(keys), *keys, *seconds)
        try:
            client.connection.send_command("EVALSHA", _COUNT_SHA, *values)
            counts: list[int] = client.connection.read_response()
        except (RedisConnectionError, NoScriptError):  # closed while it lay idle; a new Redis that has no script yet
            counts = client.eval(_COUNT, *values)
        return counts


class LocalCache(LocMemCache):
    """Django's cache of one process, with counters."""

    def count_up(self, windows: Mapping[str, int]) -> list[int]:
        """Add one to each counter and return them; a new one lives the seconds that `windows` gives it."""
        return [self._count(key, seconds) for key, seconds in windows.items()]

    def _count(self, key: str, seconds: int) -> int:
        if self.add(key, 1, seconds):
            return 1
        try:
            return self.incr(key)
        except ValueError:  # dropped from a full cache between the two lines
            return 1


class _CountingRedisCache(RedisCache):
    """Django's Redis cache, with counters."""

    def validate_key(self, key: str) -> None:
        """Redis takes any key; Django looks at each sign of it for what memcached would not take."""

    def count_up(self, windows: Mapping[str, int]) -> list[int]:
        keys = [self.make_and_validate_key(key) for key in windows]
        return [int(count) for count in self._cache.count_up(keys, list(windows.values()))]  # type: ignore[attr-defined]


class ForgivingRedisCache(_CountingRedisCache):
    """Django's Redis cache with short waits and an own cache to fall back on."""

    _outages: dict[str, _Outage] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"socket_timeout": 2, "socket_connect_timeout": 1, **params.get("OPTIONS", {})}
        # One retry: a connection that Redis closed while it lay idle is no outage. Silence is one at once.
        options.setdefault("retry", Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)))
        super().__init__(server, {**params, "OPTIONS": options})
        self._class = _Client
        self._outage = self._outages.setdefault(str(server), _Outage())
        self._own = LocalCache(f"while-away:{server}", {"OPTIONS": {"MAX_ENTRIES": 5000}})

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", [key], key, value, timeout, version=version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", [], key, default, version=version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", [key], key, value, timeout, version=version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", [key], key, timeout, version=version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("delete", [key], key, version=version))

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        return dict(self._ask("get_many", [], list(keys), version=version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("has_key", [], key, version=version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", [key], key, delta, version=version))

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        return list(self._ask("set_many", list(data), data, timeout, version=version) or [])

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        keys = list(keys)
        self._ask("delete_many", keys, keys, version=version)

    def count_up(self, windows: Mapping[str, int]) -> list[int]:
        return list(self._ask("count_up", list(windows), windows))

    def clear(self) -> Any:
        self._own.clear()
        return self._ask("clear", [])

    def _ask(self, verb: str, changes: list[str], *args: Any, version: int | None = None) -> Any:
        """Do `verb` in Redis, or in the own cache while Redis is away."""
        named = {} if verb in {"clear", "count_up"} else {"version": version}
        if time.monotonic() >= self._outage.until:
            try:
                self._catch_up()
                return getattr(super(), verb)(*args, **named)
            except RedisError as error:
                self._begin_outage(error)
        with self._outage.lock:
            if len(self._outage.changed) <= _MOST:
                self._outage.changed.update(self.make_key(key, version) for key in changes)
        own: Callable[..., Any] = getattr(self._own, verb)
        return own(*args, **named)

    def _begin_outage(self, error: RedisError) -> None:
        with self._outage.lock:
            begins = time.monotonic() >= self._outage.until
            self._outage.until = time.monotonic() + PAUSE
        if begins:
            log.warning("cache out of reach", extra={"error": type(error).__name__})

    def _catch_up(self) -> None:
        """Delete from Redis what changed while it was away; its older values must not come back."""
        if not self._outage.changed:
            return
        with self._outage.lock:
            changed = list(self._outage.changed)
            if len(changed) > _MOST:
                self._cache.clear()
            elif changed:
                self._cache.delete_many(changed)
            self._outage.changed.clear()
            self._own.clear()
