"""Where many people share an address: a small task in place of a refusal, for logins, declarations and codes."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import timedelta

import altcha
import pytest
import time_machine
from django.core.cache import cache

from accounts.actions import otp, otp_budget
from accounts.models import OneTimeCode, User
from accounts.views.login import GATE
from tests.harness.clock import node_off_by
from tests.harness.stage import NOW, new_browser
from tests.login.conftest import CODE, PASSWORD, PHONE, give_code, give_password, log_in, sent_code, texts
from tests.registration.conftest import declare, make_places
from vssid.ops import clock as database_clock
from vssid.ops.challenge import ROUNDS, WAIT_SECONDS, ChallengeRequired
from vssid.ops.client import place_of
from vssid.ops.gates import Visitor
from vssid.sms.models import Message

WRONG = "khong phai mat khau nay"
GATE_SMALL = replace(GATE, hard=5)


def task_of(answer) -> tuple[altcha.Challenge, str]:
    """The work and the waiting token of a page."""
    page = answer.content.decode()
    work = re.search(r'data-challenge="([^"]+)"', page)
    wait = re.search(r'name="challenge_wait" value="([^"]+)"', page)
    assert work, page
    assert wait
    return altcha.Challenge.from_dict(json.loads(html.unescape(work.group(1)))), wait.group(1)


def solve(answer) -> dict[str, str]:
    """What the browser's script puts into the form."""
    challenge, _wait = task_of(answer)
    solution = altcha.solve_challenge(challenge)
    assert solution
    return {"altcha": altcha.Payload(challenge, solution).to_base64()}


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings):
    """Less work for the tests' own solver, and for hashing passwords."""
    settings.ARGON2_MEMORY_KIB = 64
    monkeypatch.setattr("vssid.ops.challenge.ROUNDS", 10)
    assert ROUNDS >= 1000


def wrong_logins(number: int, first: int = 0, **where) -> list[int]:
    """Statuses of logins with one password and many codes."""
    return [
        new_browser().post("/dang-nhap/", {"username": f"00980{n:05d}", "password": WRONG}, **where).status_code
        for n in range(first, first + number)
    ]


def test_one_password_over_many_codes_from_one_address_needs_a_task(citizen, clock):
    assert wrong_logins(40) == [400] * 30 + [403] * 10
    page = new_browser().get("/dang-nhap/")  # whoever comes later solves it while typing
    assert give_password(new_browser(), PASSWORD).status_code == 403
    solution = solve(page)
    assert give_password(new_browser(), PASSWORD, **solution).url == "/dang-nhap/xac-nhan/"
    cache.clear()  # a minute later; Redis has a clock of its own
    assert "data-challenge" not in new_browser().get("/dang-nhap/").content.decode()
    assert give_password(new_browser(), WRONG).status_code == 400


def test_a_solution_counts_once_for_its_purpose_and_ten_minutes(citizen, clock):
    wrong_logins(30)
    page = new_browser().get("/dang-nhap/")
    solution = solve(page)
    assert give_password(new_browser(), WRONG, **solution).status_code == 400
    replayed = give_password(new_browser(), WRONG, **solution)
    assert replayed.status_code == 403
    assert "A short check against automated requests" in replayed.content.decode()
    assert WRONG not in replayed.content.decode()
    challenge, _wait = task_of(replayed)
    forged = altcha.Payload(challenge, altcha.Solution(7, "00" * 32)).to_base64()
    for bad in (forged, "bm9uc2Vuc2U=", "{", "A" * 5000):
        assert give_password(new_browser(), WRONG, altcha=bad).status_code == 403
    old = solve(replayed)
    clock.shift(601)
    cache.clear()
    wrong_logins(30, 100)
    assert give_password(new_browser(), WRONG, **old).status_code == 403


def test_without_a_script_waiting_is_enough_and_counts_once(citizen, clock):
    wrong_logins(30)
    page = new_browser().get("/dang-nhap/")
    assert f"Wait {WAIT_SECONDS} seconds, then press the button" in page.content.decode()
    _challenge, token = task_of(page)
    waits = {"challenge_wait": token}
    clock.shift(WAIT_SECONDS - 1)
    assert give_password(new_browser(), WRONG, **waits).status_code == 403
    clock.shift(1)
    assert give_password(new_browser(), WRONG, **waits).status_code == 400
    assert give_password(new_browser(), WRONG, **waits).status_code == 403
    assert give_password(new_browser(), WRONG, challenge_wait=token + "x").status_code == 403


