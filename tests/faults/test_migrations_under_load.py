"""A new release's migrations run while citizens read and write: nobody fails, nobody waits long, nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import psycopg2
import requests

from tests.api.clients.browser import Citizen
from tests.api.test_clients import token_of
from tests.api.test_fuzzing import DECLARATION
from tests.harness.databases import ROOT
from tests.harness.live import Live

READER = "0199000507"
LONGEST = 6.0  # two seconds behind a lock, and a busy machine


class Traffic:
    """People who ask on and on, each in a thread; `slowest` in seconds, `failed` what was not answered as it should."""

    def __init__(self, *acts: Callable[[], None]) -> None:
        self.over, self.slowest, self.failed, self.done = threading.Event(), 0.0, [], [0] * len(acts)  # type: ignore[var-annotated]
        self.threads = [threading.Thread(target=self.go_on, args=(number, act)) for number, act in enumerate(acts)]

    def go_on(self, number: int, act: Callable[[], None]) -> None:
        while not self.over.is_set():
            began = time.monotonic()
            try:
                act()
            except Exception as error:
                self.failed.append(repr(error)[:300])
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.done[number] += 1

    def until_each_did(self, more: int) -> None:
        """Waits until everybody has asked so many times again."""
        aims = [done + more for done in self.done]
        until = time.monotonic() + 60
        while any(done < aim for done, aim in zip(self.done, aims, strict=True)) and time.monotonic() < until:
            self.over.wait(0.05)
        assert all(done >= aim for done, aim in zip(self.done, aims, strict=True)), self.failed[:3]

    def __enter__(self) -> Traffic:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(30)


def declarations(portal: Live, kept: list[str]) -> Callable[[], None]:
    """Begins a registration each time, every one from another address and with another code."""
    numbers: Iterator[int] = count(1)

    def begin() -> None:
        number = next(numbers)
        headers = {"X-Forwarded-For": f"10.8.{number // 250}.{number % 250 + 1}"}
        form = {**DECLARATION, "bhxh_code": f"01980{number:05}"}
        answer = requests.post(f"{portal.url}/api/v1/registrations", json=form, headers=headers, timeout=20)
        assert answer.status_code == 201, answer.text
        kept.append(answer.json()["id"])

    return begin


def test_migrations_run_while_the_portal_is_in_use(api: Live) -> None:
    bearer = {"Authorization": f"Bearer {token_of(api, READER, 'profile contributions')}"}
    citizen, kept = Citizen(api, READER), []  # type: ignore[var-annotated]

    def read() -> None:
        answer = requests.get(f"{api.url}/api/v1/me/contributions", headers=bearer, timeout=20)
        assert answer.status_code == 200, answer.text

    def log_in() -> None:
        answer = citizen.session.get(f"{api.url}/dang-nhap/", timeout=20)
        assert answer.status_code == 200, answer.status_code

    report = psycopg2.connect(api.variables["DATABASE_URL"])
    with Traffic(read, log_in, declarations(api, kept)) as traffic:
        traffic.until_each_did(3)
        usual = traffic.slowest
        # Somebody's long report reads the table that the release changes.
        report.cursor().execute("SELECT count(*) FROM accounts_user")
        settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.next_release.settings"}
        with subprocess.Popen(
            [sys.executable, "manage.py", "migrate", "--skip-checks"], cwd=ROOT, text=True,
            env={**os.environ, **api.variables, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as migrating:  # fmt: skip
            said = []
            for line in migrating.stdout or ():
                said.append(line)
                if "tried again" in line:
                    report.rollback()
        assert migrating.returncode == 0, "".join(said)
        traffic.until_each_did(5)
    report.close()

    assert any("tried again" in line for line in said), "the migration gave way to the long report"
    assert traffic.failed == []
    assert traffic.slowest < LONGEST + 3 * usual
    columns = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'moves'"
    assert api.sql(columns) == "2"
    assert api.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'period_by_salary'::regclass") == "t"
    # What the server of before wrote into the tables of after is there, each once.
    names = ",".join(f"'{one}'" for one in kept)
    assert int(api.sql(f"SELECT count(*) FROM accounts_registrationdossier WHERE public_id IN ({names})")) == len(
        set(kept)
    )
