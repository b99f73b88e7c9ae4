"""Logging in with code and password."""

from __future__ import annotations

import re

import pytest

from accounts.models import LoginThrottle, Session, TrustedBrowser
from accounts.tasks import clear_sessions
from tests.harness.stage import new_browser
from tests.login.conftest import CITIZEN_ID, CODE, PASSWORD, give_code, give_password, log_in, sent_code, texts
from vssid.audit.models import AuditEvent

UNKNOWN = "0099999999"
WRONG = "khong phai mat khau nay"


def events():
    return list(AuditEvent.objects.order_by("pk").values_list("event", flat=True))


def test_a_new_browser_is_asked_for_a_code_and_then_known_for_30_days(citizen, browser, clock):
    answer = give_password(browser)
    assert answer.url == "/dang-nhap/xac-nhan/"
    page = browser.get(answer.url).content.decode()
    assert "0107" in page
    assert "900000107" not in page.replace("\u00a0", "")
    assert browser.get("/tai-khoan/").status_code == 302  # the password alone opens nothing
    answer = give_code(browser)
    assert answer.url == "/ca-nhan/"
    cookie = answer.cookies["browser"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "login.succeeded" in events()

    browser.post("/dang-xuat/")
    clock.shift(29 * 86400)
    assert give_password(browser).url == "/ca-nhan/"
    assert len(texts("otp")) == 1

    browser.post("/dang-xuat/")
    clock.shift(2 * 86400)
    assert give_password(browser).url == "/dang-nhap/xac-nhan/"


@pytest.mark.parametrize("typed", ["0099 000 107", " 0099000107 ", CITIZEN_ID, "0011 9000 0107"])
def test_the_code_may_have_blanks_and_the_personal_number_works_too(citizen, browser, typed):
    assert log_in(browser, username=typed).url == "/ca-nhan/"


def test_a_known_browser_of_one_account_is_new_to_another(citizen, person, browser, clock):
    log_in(browser)
    browser.post("/dang-xuat/")
    token = browser.cookies["browser"].value
    browser.cookies["browser"] = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")
    clock.shift(400)
    assert give_password(browser).url == "/dang-nhap/xac-nhan/"


def test_a_wrong_code_lets_nobody_in_and_a_resend_makes_the_first_one_useless(citizen, browser, clock):
    give_password(browser)
    first = sent_code()
    wrong = give_code(browser, f"{(int(first) + 1) % 10**6:06d}")
    assert wrong.status_code == 400
    assert "not right" in wrong.content.decode()
    early = browser.post("/dang-nhap/xac-nhan/", {"action": "send_otp"}, follow=True)
    assert "You can ask for another in 60 seconds" in early.content.decode()
    clock.shift(61)
    browser.post("/dang-nhap/xac-nhan/", {"action": "send_otp"})
    second = sent_code()
    if first != second:
        assert give_code(browser, first).status_code == 400
    assert give_code(browser, second).url == "/ca-nhan/"


def test_the_second_step_ends_after_ten_minutes_and_with_a_change_of_password(citizen, browser, clock):
    give_password(browser)
    clock.shift(601)
    assert browser.get("/dang-nhap/xac-nhan/").url == "/dang-nhap/"
    give_password(browser)
    citizen.refresh_from_db()
    citizen.session_version += 1
    citizen.save()
    assert give_code(browser).url == "/dang-nhap/"


def test_the_page_with_the_code_cannot_be_opened_without_the_password(citizen, browser):
    assert browser.get("/dang-nhap/xac-nhan/").url == "/dang-nhap/"
    assert browser.post("/dang-nhap/xac-nhan/", {"otp": "123456"}).url == "/dang-nhap/"


def shape(answer):
    """What a stranger can see of an answer, but for the token of the form."""
    body = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    headers = {name: value for name, value in answer.items() if name not in {"X-Request-ID", "Content-Length"}}
    return answer.status_code, headers, sorted(answer.cookies), body


def test_known_and_unknown_codes_and_staff_are_answered_alike(citizen, officer, clock):
    for _try in range(6):
        known, unknown = (give_password(new_browser(), WRONG, name) for name in (CODE, UNKNOWN))
        assert shape(known)[:3] == shape(unknown)[:3]
        assert shape(known)[3].replace(CODE, UNKNOWN) == shape(unknown)[3]
    staff = give_password(new_browser(), PASSWORD, "canbo01")
    nobody = give_password(new_browser(), PASSWORD, "canbo99")
    assert shape(staff)[:3] == shape(nobody)[:3]
    assert "not right" not in staff.content.decode()  # such a name is no code: nothing was looked up


def test_a_closed_account_is_answered_like_a_wrong_password(citizen, browser):
    citizen.is_active = False
    citizen.save()
    answer = give_password(browser)
    assert answer.status_code == 400
    assert "The code or password is not right. 4 tries left." in answer.content.decode()


def test_a_frozen_account_is_told_so_only_with_the_right_password(citizen, browser, clock):
    citizen.frozen_at = citizen.date_joined
    citizen.save()
    assert "frozen" not in give_password(browser, WRONG).content.decode()
    answer = give_password(browser)
    assert answer.status_code == 403
    assert "This account is frozen" in answer.content.decode()


@pytest.mark.parametrize("username", [CODE, UNKNOWN])
def test_the_delays_follow_the_schedule_whether_or_not_the_account_exists(citizen, clock, username):
    for left in (4, 3, 2, 1):
        answer = give_password(new_browser(), WRONG, username)
        assert answer.status_code == 400
        assert f"{left} {'try' if left == 1 else 'tries'} left" in answer.content.decode()
    for failure, delay in [(5, 30), (6, 60), (7, 120), (8, 300), (9, 900), (10, 3600), (11, 3600)]:
        answer = give_password(new_browser(), WRONG, username)
        assert (answer.status_code, answer["Retry-After"]) == (429, str(delay))
        assert f"after {failure} wrong tries" in answer.content.decode()
        clock.shift(delay - 1)
        # Even the right password waits, and waiting costs no try.
        blocked = give_password(new_browser(), PASSWORD, username)
        assert (blocked.status_code, blocked["Retry-After"]) == (429, "1")
        clock.shift(1)


def test_the_lock_names_the_time_it_ends(citizen, clock):
    for _try in range(4):
        give_password(new_browser(), WRONG)
    assert "Locked until 09:30:30 after 5 wrong tries" in give_password(new_browser(), WRONG).content.decode()
    LoginThrottle.objects.update(failures=9, blocked_until=None)
    assert "Locked until 10:30 after 10 wrong tries" in give_password(new_browser(), WRONG).content.decode()


def test_after_50_failures_the_password_opens_nothing_until_it_is_reset(citizen, clock):
    give_password(new_browser(), WRONG)
    LoginThrottle.objects.update(failures=49)
    assert give_password(new_browser(), WRONG).status_code == 429
    clock.shift(30 * 86400)
    answer = give_password(new_browser())
    assert answer.status_code == 429
    assert "disabled after 50 wrong tries" in answer.content.decode()
    assert "/mat-khau/quen/" in answer.content.decode()


def test_the_right_password_forgives_the_failures_before_it(citizen, browser, clock):
    for _try in range(4):
        give_password(new_browser(), WRONG)
    log_in(browser)
    assert not LoginThrottle.objects.exists()
    assert "4 tries left" in give_password(new_browser(), WRONG).content.decode()


def test_the_session_key_changes_at_login_and_the_old_one_is_worth_nothing(citizen, browser):
    give_password(browser)
    planted = browser.cookies["session"].value
    give_code(browser)
    assert browser.cookies["session"].value != planted
    thief = new_browser()
    thief.cookies["session"] = planted
    assert thief.get("/tai-khoan/").status_code == 302
    assert not Session.objects.filter(pk=planted).exists()


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/the-bhyt/", "/the-bhyt/"),
        ("/qua-trinh-tham-gia/?kind=bhtn", "/qua-trinh-tham-gia/?kind=bhtn"),
        ("//evil.example/", "/ca-nhan/"),
        ("/\\evil.example", "/ca-nhan/"),
        ("https:evil.example", "/ca-nhan/"),
        ("https://evil.example/", "/ca-nhan/"),
        ("javascript:alert(1)", "/ca-nhan/"),
        ("/dang-xuat/", "/ca-nhan/"),
    ],
)
def test_after_login_only_own_pages_are_gone_to(citizen, browser, wanted, goes_to):
    page = browser.get("/dang-nhap/", {"next": wanted}).content.decode().partition("<main")[2]
    hidden = re.search(r'name="next" value="([^"]+)"', page)
    assert give_password(browser, next=wanted).status_code == 302
    assert give_code(browser).url == goes_to
    assert bool(hidden) == (goes_to == wanted)


