"""`make run` as somebody at a terminal sees it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import servers
from tests.harness.databases import ROOT

QUIET = 0.2


class Terminal:
    """A `make run` in a folder of its own, with what it has printed."""

    def __init__(self, var: Path, **variables: str) -> None:
        self.var, self.port, self.vneid_port = var, servers.free_port(), servers.free_port()
        var.mkdir(exist_ok=True)
        self.screen = var.parent / f"screen-{self.port}"
        plain = {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(var),
            "PORT": str(self.port),
            "ARGON2_MEMORY_KIB": "8",
            "PLAIN_STATIC": "1",
        }
        with self.screen.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vssid.up"], cwd=ROOT, stdout=output, stderr=output, start_new_session=True,
                env={**plain, "VNEID_PORT": str(self.vneid_port), **variables},
            )  # fmt: skip

    @property
    def text(self) -> str:
        """Everything on the screen."""
        return self.screen.read_text()

    def wait_for(self, pattern: str, patience: float = 120) -> str:
        """The first match of `pattern` on the screen, awaited."""
        until = time.monotonic() + patience
        while not (found := re.search(pattern, self.text)):
            ended = self.process.poll() is not None
            if ended or time.monotonic() > until:
                logs = "\n".join(log.read_text()[-1500:] for log in sorted(self.var.glob("log/*.log")))
                raise AssertionError(f"{pattern!r} did not show up:\n{self.text}\n{logs}")
            time.sleep(0.05)
        return found[0]

    def pid(self, command: str) -> int:
        """The main process whose command line holds `command`."""
        children = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        return next(int(line.split()[0]) for line in children.stdout.splitlines() if command in line)

    def get(self, path: str) -> int:
        """The status of a page."""
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=20) as answer:
            return int(answer.status)

    def end(self) -> int:
        """Presses Ctrl-C and gives the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def var() -> Path:
    """A data folder that PostgreSQL's account can reach."""
    return servers.home() / f"up-{servers.WORKER}"


@pytest.fixture(scope="module")
def terminal(var: Path) -> Iterator[Terminal]:
    """A portal that is up."""
    running = Terminal(var)
    try:
        running.wait_for(r"Ctrl-C stops everything")
        yield running
    finally:
        running.end()


@pytest.mark.parametrize("name", ["PORT", "VNEID_PORT"])
def test_a_taken_port_is_one_line_and_nothing_is_started(name: str, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = Terminal(tmp_path / "var", **{name: str(port)})
        assert refused.process.wait(30) == 1
    assert refused.text == f"vssid: port {port} on 127.0.0.1 is taken; choose another: make run {name}={port + 1}\n"
    assert not (tmp_path / "var" / "postgres").exists()


def test_the_demonstration_is_refused_beside_a_real_issuer(tmp_path: Path) -> None:
    refused = Terminal(tmp_path / "var", VNEID_ISSUER="https://issuer.example")
    assert refused.process.wait(30) == 1
    assert refused.text.count("\n") == 1
    assert "DEMO=1" in refused.text
    assert "VNEID_ISSUER" in refused.text


@pytest.mark.xdist_group("up")
def test_it_prints_addresses_that_answer_and_keeps_keys_private(terminal: Terminal) -> None:
    for path in ("/readyz", "/", "/demo/", "/dang-nhap/"):
        assert terminal.get(path) == 200
    assert f"http://localhost:{terminal.port}/quan-tri/" in terminal.text
    assert (terminal.var / "keys.env").stat().st_mode & 0o777 == 0o600


@pytest.mark.xdist_group("up")
def test_a_second_one_on_the_same_data_is_refused(terminal: Terminal) -> None:
    second = Terminal(terminal.var)
    assert second.process.wait(30) == 1
    assert f"already runs on {terminal.var} (process {terminal.process.pid})" in second.text


@pytest.mark.xdist_group("up")
@pytest.mark.parametrize(
    ("name", "command"),
    [("worker", "worker@"), ("codes", "codes@"), ("sweeper", " sweep"), ("beat", " beat "),
     ("vneid", "vneid"), ("web", "gunicorn"),
     ("postgres", "bin/postgres")],
)  # fmt: skip
def test_a_killed_process_is_started_again_and_said(terminal: Terminal, name: str, command: str) -> None:
    killed = terminal.pid(command)
    os.kill(killed, signal.SIGKILL)
    terminal.wait_for(rf"{name} was killed by SIGKILL; starting it again", 20)
    until = time.monotonic() + 30
    while not _answers(terminal):
        assert time.monotonic() < until, terminal.text
        time.sleep(QUIET)
    assert terminal.pid(command) != killed


def _answers(terminal: Terminal) -> bool:
    try:
        return terminal.get("/readyz") == 200
    except OSError:
        return False


@pytest.mark.xdist_group("up")
def test_ctrl_c_ends_everything_and_the_next_start_is_quick(terminal: Terminal) -> None:
    assert terminal.end() == 0
    assert terminal.text.rstrip().endswith("everything is stopped")
    left = subprocess.run(["pgrep", "-f", str(terminal.var)], capture_output=True, text=True).stdout.split()
    assert not left
    begun = time.monotonic()
    again = Terminal(terminal.var)
    try:
        again.wait_for(r"Ctrl-C stops everything", 60)
        took = time.monotonic() - begun
        assert "preparing" not in again.text
        assert took < 30, took  # alone on two cores it takes under 10; a test run shares them
    finally:
        assert again.end() == 0
