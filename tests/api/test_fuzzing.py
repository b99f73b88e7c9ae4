"""schemathesis asks the running server what its description allows, and what it does not, and finds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.live import Live

FOLDER = Path(__file__).parent / "fuzzing"
# Makes access tokens in the server's database: prints one for each line "user or -, scopes".
TOKENS = """
from datetime import timedelta
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model
from accounts.models import User
from vssid.demo import seed
scopes = "profile card contributions benefits visits notices"
get_access_token_model().objects.create(
    token="fuzzing-citizen", scope=scopes, expires=timezone.now() + timedelta(hours=3),
    application=get_application_model().objects.get(client_id=seed.APPLICATION),
    user=User.objects.get(username="0199000508"),
)
"""


@pytest.fixture(scope="module")
def tokens(api: Live) -> dict[str, str]:
    """Environment variables with a token for each kind of caller."""
    api.manage("shell", "--verbosity", "0", "--command", TOKENS)
    return {"CITIZEN_TOKEN": "fuzzing-citizen"}


def run(api: Live, tokens: dict[str, str], *options: str) -> None:
    """Runs schemathesis with every check; fails with what it found."""
    command = [
        sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "--config-file", str(FOLDER / "schemathesis.toml"),
        "run", f"{api.url}/api/schema/", "--checks", "all", "--seed", "1", *options,
    ]  # fmt: skip
    environment = {**os.environ, **tokens, "SCHEMATHESIS_HOOKS": "tests.api.fuzzing.hooks"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]


def test_no_input_gives_an_undocumented_answer(api: Live, tokens: dict[str, str]) -> None:
    run(api, tokens, "--max-examples", "20")


@pytest.mark.soak
def test_no_input_of_thousands_gives_an_undocumented_answer(api: Live, tokens: dict[str, str]) -> None:
    run(api, tokens, "--max-examples", "2000", "--max-time", "1500")