def test_who_is_logged_in_does_not_see_the_login_page(citizen, browser):
    log_in(browser)
    assert browser.get("/dang-nhap/").url == "/ca-nhan/"


def test_a_code_of_nine_digits_is_explained_and_costs_no_try(citizen, browser):
    answer = give_password(browser, username="009900010")
    assert answer.status_code == 400
    assert "You entered 9" in answer.content.decode()
    assert not LoginThrottle.objects.exists()


def test_the_password_never_comes_back_in_a_page(citizen, browser):
    assert WRONG not in give_password(browser, WRONG).content.decode()


def test_a_login_asks_the_database_little(citizen, browser, django_assert_max_num_queries, clock):
    log_in(browser)
    browser.post("/dang-xuat/")
    with django_assert_max_num_queries(22):
        give_password(browser)


def test_logging_out_is_a_post_and_clears_the_browser(citizen, browser):
    log_in(browser)
    key = browser.cookies["session"].value
    assert "Log out now?" in browser.get("/dang-xuat/").content.decode()
    assert browser.get("/tai-khoan/").status_code == 200
    answer = browser.post("/dang-xuat/")
    assert answer.url == "/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert events()[-1] == "logout"
    old = new_browser()
    old.cookies["session"] = key
    assert old.get("/tai-khoan/").status_code == 302
    assert TrustedBrowser.objects.count() == 1


def test_failures_are_on_record_without_anything_personal(citizen, browser, clock):
    give_password(browser, WRONG)
    give_password(browser, WRONG, UNKNOWN)
    rows = list(AuditEvent.objects.values("event", "actor", "subject", "facts"))
    assert [row["subject"] for row in rows] == [f"user:{citizen.pk}", ""]
    assert CODE not in str(rows)
    assert UNKNOWN not in str(rows)


def test_what_no_longer_counts_is_deleted_by_the_clock(citizen, browser, clock):
    log_in(browser)
    for _try in range(5):
        give_password(new_browser(), WRONG)
    give_password(new_browser(), WRONG, UNKNOWN)
    clock.shift(31 * 86400)
    clear_sessions()
    assert not TrustedBrowser.objects.exists()
    assert not LoginThrottle.objects.exists()
    assert not Session.objects.exists()
