from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.vneid import metadata
from insurance.models import InsuredPerson
from tests.vneid.citizen import Citizen
from tests.vneid.phone import CODE, PASSWORD, PHONE, Phone
from tests.vneid.standin import CLIENT_ID, CLIENT_SECRET, StandIn


@pytest.fixture(scope="session")
def running_standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    running = StandIn(Path(tmp_path_factory.mktemp("vneid")))
    yield running
    running.stop()


@pytest.fixture
def standin(running_standin: StandIn, settings: Settings) -> Iterator[StandIn]:
    """The provider, doing right, and a portal that uses it and has asked it nothing yet."""
    running_standin.reset()
    settings.VNEID_ISSUER = running_standin.issuer
    settings.VNEID_CLIENT_ID, settings.VNEID_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.PUBLIC_BASE_URL = "http://localhost"
    metadata.provider.cache_clear()
    yield running_standin
    metadata.provider.cache_clear()


@pytest.fixture
def citizen(standin: StandIn) -> Citizen:
    """Somebody whose browser has a session at the portal."""
    return Citizen(standin)


@pytest.fixture
def phone(standin: StandIn) -> Phone:
    return Phone(standin)


@pytest.fixture
def person(db: None) -> InsuredPerson:
    person = InsuredPerson(
        bhxh_code=CODE, full_name="NGUYỄN THỊ THỬ NGHIỆM", date_of_birth=date(1990, 4, 12), gender="female"
    )
    person.set_citizen_id("001190000107")
    person.save()
    return person


@pytest.fixture
def account(person: InsuredPerson) -> User:
    user = User(username=CODE, person=person, full_name=person.full_name)
    user.set_phone(PHONE)
    user.set_password(PASSWORD)
    user.save()
    return user
