"""How many declarations a day: three open ones for a code, three for a phone, five from a browser."""

from __future__ import annotations

import pytest

from accounts.models import RegistrationDossier
from tests.harness.stage import new_browser, words
from tests.registration.conftest import CODE, PHONE, ask_for_code, code_on, declare, phone_shows, put_photos, send

DAY = 24 * 3600
FULL = "trong 24 gio da co 3 to khai dang cho"


def phone(number: int) -> str:
    return f"+84900000{number}"


def ask(client, number: int, **changes: str):
    """Everything up to the code, for one of several made-up people; what is not named is their own."""
    own = {"bhxh_code": f"0099000{number}", "id_number": f"001185000{number}", "phone": f"0900000{number}"}
    assert declare(client, **{**own, **changes}).url == "/dang-ky/anh/"
    put_photos()
    return ask_for_code(client)


def register(client, number: int, **changes: str) -> None:
    assert ask(client, number, **changes).status_code == 302
    to = PHONE if "phone" in changes else phone(number)
    assert send(client, code_on(to)).status_code == 302


@pytest.mark.parametrize("same", [{"bhxh_code": CODE}, {"phone": "0900000107"}])
def test_the_fourth_declaration_of_a_day_is_answered_alike_and_only_the_phone_learns_why(places, clock, same):
    for number in (201, 202, 203):
        register(new_browser(), number, **same)
        clock.shift(61)
    to = PHONE if "phone" in same else phone(204)
    before = len(phone_shows(to, "otp"))

    fourth = new_browser()
    answer = ask(fourth, 204, **same)
    assert (answer.status_code, answer.url) == (302, "/dang-ky/xac-nhan/"), "as after any other"
    assert len(phone_shows(to, "otp")) == before
    assert FULL in phone_shows(to)[0]
    assert RegistrationDossier.objects.exclude(number=None).count() == 3

    clock.shift(DAY)
    register(new_browser(), 205, **same)


def test_one_browser_sends_five_declarations_a_day(places, clock):
    client = new_browser()
    for number in range(201, 206):
        register(client, number)
        clock.shift(61)
    answer = ask(client, 206)
    assert answer.status_code == 429
    assert "Five declarations were sent from this browser" in words(answer)
    assert int(answer["Retry-After"]) == DAY - 5 * 61
    register(new_browser(), 207)
