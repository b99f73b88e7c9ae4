"""Temporary passwords, changing a password, and the forgotten one."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.credentials import ReissueLimit, issue_credentials, reissue_credentials
from accounts.models import LoginThrottle, OneTimeCode, TrustedBrowser, User
from tests.harness.stage import new_browser
from tests.login.conftest import (
    CITIZEN_ID,
    CODE,
    NEW_PASSWORD,
    PASSWORD,
    PHONE,
    give_code,
    give_password,
    log_in,
    sent_code,
    temporary_password,
    texts,
)
from tests.login.test_login import UNKNOWN, WRONG, shape
from vssid.audit.models import AuditEvent

RESET = {"username": CODE, "id_last6": CITIZEN_ID[-6:]}
NEW = {"new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


@pytest.fixture
def approved(person, clock):
    """An account that was just opened: the login data are on their way."""
    user = User.objects.create_user(CODE, person=person, full_name=person.full_name)
    issue_credentials(user=user, phone=PHONE, dedupe_key="credentials:1", by="staff:1", at=timezone.now())
    return user


def change(browser, old, new=NEW_PASSWORD, again=None):
    return browser.post("/mat-khau/doi/", {"old_password": old, "new_password": new, "new_password2": again or new})


# The temporary password


def test_the_message_has_the_user_name_and_a_password_of_60_bits_in_one_segment(approved):
    (text,) = texts("credentials")
    assert len(text) <= 160
    assert text.startswith("BHXHVN: tai khoan 0099000107 da duoc duyet. Mat khau tam: ")
    assert re.search(r"Ma: [A-Z0-9]{6}$", text)
    assert re.fullmatch(r"[A-HJ-NP-Z2-9]{12}", temporary_password())


def test_a_temporary_password_opens_only_the_page_that_changes_it(approved, browser):
    log_in(browser, temporary_password())
    for address in ("/ca-nhan/", "/the-bhyt/", "/tai-khoan/", "/", "/dang-ky/", "/oauth/authorize/"):
        assert browser.get(address).url == "/mat-khau/doi/", address
    assert browser.get("/mat-khau/doi/").status_code == 200
    answer = change(browser, temporary_password())
    assert answer.url == "/ca-nhan/"
    assert browser.get("/tai-khoan/").status_code == 200


def test_a_temporary_password_is_worth_nothing_after_the_change(approved, browser):
    old = temporary_password()
    log_in(browser, old)
    change(browser, old)
    assert give_password(new_browser(), old).status_code == 400
    assert give_password(new_browser(), NEW_PASSWORD).status_code == 302


def test_a_temporary_password_needs_a_code_in_a_browser_that_is_known_too(approved, browser, clock):
    log_in(browser, temporary_password())
    browser.post("/dang-xuat/")
    clock.shift(3600)
    assert give_password(browser, temporary_password()).url == "/dang-nhap/xac-nhan/"
    assert browser.get("/mat-khau/doi/").status_code == 302
    assert give_code(browser).status_code == 302
    assert browser.get("/mat-khau/doi/").status_code == 200


def test_a_temporary_password_cannot_be_chosen_again(approved, browser):
    old = temporary_password()
    log_in(browser, old)
    answer = change(browser, old, old)
    assert answer.status_code == 400
    assert "other than the present one" in answer.content.decode()


def test_a_temporary_password_ends_after_24_hours_and_the_page_says_how_to_go_on(approved, clock):
    clock.shift(24 * 3600 - 1)
    assert give_password(new_browser(), temporary_password()).status_code == 302
    clock.shift(1)
    answer = give_password(new_browser(), temporary_password())
    assert answer.status_code == 400
    assert "valid for 24 hours and has expired" in answer.content.decode()
    assert "/mat-khau/quen/" in answer.content.decode()


def test_login_data_issued_anew_end_what_was_before(citizen, browser, clock):
    log_in(browser)
    reissue_credentials(user=citizen, by="staff:1", at=timezone.now())
    assert browser.get("/tai-khoan/").status_code == 302
    assert give_password(new_browser()).status_code == 400
    assert give_password(browser, temporary_password()).url == "/dang-nhap/xac-nhan/"
    assert "mat khau tam moi" in texts("credentials")[0]


def test_login_data_are_sent_again_at_most_three_times_a_day(citizen, clock):
    for _time in range(3):
        reissue_credentials(user=citizen, by="staff:1", at=timezone.now())
    with pytest.raises(ReissueLimit):
        reissue_credentials(user=citizen, by="staff:1", at=timezone.now())
    reissue_credentials(user=citizen, by="staff:1", at=timezone.now() + timedelta(days=1, seconds=1))
    assert len(texts("credentials")) == 4


def test_the_same_issue_twice_sends_one_message_and_keeps_its_password(approved):
    first = temporary_password()
    issue_credentials(user=approved, phone=PHONE, dedupe_key="credentials:1", by="staff:1", at=timezone.now())
    assert len(texts("credentials")) == 1
    assert give_password(new_browser(), first).status_code == 302


def database_in_clear():
    """Every text in every table, as a thief of the database would read it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row[0] for row in cursor.fetchall())


