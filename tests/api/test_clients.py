"""Clients made from the description, in Python and TypeScript, read what a citizen allowed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from tests.api.clients.browser import Citizen
from tests.harness.live import Live

ROOT = Path(__file__).parents[2]
CLIENTS = Path(__file__).parent / "clients"
DESCRIPTION = ROOT / "docs" / "api" / "openapi.json"
WHO = "0199000506"
FIRST_READ = """
import("./program.js").then(async (program) => {
  const [address, token] = process.argv.slice(1);
  const card = await program.cardOf(address, token);
  const salaries = await program.monthsOf(address, token, "bhxh");
  console.log(JSON.stringify({ card, salaries, left: program.daysLeft(card) }));
});
"""


def run(*command: str, folder: Path = ROOT, path: str = "") -> str:
    """Runs a program; gives what it printed, fails with its words."""
    environment = {**os.environ, **({"PYTHONPATH": path} if path else {})}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def token_of(portal: Live, who: str, scope: str) -> str:
    """Log in at the real pages, agree, and exchange the code: the access token of the sample application."""
    client = requests.get(f"{portal.url}/demo/?format=json", timeout=20).json()["clients"][0]
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    back = client["redirect_uris"][0]
    query = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": back,
        "scope": scope,
        "state": "state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    code = Citizen(portal, who).allow(f"{portal.url}/oauth/authorize?{urlencode(query)}")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    secret = (client["client_id"], client["client_secret"])
    answer = requests.post(f"{portal.url}/oauth/token", data=form, auth=secret, timeout=20)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


@pytest.fixture(scope="module", autouse=True)
def _no_proxies() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def token(api: Live) -> str:
    """What one citizen allowed: one login is enough for both clients."""
    return token_of(api, WHO, "profile card contributions")


def test_a_generated_python_client_reads_what_a_citizen_allowed(api: Live, token: str, tmp_path: Path) -> None:
    generator = "from openapi_python_client.cli import app; app()"
    options = ["--path", str(DESCRIPTION), "--output-path", str(tmp_path / "portal_client"), "--meta", "none"]
    run(sys.executable, "-c", generator, "generate", *options)

    told = run(
        sys.executable, str(CLIENTS / "first_read.py"), api.url,
        token, path=str(tmp_path),
    ).splitlines()  # fmt: skip

    assert told[0] == f"{WHO} LÂM VĂN KHOẢNG"
    assert told[1] == "valid"
    assert len(told) > 10
    assert told[-1].startswith("400 ")


def test_a_generated_typescript_client_passes_the_compiler_and_reads_as_well(
    api: Live, token: str, tmp_path: Path
) -> None:
    folder = CLIENTS / "typescript"
    modules = folder / "node_modules"
    assert modules.exists(), "the packages of tests/api/clients/typescript are missing: run `make test`"
    run(str(modules / ".bin" / "openapi-typescript"), str(DESCRIPTION), "-o", str(folder / "schema.d.ts"))
    run(str(modules / ".bin" / "tsc"), "--project", str(folder), "--noEmit", "false", "--outDir", str(tmp_path))
    (tmp_path / "node_modules").symlink_to(modules)
    (tmp_path / "package.json").write_text('{"type": "module"}')

    told = json.loads(run("node", "--eval", FIRST_READ, api.url, token, folder=tmp_path))

    assert told["card"]["status"] == "valid"
    assert told["left"] > 0
    assert all(salary > 0 for salary in told["salaries"])