def test_one_password_from_many_addresses_asks_everybody_for_a_task(citizen, clock):
    first = [wrong_logins(1, n, REMOTE_ADDR=f"203.0.113.{n}")[0] for n in range(1, 130)]
    assert first == [400] * 100 + [403] * 29
    page = new_browser().get("/dang-nhap/", REMOTE_ADDR="198.51.100.7")
    assert give_password(new_browser(), PASSWORD, **solve(page)).status_code == 302
    cache.clear()  # five minutes later
    assert give_password(new_browser(), WRONG).status_code == 400


def test_an_address_has_three_hundred_tries_a_minute_at_most(citizen, clock, monkeypatch):
    monkeypatch.setattr("vssid.ops.gates.solved", lambda request, purpose: True)
    monkeypatch.setattr("accounts.views.login.GATE", GATE_SMALL)
    assert wrong_logins(5) == [400] * 5
    answer = give_password(new_browser(), PASSWORD)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_the_eleventh_declaration_from_one_address_needs_a_task(db, clock):
    make_places()
    begun = [declare(new_browser(), bhxh_code=f"00990002{n:02d}").status_code for n in range(11)]
    assert begun == [302] * 10 + [403]
    page = new_browser().get("/dang-ky/to-khai/")
    solution = solve(page)
    assert declare(new_browser(), **solution).status_code == 302
    refused = declare(new_browser(), **solution)
    assert refused.status_code == 403
    assert 'value="0900 000 107"' in refused.content.decode()  # nothing typed is lost


def issue(number: int, visitor: Visitor | None, at=NOW, **more):
    return otp.issue(
        purpose="tracking", phone=f"+84900{number:06d}", subject=f"t:{number}", browser_key="b", at=at, visitor=visitor,
        **more,
    )  # fmt: skip


def visitor(name: bytes = b"a" * 32, *, solved: bool = False) -> Visitor:
    return Visitor(name, lambda: solved)


def test_many_unused_codes_from_one_address_need_a_task(db):
    for number in range(10):
        issue(number * 1000, visitor())
    with pytest.raises(ChallengeRequired):
        issue(99_000, visitor())
    assert issue(99_000, visitor(solved=True))
    assert issue(98_000, visitor(b"b" * 32))
    assert issue(97_000, visitor(), at=NOW + timedelta(minutes=10))


def test_codes_that_are_used_let_the_next_citizens_of_an_address_go_on(db):
    for number in range(15):
        sent = issue(number * 1000, visitor())
        OneTimeCode.objects.filter(pk=sent.pk).update(consumed_at=NOW)


def test_twenty_neighbouring_numbers_raise_an_alarm_and_need_a_task(db, caplog):
    for number in range(20):
        issue(100_000 + number, visitor(bytes([number]) * 32))
    with pytest.raises(ChallengeRequired):
        issue(100_050, visitor(b"z" * 32))
    assert [record.levelname for record in caplog.records if record.message == "otp.alarm"] == ["CRITICAL"]
    assert issue(200_000, visitor(b"z" * 32))
    assert Message.objects.count() == 21


def past_codes(used: int, of: int = 200) -> None:
    """Codes whose life is over, some of them used."""
    begun = NOW - timedelta(minutes=20)
    OneTimeCode.objects.bulk_create(
        OneTimeCode(
            purpose="tracking", subject=f"past:{n}", browser_hash=b"b", phone_hash=n.to_bytes(32, "big"),
            code_hash=b"c", created_at=begun, expires_at=begun + otp.LIFE, consumed_at=begun if n < used else None,
        )
        for n in range(of)
    )  # fmt: skip


def test_when_few_codes_are_used_everybody_needs_a_task(db):
    past_codes(used=61)
    issue(1000, visitor())
    OneTimeCode.objects.all().delete()
    past_codes(used=59)
    with pytest.raises(ChallengeRequired):
        issue(2000, visitor(b"c" * 32))
    assert issue(2000, visitor(b"c" * 32, solved=True))


def test_when_hardly_any_code_is_used_new_numbers_wait_and_known_ones_do_not(citizen, caplog):
    past_codes(used=19)
    with pytest.raises(otp_budget.CodesPaused) as paused:
        issue(1000, visitor(solved=True))
    assert paused.value.status == 503
    assert otp.issue(purpose="login", phone=PHONE, subject=citizen.actor, browser_key="b", at=NOW,
                     visitor=visitor(solved=True))  # fmt: skip
    assert any(record.message == "otp.alarm" for record in caplog.records)
    assert not Message.objects.filter(purpose="otp").exclude(dedupe_key__contains="otp:").exists()


