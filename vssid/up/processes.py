"""Child processes: started in sessions of their own, watched, started again when they die, ended in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vssid.up.environment import ROOT

SHORT_LIFE = 10.0  # a child that dies younger waits before it is started again
LONGEST_WAIT = 30.0
PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """Linux: SIGTERM for the child when the supervisor is gone, even by kill -9."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(command: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Starts `command` in the repository's root with its output in `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )


@dataclass
class Child:
    """One supervised process. `start_process` makes it; `end` is the signal that asks it to finish."""

    name: str
    start_process: Callable[[], subprocess.Popen[bytes]]
    log: Path
    end: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    _started: float = field(default=0.0, repr=False)
    _again_at: float = field(default=0.0, repr=False)
    _asked: bool = field(default=False, repr=False)

    def start(self) -> None:
        """Starts it now."""
        self.process, self._asked = self.start_process(), False
        self._started = time.monotonic()

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def watch(self, say: Callable[[str], None]) -> None:
        """Notices a death, says it, and starts the child again: at once the first time, then after growing pauses."""
        if self.process is not None and not self.alive():
            self._bury(say)
        if self.process is None and time.monotonic() >= self._again_at:
            self.start()

    def _bury(self, say: Callable[[str], None]) -> None:
        assert self.process is not None
        lived = time.monotonic() - self._started
        self.deaths = self.deaths + 1 if lived < SHORT_LIFE else 1
        wait = 0.0 if self.deaths == 1 else min(2.0 ** (self.deaths - 2), LONGEST_WAIT)
        when = "starting it again" if not wait else f"starting it again in {wait:.0f} s (log: {self.log})"
        say(f"{self.name} {_cause(self.process.returncode)}; {when}")
        self._signal_group(signal.SIGKILL)  # what it left behind would hold its port
        self.process, self._again_at = None, time.monotonic() + wait

    def ask_to_end(self) -> None:
        """Sends the signal that ends it, once, and does not wait."""
        if self.process is not None and not self._asked and self.alive():
            self.process.send_signal(self.end)
            self._asked = True

    def stop(self, patience: float = 10.0) -> None:
        """Asks it to end and waits; kills it, with all it started, when it takes longer than `patience` seconds."""
        if self.process is None:
            return
        self.ask_to_end()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._signal_group(signal.SIGKILL)
        self.process = None

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1] if lines else "it left no word"

    def _signal_group(self, number: signal.Signals) -> None:
        # PostgreSQL's own children notice a dead parent and put shared memory in order themselves.
        if self.process is not None and self.end is signal.SIGTERM:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def _cause(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with status {code}"
