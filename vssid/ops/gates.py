"""Limits per network address: beyond the soft one a small task is asked (challenge), beyond the hard one it is 429.

Counted in the shared cache; what must hold without it (codes, tries of a password) is counted in the database.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import ceil

from django.core.cache import cache
from django.http import HttpRequest

from vssid.crypto import keyed_hash
from vssid.errors import TooMany
from vssid.ops import challenge
from vssid.ops.challenge import ChallengeRequired
from vssid.ops.client import place_of


@dataclass(frozen=True)
class Gate:
    """`soft` acts in `soft_seconds` are free, more need a task; `hard` in `hard_seconds` are all there are."""

    name: str
    soft: int
    soft_seconds: int
    hard: int
    hard_seconds: int


@dataclass(frozen=True)
class Visitor:
    """Who asks, for limits that are counted in the database: the address' keyed hash, and whether a task was solved."""

    address: bytes | None
    solved: Callable[[], bool]


def admit(gate: Gate, request: HttpRequest, *, alarm: bool = False) -> None:
    """Count one act of the request's address, unless it is refused; `alarm` asks everybody for a task.

    Raises ChallengeRequired (then `request.challenge` is set for the page) or TooMany.
    """
    hard, soft = _keys(gate, request)
    if hard and _count(hard, gate.hard_seconds) > gate.hard:
        _add(hard, -1)
        raise TooMany(retry_after=_left(hard, gate.hard_seconds))
    needed = (soft and _count(soft, gate.soft_seconds) > gate.soft) or alarm
    if needed and not solved(request, gate.name):
        give_back(gate, request)
        raise ChallengeRequired


def check(gate: Gate, request: HttpRequest, *, alarm: bool = False) -> None:
    """Refuse as `admit` does, and count nothing: for acts of which only some count, by `count`."""
    hard, soft = _keys(gate, request)
    so_far = cache.get_many([hard, soft]) if hard else {}
    if so_far.get(hard, 0) >= gate.hard:
        raise TooMany(retry_after=_left(hard, gate.hard_seconds))
    if (so_far.get(soft, 0) >= gate.soft or alarm) and not solved(request, gate.name):
        raise ChallengeRequired


def count(gate: Gate, request: HttpRequest) -> None:
    """Count one act of the request's address."""
    hard, soft = _keys(gate, request)
    if hard:
        _count(hard, gate.hard_seconds)
        _count(soft, gate.soft_seconds)


def foresee(gate: Gate, request: HttpRequest, *, alarm: bool = False) -> None:
    """Give the page of a form its task when the next act will need one."""
    _hard, soft = _keys(gate, request)
    if alarm or (soft and (cache.get(soft) or 0) >= gate.soft):
        request.challenge = challenge.fresh(gate.name)  # type: ignore[attr-defined]


def give_back(gate: Gate, request: HttpRequest) -> None:
    """Take one act back: it turned out to be wanted."""
    for key in filter(None, _keys(gate, request)):
        if (cache.get(key) or 0) > 0:
            _add(key, -1)


def solved(request: HttpRequest, purpose: str) -> bool:
    """Use up the solution that the form brought, good for this whole request; without one the page gets a task."""
    known: dict[str, bool] = request.__dict__.setdefault("_solved", {})
    if purpose not in known:
        known[purpose] = challenge.is_solved(request, purpose)
    if not known[purpose]:
        request.challenge = challenge.fresh(purpose)  # type: ignore[attr-defined]
    return known[purpose]


def visitor(request: HttpRequest, purpose: str) -> Visitor:
    """Return who asks."""
    address = place_of(request)
    return Visitor(keyed_hash(address, kind="address") if address else None, partial(solved, request, purpose))


def count_all(name: str, seconds: int) -> int:
    """Count one more of something over all addresses; return how many in this window."""
    return _count(f"all:{name}", seconds)


def counted(name: str) -> int:
    """Return what `count_all` counted in the present window."""
    return int(cache.get(f"all:{name}") or 0)


def _keys(gate: Gate, request: HttpRequest) -> tuple[str, str]:
    place = place_of(request)
    if not place:
        return "", ""
    who = keyed_hash(place, kind="address").hex()[:32]
    return f"gate:{gate.name}:hard:{who}", f"gate:{gate.name}:soft:{who}"


def _count(key: str, seconds: int) -> int:
    if counted := _add(key, 1):
        return counted
    if cache.add(key, 1, seconds):
        cache.set(f"{key}:since", time.time(), seconds)
        return 1
    return _add(key, 1) or 1


def _add(key: str, change: int) -> int | None:
    """Return the new count, None when no window is open."""
    try:
        return cache.incr(key, change)
    except ValueError:
        return None


def _left(key: str, seconds: int) -> int:
    return max(1, ceil((cache.get(f"{key}:since") or time.time()) + seconds - time.time()))
