"""The commands of the guide, in both languages, run as they stand there against the running server."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.api.clients.browser import Citizen
from tests.harness.live import Live

FOLDER = Path(__file__).parents[2] / "docs" / "api"
CODE = "CODE=the-code-of-that-address"


def blocks(language: str) -> list[str]:
    """The guide's commands."""
    return re.findall(r"^```sh\n(.*?)^```$", (FOLDER / f"guide.{language}.md").read_text(), re.DOTALL | re.MULTILINE)


def sh(commands: list[str], folder: Path) -> str:
    """Runs commands as one script that ends at the first failure; gives what they printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    script = "set -eu\n" + "\n".join(commands)
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_both_guides_have_the_same_commands() -> None:
    assert blocks("vi") == blocks("en")
    assert CODE + "\n" in blocks("en")


@pytest.mark.parametrize(("language", "who"), [("vi", "0199000509"), ("en", "0199000510")])
def test_the_commands_of_the_guide_work(language: str, who: str, api: Live, tmp_path: Path) -> None:
    commands = [block.replace("http://localhost:8000", api.url) for block in blocks(language)]
    at = commands.index(CODE + "\n")
    kept = "declare -p VERIFIER CHALLENGE CLIENT SECRET > kept.sh"

    address = sh([*commands[:at], kept], tmp_path).split()[-1]
    code = Citizen(api, who).allow(address)
    told = sh([commands[0], "source kept.sh", "BACK=http://127.0.0.1:9000/callback", f"CODE={code}",
               *commands[at + 1:]], tmp_path)  # fmt: skip

    assert '"status":"' in told, "the card"
    assert '"salary":' in told, "the history"
    assert "DVC/" in told, "the request that was filed"