def test_a_bhxh_code_has_ten_unused_codes_a_day_whatever_the_phones(db):
    for number in range(10):
        issue(number * 1000, visitor(bytes([number]) * 32), owner=CODE)
    with pytest.raises(otp_budget.BudgetSpent):
        issue(99_000, visitor(b"q" * 32), owner=CODE)
    assert issue(99_000, visitor(b"q" * 32), owner="0099000108")
    assert issue(99_100, visitor(b"r" * 32), owner=CODE, at=NOW + timedelta(hours=24, seconds=1))


def test_the_page_of_the_code_tells_the_task_and_takes_it(citizen, clock):
    for number in range(10):
        issue(number * 1000, None, at=clock_now())
    OneTimeCode.objects.update(address_hash=address_of_tests())
    browser = new_browser()
    assert give_password(browser).url == "/dang-nhap/xac-nhan/"
    assert not texts("otp")
    page = browser.get("/dang-nhap/xac-nhan/")
    assert 'name="altcha" data-solution form="again"' in page.content.decode()
    answer = browser.post("/dang-nhap/xac-nhan/", {"action": "send_otp", **solve(page)}, follow=True)
    assert "A new code is on its way" in answer.content.decode()
    assert give_code(browser).url == "/ca-nhan/"


def clock_now():
    return database_clock.now()


def address_of_tests() -> bytes:
    from django.test import RequestFactory

    from vssid.crypto import keyed_hash

    return keyed_hash(place_of(RequestFactory().get("/")), kind="address")


@pytest.mark.parametrize("seconds", [-120, 120])
def test_a_node_whose_clock_is_off_neither_ends_nor_prolongs_codes_and_locks(citizen, clock, seconds):
    """F22."""
    browser = new_browser()
    with node_off_by(seconds):
        give_password(browser)
    sent = OneTimeCode.objects.get()
    assert sent.expires_at == NOW + otp.LIFE
    clock.shift(299)
    with node_off_by(seconds):
        assert give_code(browser, sent_code()).url == "/ca-nhan/"
        for _try in range(5):
            locked = give_password(new_browser(), WRONG)
    assert locked["Retry-After"] == "30"
    clock.shift(29)
    with node_off_by(seconds):
        assert give_password(new_browser(), WRONG)["Retry-After"] == "1"


def test_the_databases_clock_is_asked_not_this_machines(db):
    real = database_clock.now()
    with time_machine.travel(real + timedelta(hours=5)), node_off_by(120):
        asked = database_clock.now()
    assert abs((asked - real - timedelta(hours=5)).total_seconds()) < 60


def test_who_burns_tries_elsewhere_does_not_lock_the_owner_out(citizen, clock):
    """T33."""
    known = new_browser()
    log_in(known)
    known.post("/dang-xuat/")
    thief = {"REMOTE_ADDR": "203.0.113.9"}
    for _failure in range(20):
        new_browser().post("/dang-nhap/", {"username": CODE, "password": WRONG}, **thief)
        clock.shift(3600)
    clock.shift(-3599)
    blocked = new_browser().post("/dang-nhap/", {"username": CODE, "password": PASSWORD}, **thief)
    assert blocked.status_code == 429
    assert give_password(new_browser()).status_code == 429  # twenty failures delay the code from anywhere
    assert give_password(known).url == "/ca-nhan/"  # the known browser has tries of its own


def test_few_failures_delay_their_own_network_only(citizen, clock):
    thief = {"REMOTE_ADDR": "203.0.113.9"}
    for _failure in range(6):
        answer = new_browser().post("/dang-nhap/", {"username": CODE, "password": WRONG}, **thief)
    assert answer.status_code == 429
    neighbour = new_browser().post("/dang-nhap/", {"username": CODE, "password": WRONG}, REMOTE_ADDR="203.0.113.200")
    assert neighbour.status_code == 429
    assert give_password(new_browser()).status_code == 302


def test_a_known_browser_has_a_ceiling_too(citizen, clock):
    known = new_browser()
    log_in(known)
    known.post("/dang-xuat/")
    for _failure in range(5):
        answer = give_password(known, WRONG)
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert User.objects.filter(username=CODE).exists()
    assert give_password(new_browser()).status_code == 302  # and does not lock anybody else
