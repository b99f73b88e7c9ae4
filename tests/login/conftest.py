"""A citizen with an account, her phone, and a clock for the tests of logging in."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from insurance.models import InsuredPerson
from tests.harness.stage import new_browser
from vssid.sms.models import Message

CODE = "0099000107"
CITIZEN_ID = "001190000107"
PHONE = "+84900000107"
PASSWORD = "ruong bac thang mua lua chin"
NEW_PASSWORD = "con song chay qua ba ngon doi"


@pytest.fixture(autouse=True)
def _english(english):
    """The tests of this folder name English words."""


@pytest.fixture
def person(db):
    """An insured person, made up."""
    person = InsuredPerson(
        bhxh_code=CODE, full_name="NGUYỄN THỊ THỬ NGHIỆM", date_of_birth=date(1990, 1, 5), gender="female", made_up=True
    )
    person.set_citizen_id(CITIZEN_ID)
    person.save()
    return person


@pytest.fixture
def citizen(person):
    """Her account, with a password of her own."""
    user = User(username=CODE, person=person, full_name=person.full_name)
    user.set_phone(PHONE)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def officer(db):
    """A member of staff."""
    return User.objects.create_user("canbo01", PASSWORD, full_name="Trần Bản Mẫu", is_staff=True)


@pytest.fixture
def browser():
    """A browser that has never been here, reading English."""
    return new_browser()


@pytest.fixture
def inside(citizen, browser, clock):
    """Her browser, logged in with a code as it was new."""
    log_in(browser)
    return browser


def texts(purpose: str | None = None, to: str = PHONE) -> list[str]:
    """What the outbox holds for a phone, newest first."""
    messages = Message.objects.order_by("-created_at", "-pk")
    return [m.body or "" for m in messages if m.to == to and purpose in (None, m.purpose)]


def sent_code(to: str = PHONE) -> str:
    """The newest one-time code sent to a phone."""
    found = re.search(r"\d{6,8}", texts("otp", to)[0])
    assert found
    return found.group()


def temporary_password() -> str:
    """The newest temporary password in the outbox."""
    found = re.search(r"[A-Z2-9]{12}", texts("credentials")[0])
    assert found
    return found.group()


def give_password(client: Client, password: str = PASSWORD, username: str = CODE, **more):
    """Send the login form."""
    return client.post("/dang-nhap/", {"username": username, "password": password, **more})


def give_code(client: Client, code: str | None = None):
    """Send the code that a new browser is asked for."""
    return client.post("/dang-nhap/xac-nhan/", {"otp": code or sent_code(), "action": "submit"})


def log_in(client: Client, password: str = PASSWORD, username: str = CODE):
    """The whole way in from a new browser; return the last answer."""
    answer = give_password(client, password, username)
    assert answer.status_code == 302, answer.content.decode()
    return give_code(client) if answer.url == "/dang-nhap/xac-nhan/" else answer
