"""A citizen with a card, a pension, paid months and an account; an officer of her office; all made up."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from insurance.models import BaseSalary, InsuredPerson
from tests.admin.conftest import logged_in, make_staff
from tests.harness.stage import NOW, new_browser
from tests.insurance import factories
from tests.registration.conftest import CODE, PHONE, make_person, make_places

OFFICE, AGENT_ID = "00103", "001185000888"


@pytest.fixture
def person(db, clock) -> InsuredPerson:
    make_places()
    other = make_person("0099000888", AGENT_ID)
    other.full_name = "TRẦN BẢN MẪU"
    other.save()
    person = make_person(CODE)
    person.ward_id = "00256"
    person.save()
    factories.CardFactory(person=person, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    factories.add_periods(person, ("2020-01", "2024-12", "paid"))
    factories.PensionFactory(person=person)
    BaseSalary.objects.get_or_create(
        from_date=date(2026, 7, 1), defaults={"amount": 2_530_000, "legal_basis": "NĐ 161/2026"}
    )
    return person


@pytest.fixture
def account(person) -> User:
    return make_account(person, PHONE)


@pytest.fixture
def citizen(account) -> Client:
    return browser_of(account)


@pytest.fixture
def agent(person) -> Client:
    """The browser of the person whom TYPED authorises."""
    return browser_of(make_account(InsuredPerson.objects.with_citizen_id(AGENT_ID).get(), "+84900000888"))


def make_account(person: InsuredPerson, phone: str) -> User:
    user = User(username=person.bhxh_code, person=person, full_name=person.full_name)
    user.set_phone(phone)
    user.set_password("ruong bac thang mua lua chin")
    user.save()
    return user


def browser_of(account: User) -> Client:
    """A browser with a fresh proof."""
    client = new_browser()
    client.force_login(account)
    session = client.session
    session["auth_methods"], session["proved_at"] = ["otp"], int(NOW.timestamp())
    session.save()
    return client


@pytest.fixture
def desk(person) -> Client:
    return logged_in(make_staff("canbo.dvc", "officer", OFFICE))


@pytest.fixture
def elsewhere(person) -> Client:
    return logged_in(make_staff("canbo.xa", "officer", "00400"))
