"""HTTP to the gateways: one thread of this process has the event loop and the connections, which stay open."""

import asyncio
import atexit
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from vssid.sms.answers import Ambiguous, NotAccepted

TIMEOUT = aiohttp.ClientTimeout(total=14, connect=3, sock_read=10)  # seconds
KEPT = 10.0  # seconds that a connection without use is kept
NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)

_loop: asyncio.AbstractEventLoop | None = None
_session: aiohttp.ClientSession | None = None
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers, content."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def loop() -> asyncio.AbstractEventLoop:
    """Return the event loop for calls to gateways; it runs in a thread of its own."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="sms-wire", daemon=True).start()
        return _loop


async def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes | None = None,
    params: Mapping[str, str | int] | None = None,
) -> Answer:
    """Send a request within `loop()` and read the answer whole; redirects are answers too.

    Raises NotAccepted when no connection came about, Ambiguous when one broke, fell silent or made no sense.
    """
    global _session
    if _session is None:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT)
        _session = aiohttp.ClientSession(connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
    try:
        async with _session.request(
            method,
            url,
            headers=headers,
            data=content,
            params=params,
            proxy=_proxy(*urlsplit(url)[:2]),
            allow_redirects=False,
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read())
    except NEVER_CONNECTED:
        raise NotAccepted("unreachable") from None
    except TimeoutError:
        raise Ambiguous("timeout") from None
    except (aiohttp.ClientError, OSError):
        raise Ambiguous("connection") from None


@lru_cache
def _proxy(scheme: str, host: str) -> str | None:
    """Read HTTPS_PROXY and the like once; aiohttp's own way starts two threads' work for each request."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


@atexit.register
def _close() -> None:
    if _loop is not None and _session is not None:
        asyncio.run_coroutine_threadsafe(_session.close(), _loop).result(timeout=1)


def _begin_anew() -> None:
    """A forked process has neither the thread nor a right to its connections."""
    global _loop, _session, _lock
    _loop, _session, _lock = None, None, threading.Lock()


os.register_at_fork(after_in_child=_begin_anew)
