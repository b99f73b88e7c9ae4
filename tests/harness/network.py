"""No test talks to the world: only loopback and Unix sockets can be connected to from the tests' process."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo
LOCAL_NAMES = {"localhost", "127.0.0.1", "::1", "", None}


class OutsideWorld(OSError):
    """A test tried to reach another machine."""


def _check(address: object) -> None:
    if isinstance(address, tuple) and not _loopback(str(address[0])):
        raise OutsideWorld(f"a test tried to connect to {address[0]}")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOCAL_NAMES


def close() -> None:
    """Refuses every connection that leaves this machine, from now on."""

    def connect(self: socket.socket, address: Any) -> None:
        _check(address)
        _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _check(address)
        return _connect_ex(self, address)

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _loopback(name):
            raise OutsideWorld(f"a test tried to look up {name}")
        return _getaddrinfo(host, *arguments, **options)

    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = getaddrinfo
