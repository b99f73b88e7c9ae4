"""Independent witnesses: our relying party against a certified provider, the stand-in against a certified client."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from pytest_django import Settings

from accounts.models import User
from accounts.vneid import metadata
from tests.vneid.phone import LINK, PASSWORD, Phone, text
from tests.vneid.standin import CLIENT_ID, CLIENT_SECRET, StandIn

FOLDER = Path(__file__).parent / "certified"
CALLBACK = "http://localhost/dang-nhap/vneid/callback/"


@contextmanager
def node(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A program of the folder, running."""
    if not shutil.which("node") or not (FOLDER / "node_modules").exists():
        pytest.fail("Node and the packages of tests/vneid/certified are missing: run `make test`")
    process = subprocess.Popen(
        ["node", script, *arguments], cwd=FOLDER, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def certified(settings: Settings) -> Iterator[str]:
    """A certified provider, and a portal that is told its issuer and nothing else."""
    with node("provider.mjs", CLIENT_ID, CLIENT_SECRET, CALLBACK) as process:
        settings.VNEID_ISSUER = line(process)
        settings.VNEID_CLIENT_ID, settings.VNEID_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.PUBLIC_BASE_URL = "http://localhost"
        metadata.provider.cache_clear()
        yield settings.VNEID_ISSUER
    metadata.provider.cache_clear()


def through(address: str) -> str:
    """Follow the provider's pages as a browser does, up to where it sends us back."""
    browser = requests.Session()
    for _ in range(10):
        if address.startswith(CALLBACK):
            return address
        answer = browser.get(address, timeout=5, allow_redirects=False)
        assert answer.is_redirect, answer.text[:500]
        address = urljoin(address, answer.headers["Location"])
    raise AssertionError(address)


@pytest.mark.django_db
def test_a_certified_provider_logs_the_citizen_in_unchanged(certified: str, account: User) -> None:
    phone = Phone(None)

    answer = phone.client.get(through(phone.client.get("/dang-nhap/vneid/").headers["Location"]))
    assert answer.headers["Location"] == LINK, text(answer)
    phone.confirm(password=PASSWORD)
    assert phone.user_id == account.pk

    again = Phone(None)
    answer = again.client.get(through(again.client.get("/dang-nhap/vneid/?next=/the-bhyt/").headers["Location"]))
    assert answer.headers["Location"] == "/the-bhyt/"
    assert f"{certified}/session/end" in text(again.client.post("/dang-xuat/"))


def test_a_certified_client_is_served_by_the_stand_in(standin: StandIn) -> None:
    with node("client.mjs", standin.issuer, CLIENT_ID, CLIENT_SECRET, CALLBACK) as process:
        back = standin.log_in(line(process))
        assert process.stdin is not None
        process.stdin.write(f"{back}\n")
        process.stdin.flush()
        told = json.loads(line(process))

    assert told["claims"]["sub"] == told["told"]["sub"] == "subject-of-level-2"
    assert told["claims"]["acr"] == "urn:vneid:loa:2"
    assert told["told"]["citizen_id"] == "001190000107"
    assert urlsplit(told["goodbye"]).path == "/end-session"
