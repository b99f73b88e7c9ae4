"""Runs the benchmark groups, prints their table and writes var/bench.json.

Usage: `python -m tests.benchmarks [GROUP …]`; without names, every group.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import groups
from tests.benchmarks.measure import Row

RESULT = Path("var") / "bench.json"
NAMES = sorted(module.name for module in pkgutil.iter_modules(groups.__path__))


def main() -> int:
    """Runs what was asked for; the exit code is 1 when a row misses its goal."""
    parser = argparse.ArgumentParser(prog="make bench", description="Each row is a ratio within one run, or a count.")
    parser.add_argument("group", nargs="*", choices=[*NAMES, []], help="group to run; all without")
    chosen = parser.parse_args().group or NAMES

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
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
