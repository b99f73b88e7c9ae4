"""Nobody learns from an answer whether there is an account: status, length, redirect, cookies and time (T16)."""

from __future__ import annotations

import re
import time
from statistics import median

import pytest

from tests.harness.stage import new_browser
from tests.login.conftest import CODE, PASSWORD

UNKNOWN = "0099999999"
WRONG = "khong phai mat khau nay"
SAMPLES = 30


def login(name, address):
    return new_browser().post("/dang-nhap/", {"username": name, "password": WRONG}, REMOTE_ADDR=address)


def reset(name, address):
    facts = {"username": name, "id_last6": "000107", "action": "send_otp"}
    return new_browser().post("/mat-khau/quen/", facts, REMOTE_ADDR=address)


def outside(answer, name):
    """What a stranger sees: status, class of length, where to, names of cookies."""
    body = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode()).replace(name, "")
    return answer.status_code, len(body) // 64, answer.headers.get("Location"), sorted(answer.cookies)


@pytest.fixture
def dear_hash(citizen, settings):
    """A hash that costs more than the rest of a login: left out for an unknown code, it would show."""
    settings.ARGON2_MEMORY_KIB, settings.ARGON2_TIME = 8192, 2
    citizen.set_password(PASSWORD)
    citizen.save()


def measured(ask, clock):
    """Ask thirty times for each code, in turn; return what was seen and the median time of each.

    Time is this process' on the CPU: what else runs on the machine does not count.
    """
    seen: dict[str, list[object]] = {CODE: [], UNKNOWN: []}
    spent: dict[str, list[float]] = {CODE: [], UNKNOWN: []}
    for sample in range(SAMPLES):
        for name in (CODE, UNKNOWN) if sample % 2 else (UNKNOWN, CODE):
            began = time.process_time()
            answer = ask(name, f"203.0.113.{sample}")
            spent[name].append(time.process_time() - began)
            seen[name].append(outside(answer, name))
        clock.shift(5 * 3600)
    return seen, [median(spent[name]) for name in seen]


@pytest.mark.parametrize("ask", [login, reset])
def test_thirty_known_and_thirty_unknown_codes_cannot_be_told_apart(dear_hash, ask, clock):
    """A difference that is there shows each time; one of a disturbed measurement does not come three times."""
    for _round in range(3):
        seen, times = measured(ask, clock)
        assert seen[CODE] == seen[UNKNOWN]
        if abs(times[0] - times[1]) <= 0.2 * max(times):
            return
    raise AssertionError(times)