def test_no_password_and_no_code_lies_in_clear_in_database_or_log(approved, browser, caplog):
    caplog.set_level(logging.DEBUG)
    temporary = temporary_password()
    log_in(browser, temporary)
    code = sent_code()
    change(browser, temporary, WRONG + "!")
    everything = (
        "\n".join(database_in_clear())
        + caplog.text
        + json.dumps(list(AuditEvent.objects.values_list("facts", flat=True)))
    )
    for secret in (temporary, f" {code},", WRONG):
        assert secret not in everything


# Changing


def test_a_change_ends_the_other_sessions_and_tells_the_phone(citizen, browser, clock):
    other = new_browser()
    log_in(browser)
    clock.shift(61)
    log_in(other)
    key = browser.cookies["session"].value
    answer = change(browser, PASSWORD)
    assert answer.url == "/tai-khoan/"
    assert browser.cookies["session"].value != key
    assert "password is changed" in browser.get("/tai-khoan/").content.decode()
    assert other.get("/tai-khoan/").status_code == 302
    assert "mat khau tai khoan ...0107 da doi luc 09:31 23/11/2026" in texts("notice")[0]
    assert give_password(new_browser(), PASSWORD).status_code == 400
    assert give_password(new_browser(), NEW_PASSWORD).status_code == 302
    assert AuditEvent.objects.filter(event="password.changed", subject=f"user:{citizen.pk}").count() == 1


@pytest.mark.parametrize(
    ("old", "new", "again", "why"),
    [
        (WRONG, NEW_PASSWORD, NEW_PASSWORD, "The present password is not right. 4 tries left."),
        (PASSWORD, "ngan", "ngan", "You entered 4"),
        (PASSWORD, "z " * 65, "z " * 65, "at most 128 characters"),
        (PASSWORD, "matkhau123456", "matkhau123456", "Many people use this password"),
        (PASSWORD, f"toi la {CODE}", f"toi la {CODE}", "Do not use your own numbers"),
        (PASSWORD, NEW_PASSWORD, NEW_PASSWORD + "x", "The two new passwords differ"),
        (PASSWORD, PASSWORD, PASSWORD, "other than the present one"),
    ],
)
def test_what_is_wrong_with_a_change_is_said_and_nothing_changes(citizen, browser, old, new, again, why):
    log_in(browser)
    answer = change(browser, old, new, again)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert new not in answer.content.decode()
    citizen.refresh_from_db()
    assert citizen.check_password(PASSWORD)


def test_guessing_the_present_password_of_an_open_session_is_slowed_down(citizen, browser, clock):
    log_in(browser)
    for _try in range(4):
        assert change(browser, WRONG).status_code == 400
    answer = change(browser, WRONG)
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert change(browser, PASSWORD).status_code == 429
    assert give_password(new_browser()).status_code == 302  # logging in has tries of its own


# The forgotten password


def ask(browser, **facts):
    return browser.post("/mat-khau/quen/", {**RESET, **facts, "action": "send_otp"})


def take(browser, code, **facts):
    return browser.post("/mat-khau/quen/", {**RESET, **NEW, "otp": code, "action": "submit", **facts})


def test_a_forgotten_password_is_set_anew_with_a_code_of_eight_digits(citizen, browser, clock):
    lost = new_browser()
    log_in(lost)
    give_password(new_browser(), WRONG)
    LoginThrottle.objects.update(failures=50)
    page = ask(browser).content.decode()
    for name in ("username", "id_last6", "otp", "new_password", "new_password2"):
        assert f'name="{name}"' in page
    assert len(sent_code()) == 8
    answer = take(browser, sent_code())
    assert answer.url == "/dang-nhap/"
    assert "new password is set" in browser.get(answer.url).content.decode()
    assert lost.get("/tai-khoan/").status_code == 302
    assert not TrustedBrowser.objects.exists()
    assert "da doi luc" in texts("notice")[0]
    clock.shift(61)
    assert give_password(lost, NEW_PASSWORD).url == "/dang-nhap/xac-nhan/"
    assert give_code(lost).url == "/ca-nhan/"
    assert list(AuditEvent.objects.filter(event="password.reset").values_list("actor", flat=True)) == [citizen.actor]


