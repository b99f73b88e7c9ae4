"""How often one address may ask for what costs work. Counted in the cache: coarse, and lost with it."""

import time

from django.core.cache import cache
from django.http import HttpRequest

from vssid.errors import TooMany
from vssid.ops.client import client_ip


def count(name: str, request: HttpRequest, *, most: int, seconds: int) -> None:
    """Count one call of `name` by the request's address. Raises TooMany beyond `most` in each stretch of `seconds`."""
    stretch, gone = divmod(int(time.time()), seconds)
    key = f"limit:{name}:{client_ip(request)}:{stretch}"
    cache.add(key, 0, seconds)
    try:
        calls = cache.incr(key)
    except ValueError:  # dropped from a full cache between the two lines
        return
    if calls > most:
        raise TooMany(retry_after=seconds - gone)
