#!/usr/bin/env python3
"""Installs the parts that are no Python packages, or says what is missing. Needs nothing but the standard library.

`system.py run`: Pango, for PDF documents; without it the rest of the portal works, so its absence is only said.
`system.py test`: also Chromium, a Redis server and Node; without them nothing is tested, so their absence is an error.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")


class Part(NamedTuple):
    """Something the system has to bring, with the Debian packages that hold it."""

    name: str
    purpose: str
    packages: tuple[str, ...]
    present: Callable[[], bool]
    needed_for_run: bool


def _has_pango() -> bool:
    if sys.platform != "linux":
        return any(shutil.which(tool) for tool in ("pango-view", "pango-list"))
    try:
        for library in PANGO:
            ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _has_node() -> bool:
    return bool(shutil.which("node") and shutil.which("npm"))


def _has_fonts() -> bool:
    tool = shutil.which("fc-list")
    return bool(tool and subprocess.run([tool, ":lang=vi"], capture_output=True).stdout.strip())


PARTS = (
    Part("Pango", "PDF documents", ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"), _has_pango, True),
    Part("a font with Vietnamese letters", "PDF documents", ("fontconfig", "fonts-dejavu-core"), _has_fonts, True),
    Part("Chromium", "the browser tests", ("chromium",), _has_program(*CHROMIUMS), False),
    Part("a Redis server", "the tests", ("redis-server",), _has_program("redis-server"), False),
    Part("Node", "the certified OpenID provider of the tests", ("nodejs", "npm"), _has_node, False),
)


def _privilege() -> list[str] | None:
    """The prefix that lets apt-get install, None when this account may not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def _install(prefix: list[str], packages: list[str]) -> None:
    """Tries the package lists at hand first: they are fresh enough on most machines."""
    environment = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    command = [*environment, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    print(f"installing {' '.join(packages)} by apt-get", flush=True)
    if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        subprocess.run([*environment, "apt-get", "update", "-qq"], stdout=subprocess.DEVNULL)
        subprocess.run(command, stdout=subprocess.DEVNULL)


def main(purpose: str) -> int:
    """Gives 0 when everything `purpose` cannot do without is there."""
    wanted = [part for part in PARTS if purpose == "test" or part.needed_for_run]
    missing = [part for part in wanted if not part.present()]
    prefix = _privilege() if missing else None
    if prefix is not None:
        _install(prefix, [package for part in missing for package in part.packages])
        missing = [part for part in missing if not part.present()]
    for part in missing:
        how = f"on Debian and Ubuntu: sudo apt-get install {' '.join(part.packages)}"
        print(f"{part.name} is missing, for {part.purpose}; {how}", file=sys.stderr)
    return 1 if missing and purpose == "test" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
