"""How staff come in: password, then the authenticator; and what stops those who are not staff or not sure."""

import re

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from tests.admin.conftest import LIST, PASSWORD, code_of, logged_in, make_staff, told
from tests.harness.stage import new_browser, words
from vssid.audit.models import AuditEvent

LOGIN, SECOND = "/quan-tri/login/", "/quan-tri/xac-thuc/"


@pytest.fixture
def browser(officer, clock) -> Client:
    return new_browser()


@pytest.fixture
def known(officer):
    """The officer set up an authenticator earlier."""
    TOTPDevice.objects.create(user=officer, name="totp", confirmed=True)
    return officer


def password(client, username="canbo.gan", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password}, **more)


def test_password_then_code_then_the_queue(browser, known):
    assert password(browser).url == SECOND
    assert browser.post(SECOND, {"otp": code_of(known)}).url == "/quan-tri/"
    assert browser.get(LIST).status_code == 200
    assert AuditEvent.objects.filter(event="login.succeeded", actor=known.actor, facts__method="totp").exists()


def test_with_the_password_alone_only_the_second_step_opens(browser, known):
    password(browser)
    for path in ("/quan-tri/", LIST, "/quan-tri/accounts/user/", "/ca-nhan/"):
        answer = browser.get(path, follow=True)
        assert answer.redirect_chain[-1][0].startswith(SECOND), path
    assert browser.get(SECOND).status_code == 200


def test_the_first_time_an_authenticator_is_set_up(browser, officer):
    password(browser)
    page = words(browser.get(SECOND))
    assert "Set up your authenticator" in page
    assert "<svg" in page
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1]
    assert len(secret.replace(" ", "")) == 32
    assert browser.post(SECOND, {"otp": code_of(officer)}).url == "/quan-tri/"
    assert TOTPDevice.objects.get(user=officer).confirmed
    assert AuditEvent.objects.filter(event="second_factor.enrolled", actor=officer.actor).exists()


def test_the_secret_is_shown_only_until_it_is_confirmed(browser, known):
    password(browser)
    page = words(browser.get(SECOND))
    assert "<code" not in page
    assert "Set up" not in page


def test_a_wrong_code_is_refused_and_written_down(browser, known):
    password(browser)
    wrong = f"{(int(code_of(known)) + 1) % 10**6:06}"
    answer = browser.post(SECOND, {"otp": wrong})
    assert answer.status_code == 400
    assert "That code is not right." in words(answer)
    assert AuditEvent.objects.filter(event="second_factor.failed", actor=known.actor).exists()
    assert browser.get("/quan-tri/").status_code == 302


def test_wrong_codes_make_one_wait_even_with_the_right_one(browser, known, clock):
    password(browser)
    for _try in range(3):
        browser.post(SECOND, {"otp": "x"})
        clock.shift(0)
    answer = browser.post(SECOND, {"otp": code_of(known)})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert "Wait 1 second before the next one." in words(answer)
    clock.shift(60)
    assert browser.post(SECOND, {"otp": code_of(known)}).status_code == 302


def test_an_old_code_is_refused(browser, known, clock):
    password(browser)
    old = code_of(known)
    clock.shift(120)
    assert browser.post(SECOND, {"otp": old}).status_code == 400


def test_a_code_works_once(browser, known):
    password(browser)
    code = code_of(known)
    assert browser.post(SECOND, {"otp": code}).status_code == 302
    again = new_browser()
    password(again)
    assert again.post(SECOND, {"otp": code}).status_code == 400


def test_blanks_in_the_code_do_not_matter(browser, known):
    password(browser)
    code = code_of(known)
    assert browser.post(SECOND, {"otp": f" {code[:3]} {code[3:]} "}).status_code == 302


def test_a_wrong_password_is_told_without_saying_which(browser):
    pages = [words(password(browser, name, "khong dung mat khau")) for name in ("canbo.gan", "khong.co")]
    assert all("The code or password is not right. 4 tries left." in page for page in pages)


def test_five_wrong_passwords_lock_the_door(browser, clock):
    for _try in range(5):
        answer = password(browser, password="khong dung mat khau")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 30
    assert password(browser).status_code == 429


