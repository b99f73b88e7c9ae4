"""Fixtures for the stand-ins of the outside world, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stubs.twilio_stub import ACCOUNT, TOKEN, signature


class TwilioStub:
    """A running Twilio stand-in. `mode(…)` makes it misbehave, `messages` are those it accepted."""

    account = ACCOUNT
    token = TOKEN
    sender = "+15005550006"
    signature = staticmethod(signature)

    def __init__(self, base: str) -> None:
        self.base = base

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a portal process uses this stand-in."""
        return {
            "SMS_BACKEND": "twilio",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": self.sender,
            "TWILIO_API_BASE": self.base,
        }

    def mode(self, mode: str, **how: Any) -> None:
        """Misbehave as `tests.stubs.twilio_stub.MODES` tells; `times=n` for the next n requests only."""
        self._post("/_control", {"mode": mode, **how})

    def reset(self) -> None:
        """Behave again and forget everything."""
        self._post("/_reset", {})

    def set_status(self, sid: str, status: str, *, error_code: int | None = None, callback: bool = False) -> None:
        """Move an accepted message on; with `callback` report it to the portal."""
        self._post("/_status", {"sid": sid, "status": status, "error_code": error_code, "callback": callback})

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The accepted messages, oldest first."""
        return list(self._state()["messages"])

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request that was authorised, oldest first."""
        return list(self._state()["requests"])

    @property
    def in_flight(self) -> int:
        """How many messages it is being handed now."""
        return int(self._state()["in_flight"])

    @property
    def most_in_flight(self) -> int:
        """How many messages it was handed side by side at most."""
        return int(self._state()["most_in_flight"])

    def _state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.base}/_state", timeout=5) as answer:
            return dict(json.load(answer))

    def _post(self, path: str, content: dict[str, Any]) -> None:
        request = urllib.request.Request(f"{self.base}{path}", data=json.dumps(content).encode())
        urllib.request.urlopen(request, timeout=15).close()


@pytest.fixture(scope="session")
def twilio_process() -> Iterator[TwilioStub]:
    """The stand-in's process, for the whole run."""
    program = Path(__file__).with_name("twilio_stub.py")
    process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield TwilioStub(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def twilio(twilio_process: TwilioStub, settings: Any) -> TwilioStub:
    """The stand-in, behaving and empty, with this process's settings pointing at it."""
    twilio_process.reset()
    for name, value in twilio_process.environment.items():
        setattr(settings, name, value)
    settings.TWILIO_MESSAGING_SERVICE_SID = ""
    return twilio_process
