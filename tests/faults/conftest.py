"""Everybody who may come to the portal, each with a browser; all made up."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RegistrationDossier, StaffPosting, User
from insurance.models import InsuredPerson
from tests.harness.stage import new_browser
from tests.registration.conftest import CODE, PHONE, make_person, make_places, register

PASSWORD = "ruong bac thang mua lua chin"


@pytest.fixture
def person(db: None) -> InsuredPerson:
    """An insured person and the offices around her."""
    make_places()
    return make_person()


@pytest.fixture
def dossier(person: InsuredPerson) -> RegistrationDossier:
    """Her dossier at the office 00103, with its photos."""
    return register(new_browser())


def account(person: InsuredPerson, password: str = PASSWORD) -> User:
    """Open an account with a password of its own."""
    user = User(username=person.bhxh_code, person=person, full_name=person.full_name)
    user.set_phone(PHONE if person.bhxh_code == CODE else f"+8490000{person.bhxh_code[-4:]}")
    user.set_password(password)
    user.save()
    return user


def citizens_browser(user: User) -> Client:
    """A browser in which this citizen is logged in."""
    client = new_browser()
    client.force_login(user)
    return client


def officers_browser(office: str, name: str = "canbo01", roles: tuple[str, ...] = ("officer",)) -> Client:
    """A browser in which a member of staff of this office is logged in with the second factor."""
    user = User.objects.create_user(name, PASSWORD, full_name="Trần Bản Mẫu", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    StaffPosting.objects.create(user=user, office_id=office)
    client = new_browser()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=user, confirmed=True).persistent_id
    session.save()
    return client


def addresses(samples: dict[str, str]) -> dict[str, str]:
    """Address by name of each route; `samples` gives a value by kind of parameter ("int", "uuid", …)."""
    found: dict[str, str] = {}

    def walk(entries: list[URLPattern | URLResolver], prefix: str, space: str) -> None:
        for entry in entries:
            here = prefix + str(entry.pattern).removeprefix("^")
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, here, f"{space}{entry.namespace}:" if entry.namespace else space)
            elif "(?P" not in here:
                address = re.sub(r"<(?:(\w+):)?\w+>", lambda match: samples[match[1] or "str"], here)
                found[f"{space}{entry.name or here}"] = "/" + address.removesuffix("$").removesuffix("/?")

    walk(get_resolver().url_patterns, "", "")
    return found