def test_wrong_passwords_elsewhere_do_not_lock_staff_out_at_their_desk(browser):
    for _try in range(5):
        password(new_browser(), password="khong dung mat khau", REMOTE_ADDR="203.0.113.7")
    assert password(new_browser(), REMOTE_ADDR="203.0.113.9").status_code == 429, "the same network"
    assert password(browser, REMOTE_ADDR="198.51.100.7").url == SECOND


def test_an_address_that_tries_many_names_of_staff_is_asked_for_a_task(browser):
    answers = [password(browser, f"khong.co{number}", "khong dung mat khau") for number in range(16)]
    assert [answer.status_code for answer in answers] == [400] * 15 + [403]
    assert "data-challenge" in words(answers[-1])
    assert password(browser).status_code == 403, "the right one too"


def test_a_citizens_password_opens_nothing_here(browser, person):
    User.objects.create_user("0099000107", PASSWORD, person=person, full_name=person.full_name)
    answer = password(browser, "0099000107")
    assert answer.status_code == 400
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("change", [{"is_active": False}, {"frozen_at": "2026-11-01T00:00Z"}])
def test_who_was_closed_or_frozen_stays_outside(browser, known, change):
    User.objects.filter(pk=known.pk).update(**change)
    assert password(browser).status_code in (400, 403)
    inside = logged_in(known)
    assert inside.get("/quan-tri/").url.startswith(LOGIN)


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/quan-tri/", "/the-bhyt/", "/\\evil"])
def test_the_way_back_leads_nowhere_else(browser, known, target):
    browser.post(f"{LOGIN}?next={target}", {"username": "canbo.gan", "password": PASSWORD})
    assert browser.post(SECOND, {"otp": code_of(known)}).url == "/quan-tri/"


def test_the_way_back_leads_to_the_dossier(browser, known):
    browser.post(f"{LOGIN}?next={LIST}7/change/", {"username": "canbo.gan", "password": PASSWORD})
    assert browser.post(SECOND, {"otp": code_of(known)}).url == f"{LIST}7/change/"


def test_the_session_key_is_new_after_each_step(browser, known):
    password(browser)
    first = browser.cookies["session"].value
    browser.post(SECOND, {"otp": code_of(known)})
    assert browser.cookies["session"].value != first


def test_staff_log_out_by_a_form(desk):
    assert desk.get("/quan-tri/logout/").status_code == 405
    desk.post("/quan-tri/logout/")
    assert desk.get(LIST).status_code == 302


def test_staff_read_english_or_vietnamese(desk):
    desk.post("/i18n/setlang/", {"language": "vi", "next": "/quan-tri/"})
    assert '<html lang="vi"' in words(desk.get("/quan-tri/"))


def test_staff_change_their_own_password(desk, officer):
    assert desk.get("/quan-tri/password_change/").url == "/mat-khau/doi/"
    new = "con song chay qua ba ngon doi"
    weak = desk.post("/mat-khau/doi/", {"old_password": PASSWORD, "new_password": "123", "new_password2": "123"})
    assert "at least 12 characters" in words(weak)
    answer = desk.post("/mat-khau/doi/", {"old_password": PASSWORD, "new_password": new, "new_password2": new})
    assert answer.url == "/quan-tri/"
    assert desk.get("/quan-tri/").status_code == 200
    assert User.objects.get(pk=officer.pk).check_password(new)


def test_the_session_of_staff_ends_after_eight_hours(browser, known, clock):
    password(browser)
    browser.post(SECOND, {"otp": code_of(known)})
    for _quarter in range(49):
        clock.shift(600)
        answer = browser.get("/quan-tri/")
    assert answer.status_code == 302


def test_an_auditor_too_needs_the_second_step(places, clock):
    make_staff("kiemtra", "auditor", "00100")
    client = new_browser()
    assert password(client, "kiemtra").url == SECOND
    assert "Set up your authenticator" in told(client, client.get("/quan-tri/")) or client.get(LIST).status_code == 302
