"""The stand-in for VNeID as the tests use it: a real process on a free port, told over HTTP what to do wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

CLIENT_ID, CLIENT_SECRET = "vssid-portal", "a secret: with %25 & +signs"
CAST: list[dict[str, Any]] = [
    {
        "username": "thu.nghiem", "password": "Trinhdien-2", "level": 2, "sub": "subject-of-level-2",
        "citizen_id": "001190000107", "name": "Nguyễn Thị Thử Nghiệm", "birthdate": "1990-04-12",
        "phone_number": "+84900000107",
    },
    {
        "username": "ban.mau", "password": "Trinhdien-1", "level": 1, "sub": "subject-of-level-1",
        "citizen_id": "001085000108", "name": "Trần Bản Mẫu", "birthdate": "1985-09-30",
        "phone_number": "+84900000108",
    },
]  # fmt: skip


class StandIn:
    """One running provider."""

    def __init__(self, folder: Path, port: int = 0, **environment: str) -> None:
        users = folder / "cast.json"
        users.write_text(json.dumps(CAST), encoding="utf-8")
        command = [sys.executable, "-m", "vssid.demo.vneid", "--port", str(port), "--users", str(users), "--faults"]
        known = {
            "VNEID_CLIENT_ID": CLIENT_ID,
            "VNEID_CLIENT_SECRET": CLIENT_SECRET,
            "PUBLIC_BASE_URL": "",
            **environment,
        }
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **known})
        assert self.process.stdout is not None
        self.issuer = self.process.stdout.readline().split()[-1]

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def arm(self, *names: str, times: int = 1) -> None:
        """Do wrong in these ways, the next `times` occasions."""
        self._control("arm", dict.fromkeys(names, times))

    def rotate(self, *, same_kid: bool = False) -> None:
        """Change the signing keys."""
        self._control("rotate", {"same_kid": same_kid})

    def reset(self) -> None:
        """Do right again, and forget the log."""
        self._control("reset", {})

    def log(self) -> list[str]:
        """The endpoints that were asked, in order."""
        return [line["endpoint"] for line in requests.get(f"{self.issuer}/test/log", timeout=5).json()]

    def logout_token(self, **named: str) -> str:
        """The provider's word that the session (`sid`) or the person (`sub`) has logged out there."""
        return str(self._control("logout", named)["logout_token"])

    def _control(self, act: str, given: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.issuer}/test/{act}", json=given, timeout=5)
        answer.raise_for_status()
        return dict(answer.json())

    def log_in(self, address: str, username: str = "thu.nghiem", browser: requests.Session | None = None) -> str:
        """Be the citizen on the provider's page: log in, and return the address one is sent back to."""
        browser = browser or requests.Session()
        page = browser.get(address, timeout=5)
        assert page.status_code == 200, page.text
        assert "không phải VNeID" in page.text or "not VNeID" in page.text
        password = next(user["password"] for user in CAST if user["username"] == username)
        form = {"action": "login", "username": username, "password": password}
        answer = browser.post(address, data=form, timeout=5, allow_redirects=False)
        assert answer.status_code == 303, re.sub(r"(?s)<style>.*?</style>", "", answer.text)
        return answer.headers["Location"]

    def cancel(self, address: str) -> str:
        """Be the citizen who says no."""
        answer = requests.get(f"{address}&action=cancel", timeout=5, allow_redirects=False)
        return answer.headers["Location"]
