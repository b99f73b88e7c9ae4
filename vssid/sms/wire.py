"""HTTP to the gateways: a thread that sends has an event loop and a session of its own, whose connections stay open.

The loop runs only while its thread waits for answers; in between the thread talks to the database.
"""

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

_of_thread = threading.local()
os.register_at_fork(after_in_child=_of_thread.__dict__.clear)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers, content."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def loop() -> asyncio.AbstractEventLoop:
    """Return this thread's event loop, having noticed which kept connections the gateways closed since it ran last."""
    if "loop" not in _of_thread.__dict__:
        _of_thread.loop = asyncio.new_event_loop()
        atexit.register(_close, _of_thread.__dict__)
    own: asyncio.AbstractEventLoop = _of_thread.loop
    own.run_until_complete(_look())
    return own


async def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes | None = None,
    params: Mapping[str, str | int] | None = None,
) -> Answer:
    """Send a request within this thread's loop and read the answer whole; redirects are answers too.

    Raises NotAccepted when no connection came about, Ambiguous when one broke, fell silent or made no sense.
    """
    try:
        async with _session().request(
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


def _session() -> aiohttp.ClientSession:
    if "session" not in _of_thread.__dict__:
        _of_thread.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT),
            timeout=TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
    session: aiohttp.ClientSession = _of_thread.session
    return session


async def _look() -> None:
    for _ in range(3):  # seen, handed on, done
        await asyncio.sleep(0)


def _close(of_thread: dict[str, object]) -> None:
    own, session = of_thread.get("loop"), of_thread.get("session")
    if isinstance(own, asyncio.AbstractEventLoop) and not own.is_closed():
        if isinstance(session, aiohttp.ClientSession):
            own.run_until_complete(session.close())
        own.close()
