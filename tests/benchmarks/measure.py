"""Rows of the table, and the race that gives a ratio its two sides within the same seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

ROUNDS, BATCHES, BATCH = 9, 4, 10


@dataclass
class Row:
    """One figure. `limit` is what a ratio's other side reached in the same run, in calls a second; None for a count."""

    name: str
    value: float
    unit: str
    limit: float | None
    goal: float
    ok: bool
    detail: str

    def line(self) -> str:
        """The row of the printed table."""
        value = f"{self.value:.3f}" if self.unit in ("ratio", "share", "s") else f"{self.value:,.0f}"
        sign = "≥" if self.unit == "ratio" else "≤"
        mark = "ok  " if self.ok else "MISS"
        return f"{mark} {self.name:<18} {value:>7} {self.unit:<7} {sign} {self.goal:<7,} {self.detail}"


def at_least(name: str, times: dict[str, Times], own: str, limit: str, goal: float, *, detail: str = "") -> Row:
    """A row whose value is the rate of `own` ÷ the rate of `limit`, and must reach the goal."""
    value = round(rate_ratio(times, own, limit), 4)
    words = "; ".join(filter(None, [in_words(times, own, limit), detail]))
    return Row(name, value, "ratio", round(1 / times[limit].typical("cpu"), 1), goal, value >= goal, words)


def at_least_of(name: str, value: float, goal: float, *, limit: float, detail: str) -> Row:
    """A ratio that was measured as a whole, beside the rate that it is held against."""
    return Row(name, round(value, 4), "ratio", round(limit, 1), goal, value >= goal, detail)


def at_most(name: str, value: float, goal: float, *, unit: str = "share", detail: str = "") -> Row:
    """A count, or a share of what it is compared with, that must not pass the goal."""
    return Row(name, round(value, 4), unit, None, goal, value <= goal, detail)


@dataclass
class Times:
    """Seconds a call, by round: wall time of each call; CPU time of each batch, here and with the helpers."""

    wall: list[list[float]]
    own: list[list[float]]
    cpu: list[list[float]]

    def typical(self, kind: str = "wall") -> float:
        """Median of the rounds' medians."""
        return median(median(calls) for calls in getattr(self, kind))

    def p95s(self, kind: str = "wall") -> list[float]:
        """The 95th percentile of each round."""
        return [quantiles(calls, n=20)[-1] for calls in getattr(self, kind)]

    def p95(self) -> float:
        """Median of the rounds' 95th percentiles, wall."""
        return median(self.p95s())


def race(helpers: Sequence[int], **runners: Callable[[], object]) -> dict[str, Times]:
    """Calls the runners in turn, a batch each, again and again: what disturbs one disturbs the others alike.

    `helpers` are process ids whose CPU time counts as well: the connection's PostgreSQL process, Redis.
    """
    times = {name: Times([], [], []) for name in runners}
    for call in runners.values():
        for _ in range(BATCH):
            call()
    for _ in range(ROUNDS):
        for taken in times.values():
            for kind in (taken.wall, taken.own, taken.cpu):
                kind.append([])
        for _ in range(BATCHES):
            for name, call in runners.items():
                _batch(call, times[name], helpers)
    return times


def _batch(call: Callable[[], object], times: Times, helpers: Sequence[int]) -> None:
    own, helped = time.process_time(), cpu_of(helpers)
    for _ in range(BATCH):
        began = time.perf_counter()
        call()
        times.wall[-1].append(time.perf_counter() - began)
    own, helped = time.process_time() - own, cpu_of(helpers) - helped
    times.own[-1].append(own / BATCH)
    times.cpu[-1].append((own + helped) / BATCH)


def cpu_of(processes: Sequence[int]) -> float:
    """Seconds on a CPU so far; the kernel counts nanoseconds."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in processes) / 1e9


def rate_ratio(times: dict[str, Times], name: str, limit: str, kind: str = "cpu") -> float:
    """Rate of `name` ÷ rate of `limit`: the median over the rounds of the ratio of their medians."""
    pairs = zip(getattr(times[limit], kind), getattr(times[name], kind), strict=True)
    return median(median(bare) / median(own) for bare, own in pairs)


def in_words(times: dict[str, Times], name: str, limit: str) -> str:
    """Both sides of a ratio, for the row's detail."""
    own, bare = times[name], times[limit]
    return (
        f"CPU {own.typical('cpu') * 1e6:,.0f} µs against {bare.typical('cpu') * 1e6:,.0f};"
        f" Python alone {rate_ratio(times, name, limit, 'own'):.3f}; wall {rate_ratio(times, name, limit, 'wall'):.3f},"
        f" {own.typical() * 1e6:,.0f} (p95 {own.p95() * 1e6:,.0f}) against {bare.typical() * 1e6:,.0f}"
        f" (p95 {bare.p95() * 1e6:,.0f})"
    )