def test_it_works_by_the_personal_number_too_and_for_an_unused_temporary_password(approved, browser):
    ask(browser, username=CITIZEN_ID)
    assert take(browser, sent_code(), username=CITIZEN_ID).status_code == 302
    assert log_in(new_browser(), NEW_PASSWORD).url == "/ca-nhan/"


@pytest.mark.parametrize("facts", [{"username": UNKNOWN}, {"id_last6": "000000"}])
def test_wrong_facts_are_answered_like_right_ones_and_send_nothing(citizen, clock, facts):
    right, wrong = new_browser(), new_browser()
    for _round in range(3):
        answers = (
            [shape(ask(right)), shape(ask(wrong, **facts))] if "username" in facts else [shape(ask(wrong, **facts))]
        )
        for answer in answers[1:]:
            assert answer[:3] == answers[0][:3]
            assert answer[3].replace(UNKNOWN, CODE) == answers[0][3]
        clock.shift(20)
    assert len(texts("otp")) == (1 if "username" in facts else 0)
    code = sent_code() if "username" in facts else "12345678"
    for _try in range(6):
        answer = take(wrong, code, **facts)
        assert answer.status_code in {400, 429}
    citizen.refresh_from_db()
    assert citizen.check_password(PASSWORD)


def test_a_spent_budget_is_told_alike_whether_or_not_the_facts_fit(citizen, clock, settings):
    settings.SMS_BUDGET_HOUR = 1  # a fifth of it is kept for login data: nothing is left for codes
    for facts in (RESET, {**RESET, "username": UNKNOWN}, {**RESET, "id_last6": "999999"}):
        answer = new_browser().post("/mat-khau/quen/", {**facts, "action": "send_otp"})
        assert answer.status_code == 503
        assert "cannot send codes for now" in answer.content.decode()


def test_the_right_code_with_wrong_digits_fails_like_a_wrong_code(citizen, browser, clock):
    ask(browser)
    wrong_digits = take(browser, sent_code(), id_last6="000000")
    assert wrong_digits.status_code == 400
    assert "That code is not right. 4 tries left." in wrong_digits.content.decode()
    assert "That code is not right. 3 tries left." in take(browser, "00000000").content.decode()
    assert take(browser, sent_code()).status_code == 302


def test_a_right_guess_of_the_digits_shows_in_no_limit(citizen, browser, clock):
    ask(browser, id_last6="000000")
    second = new_browser()
    assert ask(second, id_last6="000001").status_code == 429
    assert ask(second).status_code == 429  # right, and nobody can tell
    assert not texts("otp")


def test_asking_again_at_once_keeps_the_page_that_takes_the_code(citizen, browser, clock):
    ask(browser)
    page = ask(browser).content.decode()
    assert "You can ask for another in 60 seconds" in page
    assert 'name="otp"' in page
    assert take(browser, sent_code()).status_code == 302


def test_codes_for_a_new_password_are_sent_at_most_five_times_a_day(citizen, clock):
    for _time in range(5):
        assert ask(new_browser()).status_code == 200
        clock.shift(3601)
    answer = ask(new_browser())
    assert answer.status_code == 429
    assert "5 times within 24 hours" in answer.content.decode()
    assert len(texts("otp")) == 5


def test_a_weak_password_does_not_use_the_code_up(citizen, browser, clock):
    ask(browser)
    own = f"toi la {CODE}"
    answer = take(browser, sent_code(), new_password=own, new_password2=own)
    assert answer.status_code == 400
    assert "Do not use your own numbers" in answer.content.decode()
    assert take(browser, sent_code()).status_code == 302


@pytest.mark.parametrize("digits", ["12345", "1234567", "12a456", ""])
def test_the_last_digits_are_six_digits(citizen, browser, digits):
    answer = ask(browser, id_last6=digits)
    assert answer.status_code == 400
    assert not OneTimeCode.objects.exists()


def test_a_code_asked_for_in_one_browser_is_worth_nothing_in_another(citizen, browser, clock):
    ask(browser)
    assert take(new_browser(), sent_code()).status_code == 400
