"""Runs the benchmark groups, prints their table and writes var/bench.json.

Usage: `python -m tests.benchmarks [GROUP …]`; without names, every group.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import groups
from tests.benchmarks.measure import Row

RESULT = Path("var") / "bench.json"
NAMES = sorted(module.name for module in pkgutil.iter_modules(groups.__path__))


def main() -> None:
    """Runs what was asked for. A missed goal is told and is no failure: other work on the machine can cause it."""
    parser = argparse.ArgumentParser(prog="make bench", description="Each row is a ratio within one run, or a count.")
    parser.add_argument("group", nargs="*", help=f"of {', '.join(NAMES)}; all without")
    chosen = parser.parse_args().group or NAMES
    if unknown := set(chosen) - set(NAMES):
        parser.error(f"no group {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")

    from tests.benchmarks.stage import Stage  # starts the servers

    rows: list[Row] = []
    with Stage() as stage:
        for name in chosen:
            for row in importlib.import_module(f"{groups.__name__}.{name}").rows(stage):
                rows.append(row)
                print(row.line(), flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) + "\n")
    print(f"{sum(row.ok for row in rows)} of {len(rows)} goals met; {RESULT} holds the figures")


if __name__ == "__main__":
    main()
