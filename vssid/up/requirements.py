"""`python -m vssid.up.requirements`: the locked requirements belong to pyproject.toml and name no package index."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vssid.up.environment import ROOT

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)")


def locked(name: str) -> tuple[dict[str, str], list[str]]:
    """Versions by package in `requirements/<name>.txt`, and what is wrong with its form."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    wrong = [f"{name}.txt names a host: {line}" for line in text.splitlines() if "://" in line or line.startswith("-")]
    pins: dict[str, str] = {}
    for entry in re.sub(r"\\\n\s*", " ", text).splitlines():
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        match = PINNED.match(entry)
        if match is None or "--hash=sha256:" not in entry:
            wrong.append(f"{name}.txt: not pinned with a hash: {entry[:60]}")
        else:
            pins[canonicalize_name(match[1])] = match[2]
    return pins, wrong


def problems() -> Iterator[str]:
    """Every way in which lock and project differ."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, groups = project["project"]["dependencies"], project["dependency-groups"]
    deploy = project["project"]["optional-dependencies"]["deploy"]
    wanted = {
        "production": [*runtime, *deploy],
        "run": [*runtime, *groups["run"]],
        "dev": [*runtime, *groups["run"], *(entry for entry in groups["dev"] if isinstance(entry, str))],
    }
    for name, requirements in wanted.items():
        pins, wrong = locked(name)
        yield from wrong
        for requirement in map(Requirement, requirements):
            version = pins.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                yield f"{name}.txt has {requirement.name} {version}, pyproject.toml wants {requirement}: run make lock"


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found), file=sys.stderr)
    sys.exit(1 if found else 0)
