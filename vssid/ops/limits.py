"""How often one address, token or application may ask for what costs work. Counted in the cache, and lost with it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

from vssid.errors import TooMany
from vssid.ops.client import place_of


@dataclass(frozen=True, slots=True)
class Count:
    """One limit after this call was counted: `left` calls in the `reset` seconds to the end of its stretch."""

    name: str
    most: int
    seconds: int
    left: int
    reset: int
    exceeded: bool


def take(wanted: Sequence[tuple[str, str, int, int]]) -> list[Count]:
    """Count one call against each (name, whose, most, seconds), in one atomic step of the cache."""
    now = int(time.time())
    windows = {f"limit:{name}:{whose}:{now // seconds}": seconds for name, whose, _most, seconds in wanted}
    counted = cache.count_up(windows)  # type: ignore[attr-defined]
    return [
        Count(name, most, seconds, max(most - calls, 0), seconds - now % seconds, calls > most)
        for (name, _whose, most, seconds), calls in zip(wanted, counted, strict=True)
    ]


def count(name: str, request: HttpRequest, *, most: int, seconds: int) -> None:
    """Count one call of `name` by the request's place. Raises TooMany beyond `most` in each stretch of `seconds`."""
    [counted] = take([(name, place_of(request), most, seconds)])
    if counted.exceeded:
        raise TooMany(retry_after=counted.reset)
