"""Logging out at both ends: the citizen here, and VNeID's word that its session has ended, by the certifiers' cases."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from accounts.actions.vneid_sessions import goodbye
from accounts.models import User
from tests.vneid.phone import Phone, link, text
from tests.vneid.standin import StandIn
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

BACKCHANNEL = "/dang-nhap/vneid/backchannel/"
SUBJECT = "subject-of-level-2"
RPINITLOGOUT = "oidcc-client-test-rp-backchannel-rpinitlogout"
REFUSED = {
    f"{RPINITLOGOUT}-alg-none": "alg_none",
    f"{RPINITLOGOUT}-wrong-alg": "alg_hs256",
    f"{RPINITLOGOUT}-no-event": "logout_no_event",
    f"{RPINITLOGOUT}-wrong-event": "logout_event_wrong",
    f"{RPINITLOGOUT}-with-nonce": "logout_with_nonce",
    f"{RPINITLOGOUT}-wrong-aud": "logout_aud_wrong",
    f"{RPINITLOGOUT}-wrong-iss": "logout_iss_wrong",
    "nobody named": "logout_nobody",
    "an hour old": "logout_old",
    "without an identifier": "logout_no_jti",
    "signed by another": "sig_wrong",
}


@pytest.fixture
def inside(phone: Phone, account: User, standin: StandIn) -> Phone:
    """A phone in which VNeID has opened the account."""
    link(account, standin)
    assert phone.log_in().headers["Location"] == "/ca-nhan/"
    return phone


def is_inside(phone: Phone) -> bool:
    return phone.client.get("/ca-nhan/").status_code == 200


def test_oidcc_client_test_rp_init_logout(inside: Phone, standin: StandIn) -> None:
    page = inside.client.post("/dang-xuat/")

    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_inside(inside)
    address = text(page).split('http-equiv="refresh" content="0;url=')[1].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{standin.issuer}/end-session?")
    back = requests.get(address, timeout=5, allow_redirects=False)
    assert asked["post_logout_redirect_uri"] == ["http://localhost/dang-xuat/"]
    assert back.headers["Location"].startswith("http://localhost/dang-xuat/")


def test_whoever_came_by_password_is_not_sent_to_vneid(account: User) -> None:
    client = Client()
    client.force_login(account)

    assert client.post("/dang-xuat/").headers["Location"] == "/"


def test_oidcc_client_test_rp_backchannel_rpinitlogout(inside: Phone, standin: StandIn, account: User) -> None:
    by_password = Client()
    by_password.force_login(account)
    other = Phone(standin)
    other.log_in()
    sid = inside.client.session["vneid_sid"]

    answer = Client().post(BACKCHANNEL, {"logout_token": standin.logout_token(sub=SUBJECT, sid=sid)})

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert not is_inside(inside)
    assert is_inside(other)
    assert by_password.get("/ca-nhan/").status_code == 200
    assert AuditEvent.objects.filter(event=Event.VNEID_LOGGED_OUT, subject=account.actor).count() == 1


def test_a_logout_of_the_person_ends_every_session_that_vneid_opened(
    inside: Phone, standin: StandIn, account: User
) -> None:
    by_password = Client()
    by_password.force_login(account)
    other = Phone(standin)
    other.log_in()

    assert Client().post(BACKCHANNEL, {"logout_token": standin.logout_token(sub=SUBJECT)}).status_code == 200

    assert not is_inside(inside)
    assert not is_inside(other)
    assert by_password.get("/ca-nhan/").status_code == 200


@pytest.mark.parametrize("name", REFUSED)
def test_a_logout_token_that_cannot_be_trusted_ends_nothing(inside: Phone, standin: StandIn, name: str) -> None:
    standin.arm(REFUSED[name])

    answer = Client().post(BACKCHANNEL, {"logout_token": standin.logout_token(sub=SUBJECT)})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert is_inside(inside)


@pytest.mark.parametrize("form", [{}, {"logout_token": ""}, {"logout_token": "x"}, {"logout_token": "a.b.c" * 9000}])
def test_what_is_no_token_is_refused(standin: StandIn, form: dict[str, str]) -> None:
    assert Client().post(BACKCHANNEL, form).status_code == 400


def test_an_id_token_logs_nobody_out(inside: Phone, standin: StandIn) -> None:
    asked = parse_qs(urlsplit(goodbye(inside.client.session)).query)

    assert Client().post(BACKCHANNEL, {"logout_token": asked["id_token_hint"][0]}).status_code == 400
    assert is_inside(inside)


def test_the_same_word_twice_ends_no_later_session(inside: Phone, standin: StandIn) -> None:
    token = standin.logout_token(sub=SUBJECT)
    assert Client().post(BACKCHANNEL, {"logout_token": token}).status_code == 200
    inside.log_in()

    assert Client().post(BACKCHANNEL, {"logout_token": token}).status_code == 200
    assert is_inside(inside)


def test_a_get_is_no_logout(standin: StandIn) -> None:
    assert Client().get(BACKCHANNEL).status_code == 405
