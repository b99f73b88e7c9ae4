"""A fresh proof before sensitive acts: how old it may be, what counts, where it leads."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import RequestFactory

from accounts.stepup import fresh_proof
from tests.harness.stage import new_browser
from tests.login.conftest import PASSWORD, give_password, sent_code

MINUTE = 60
PAGE = "/tai-khoan/xac-nhan/?next=/mat-khau/doi/"


@fresh_proof(minutes=20)
def change(request):
    return HttpResponse("changed")


def ask(browser, method="get"):
    """Call a guarded view in this browser's session."""
    request = getattr(RequestFactory(), method)("/x/?a=1")
    request.session, request.user = browser.session, None
    return change(request)


def test_the_code_of_the_login_counts_for_20_minutes(inside, clock):
    assert ask(inside, "post").content == b"changed"
    clock.shift(20 * MINUTE)
    assert ask(inside, "post").content == b"changed"
    clock.shift(1)
    assert ask(inside).url == "/tai-khoan/xac-nhan/?next=%2Fx%2F%3Fa%3D1"


def test_a_form_with_a_stale_proof_is_refused(inside, clock, rf):
    clock.shift(14 * MINUTE)
    inside.get("/tai-khoan/")
    clock.shift(7 * MINUTE)
    session = inside.session
    request = rf.post("/x/")
    request.session = session
    answer = change(request)
    assert answer.status_code == 403
    assert b"nothing was changed" in answer.content


def test_a_password_on_a_known_browser_is_no_proof(inside, clock):
    inside.post("/dang-xuat/")
    assert give_password(inside).url == "/ca-nhan/"
    assert ask(inside).status_code == 302


def test_a_code_proves_and_leads_back_with_a_new_session_key(inside, clock):
    clock.shift(14 * MINUTE)
    inside.get("/tai-khoan/")
    clock.shift(7 * MINUTE)
    assert inside.get(PAGE).status_code == 200
    assert inside.post(PAGE, {"action": "send_otp"}).status_code == 302
    key = inside.session.session_key
    wrong = inside.post(PAGE, {"action": "submit", "otp": "000000" if sent_code() != "000000" else "111111"})
    assert wrong.status_code == 400
    assert ask(inside).status_code == 302
    right = inside.post(PAGE, {"action": "submit", "otp": sent_code()})
    assert right.url == "/mat-khau/doi/"
    assert inside.session.session_key != key
    assert inside.session["auth_level"] == 2
    assert ask(inside, "post").content == b"changed"


def test_the_code_is_for_the_browser_that_asked(inside, citizen, clock):
    clock.shift(70)
    inside.post(PAGE, {"action": "send_otp"})
    other = new_browser()
    other.force_login(citizen)
    assert other.post(PAGE, {"action": "submit", "otp": sent_code()}).status_code == 400


def test_without_a_phone_the_password_proves(inside, citizen, clock):
    citizen.set_phone(None)
    citizen.save()
    clock.shift(10 * MINUTE)
    inside.get("/tai-khoan/")
    clock.shift(11 * MINUTE)
    assert inside.post(PAGE, {"password": "wrong"}).status_code == 400
    assert inside.post(PAGE, {"password": PASSWORD}).url == "/mat-khau/doi/"
    assert ask(inside, "post").content == b"changed"


def test_the_way_on_is_a_page_of_ours(inside, clock):
    clock.shift(70)
    page = "/tai-khoan/xac-nhan/?next=//evil.example/"
    inside.post(page, {"action": "send_otp"})
    assert inside.post(page, {"action": "submit", "otp": sent_code()}).url == "/tai-khoan/"
