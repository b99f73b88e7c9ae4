"""People see where they are logged in, end it, and are asked before a session ends by itself."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actions.credentials import end_access
from accounts.kept_forms import KEPT
from accounts.models import Session
from accounts.rules.devices import device_of, words_for
from tests.harness.stage import new_browser
from tests.login.conftest import CODE, NEW_PASSWORD, PASSWORD, log_in, sent_code
from vssid.audit.models import AuditEvent

MINUTE = 60
PHONE = "Mozilla/5.0 (Linux; Android 15; SM-A546E) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def on(agent: str, clock) -> Client:
    """A browser of this kind, in which she logs in a minute later."""
    client = new_browser()
    client.defaults["HTTP_USER_AGENT"] = agent
    clock.shift(6 * MINUTE)
    log_in(client)
    return client


@pytest.fixture
def phone(citizen, clock):
    return on(PHONE, clock)


@pytest.fixture
def laptop(phone, clock):
    return on(LAPTOP, clock)


def page(browser) -> str:
    return browser.get("/tai-khoan/").content.decode()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome on Android"),
        (LAPTOP, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("curl/8", "A browser we do not know"),
        ("", "A browser we do not know"),
    ],
)
def test_a_device_is_named_in_plain_words(agent, words):
    assert words_for(device_of(agent)) == words


def test_the_list_names_device_time_and_way_and_no_address(phone, laptop):
    text = page(laptop)
    assert "Firefox on Windows" in text
    assert "Chrome on Android" in text
    assert "with the password" in text
    assert "127.0.0.1" not in text
    assert laptop.session.session_key not in text
    assert phone.session.session_key not in text


def test_a_killed_session_is_out_at_its_very_next_request(phone, laptop):
    other = Session.objects.get(device="Chrome|Android").handle
    assert laptop.post("/tai-khoan/phien/", {"session": other}).url == "/tai-khoan/#sessions"
    assert phone.get("/ca-nhan/").url == "/dang-nhap/?next=/ca-nhan/"
    assert laptop.get("/tai-khoan/").status_code == 200
    assert "Chrome on Android" not in page(laptop)
    ended = AuditEvent.objects.get(event="session.ended")
    assert ended.facts == {"reason": "owner", "count": 1}


def test_all_others_are_ended_at_once_and_this_one_stays(phone, laptop):
    laptop.post("/tai-khoan/phien/", {"session": ""})
    assert phone.get("/tai-khoan/").status_code == 302
    assert laptop.get("/tai-khoan/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(phone, officer, clock):
    stranger = new_browser()
    stranger.force_login(officer)
    Session.objects.filter(user=officer).update(seen_at=None)
    handle = Session.objects.get(user=officer).handle
    phone.post("/tai-khoan/phien/", {"session": handle})
    assert Session.objects.filter(user=officer).exists()


def test_a_change_of_password_ends_the_others_and_their_rows(phone, laptop, citizen):
    form = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert laptop.post("/mat-khau/doi/", form).status_code == 302
    assert laptop.get("/tai-khoan/").status_code == 200
    assert phone.get("/tai-khoan/").status_code == 302
    assert Session.objects.filter(user=citizen).count() == 1
    citizen.refresh_from_db()
    end_access(citizen)
    citizen.save()
    assert laptop.get("/tai-khoan/").status_code == 302


def test_staff_have_one_session_at_a_time(officer, clock):
    first, second = new_browser(), new_browser()
    for desk in (first, second):
        assert desk.post("/quan-tri/login/", {"username": "canbo01", "password": PASSWORD}).status_code == 302
    assert second.get("/mat-khau/doi/").status_code == 200
    assert first.get("/mat-khau/doi/").status_code == 302


def test_the_page_knows_when_the_session_ends_and_says_so_without_scripts(phone, clock):
    text = page(phone)
    assert 'data-left="900"' in text
    assert "<noscript>" in text
    clock.shift(30)
    assert 'data-left="870"' in page(phone)


def test_staying_works_ten_times_and_being_asked_is_no_activity(phone, clock):
    for left in reversed(range(10)):
        clock.shift(13 * MINUTE)
        answer = phone.post("/tai-khoan/phien/gia-han/")
        assert answer.json() == {"left": 900, "more": left}
    clock.shift(13 * MINUTE)
    answer = phone.post("/tai-khoan/phien/gia-han/")
    assert answer.status_code == 409
    assert answer.json()["left"] == 2 * MINUTE
    clock.shift(2 * MINUTE + 1)
    assert phone.get("/tai-khoan/").status_code == 302


def test_staying_never_goes_beyond_twelve_hours(phone, clock):
    for _step in range(71):
        clock.shift(10 * MINUTE)
        phone.get("/tai-khoan/")
    clock.shift(5 * MINUTE)
    assert phone.post("/tai-khoan/phien/gia-han/").json()["left"] == 5 * MINUTE


def test_what_was_sent_too_late_is_sealed_for_its_owner_alone(phone, citizen, officer, clock):
    clock.shift(16 * MINUTE)
    answer = phone.post("/tai-khoan/xac-nhan/?next=/tai-khoan/", {"note": "Gửi cho tôi 0900", "password": "geheim"})
    assert answer.url.startswith("/dang-nhap/?next=")
    kept = phone.session[KEPT]
    assert kept["user"] == citizen.pk
    assert "0900" not in str(kept)
    assert "geheim" not in str(kept)
    log_in(phone)
    assert KEPT in phone.session
    log_in(other := new_browser())
    assert KEPT not in other.session


def test_what_was_kept_is_gone_after_half_an_hour(phone, clock):
    clock.shift(16 * MINUTE)
    phone.post("/tai-khoan/xac-nhan/", {"note": "x"})
    clock.shift(31 * MINUTE)
    log_in(phone, username=CODE)
    assert KEPT not in phone.session


def test_what_was_typed_is_there_again_after_login_and_proof(phone, clock):
    page = "/tai-khoan/khoa-dang-nhap/them/"
    clock.shift(16 * MINUTE)
    late = phone.post(page, {"name": "Điện thoại nhà"})
    assert late.url == f"/dang-nhap/?next={page}"
    assert log_in(phone).url == "/ca-nhan/"
    step_up = phone.get(page).url
    phone.post(step_up, {"action": "send_otp"})
    assert phone.post(step_up, {"action": "submit", "otp": sent_code()}).url == page
    assert "Điện thoại nhà" in phone.get(page).content.decode()
    assert "Điện thoại nhà" not in phone.get(page).content.decode()
