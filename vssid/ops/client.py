"""Who is asking: the address of the client behind the proxies that TRUSTED_PROXIES names."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Headers that only a trusted proxy may set; from anybody else they are dropped before a view sees them.
FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_X_REQUEST_ID",
)


def client_ip(request: HttpRequest) -> str:
    """Return the client's address in its usual writing, "" when the server told none (a Unix socket).

    The right-most entry of X-Forwarded-For that is no trusted proxy: entries left of it are the client's own claim.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if not is_trusted(peer):
        return _written(peer)
    for entry in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _written(entry)
        if not address:
            break
        peer = address
        if not is_trusted(address):
            break
    return _written(peer)


def place_of(request: HttpRequest, *, wide: bool = False) -> str:
    """Return the address that limits count by: IPv6 by its /64; `wide`, a neighbourhood: /24 and /48. "" for none."""
    text = client_ip(request)
    return _place(text, wide) if text else ""


@lru_cache(maxsize=1024)
def _place(text: str, wide: bool) -> str:
    address = ip_address(text)
    bits = (24 if wide else 32) if address.version == 4 else (48 if wide else 64)
    return str(ip_network(f"{address}/{bits}", strict=False).network_address)


def is_trusted(address: str) -> bool:
    """Return whether `address` is one of TRUSTED_PROXIES."""
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


def drop_untrusted(request: HttpRequest) -> None:
    """Remove forwarded headers that came from somebody who is no trusted proxy."""
    if not is_trusted(request.META.get("REMOTE_ADDR", "")):
        for header in FORWARDED:
            request.META.pop(header, None)


@lru_cache(maxsize=8)
def _networks(cidrs: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(cidr, strict=False) for cidr in cidrs)


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return _parsed(address)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _parsed(address: str) -> IPv4Address | IPv6Address:
    """One request asks for its address several times, its neighbours again."""
    parsed = ip_address(address.strip())
    return (parsed.version == 6 and parsed.ipv4_mapped) or parsed


def _written(address: str) -> str:
    parsed = _parse(address)
    return "" if parsed is None else str(parsed)
