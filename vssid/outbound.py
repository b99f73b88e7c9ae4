"""Requests to addresses that somebody else wrote down: they must lead to the open network and nowhere near us.

The name is resolved once for each request, every address it has is judged, and the connection goes to the judged
address itself, so that a name that answers differently the next moment leads nowhere else. Redirects are not followed.
"""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vssid.errors import DomainError

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
MOST_BYTES = 64 * 1024
# All that is handed out to anybody (RFC 4291 §2.4). Python calls fec0::/10, once the private networks, global.
_GLOBAL_UNICAST = ip_network("2000::/3")


class AddressRefused(DomainError):
    """The address is not one we send anything to."""

    code = "address_refused"
    message = _("Only https addresses in the open network are allowed, without a user name and with port 443 or 8443.")


class Unreachable(Exception):
    """No answer came: no connection, a broken one, or too slow. The text is a short word for logs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; a body that is longer than MOST_BYTES is cut off there."""

    status: int
    body: bytes


def check(url: str) -> None:
    """Raise AddressRefused unless a request may go there now; a name that does not resolve is refused too."""
    try:
        _resolved(_parts(url))
    except Unreachable:
        raise AddressRefused from None


def request(method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """Send one request and return the answer, whatever its status. Raises AddressRefused or Unreachable."""
    parts = _parts(url)
    connection = _Connection(parts, _resolved(parts))
    watch = threading.Timer(TOTAL_SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body or None, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.read(MOST_BYTES))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable("timeout" if isinstance(error, TimeoutError) else type(error).__name__) from None
    finally:
        watch.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to one address, with TLS for the name."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        super().__init__(parts.hostname or "", parts.port or _port(parts), timeout=CONNECT_SECONDS)
        self.secure, self.address = parts.scheme == "https", address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), CONNECT_SECONDS)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(TOTAL_SECONDS)

    def cut(self) -> None:
        """End a conversation that takes too long, from another thread."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused from None
    own = not settings.HTTPS and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused
    if not own and (parts.scheme != "https" or port not in {None, 443, 8443}):
        raise AddressRefused
    if parts.scheme not in {"http", "https"} or not url.isascii() or any(sign.isspace() for sign in url):
        raise AddressRefused
    return parts


def _resolved(parts: SplitResult) -> str:
    """Return an address of the host. All of them must be allowed: which one is used is not ours to choose well."""
    host = parts.hostname or ""
    try:
        found = {
            str(entry[4][0]) for entry in socket.getaddrinfo(host, parts.port or _port(parts), type=socket.SOCK_STREAM)
        }
    except (OSError, UnicodeError):
        raise Unreachable("name") from None
    # A portal on plain http is a demonstration or a test: its receivers may be its neighbours on this machine.
    allowed = all(_open(one) or (not settings.HTTPS and ip_address(one).is_loopback) for one in found)
    if not found or not allowed:
        raise AddressRefused
    return sorted(found, key=lambda one: (":" in one, one))[0]


def _open(text: str) -> bool:
    address = ip_address(text.partition("%")[0])
    if address.version == 6:
        if address not in _GLOBAL_UNICAST and address.ipv4_mapped is None:
            return False
        address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast and not address.is_reserved


def _port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80
