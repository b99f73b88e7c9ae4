import pytest
import time_machine

from accounts.models import User
from insurance.models import InsuredPerson
from tests.insurance.factories import NOW, PersonFactory


@pytest.fixture
def person(db) -> InsuredPerson:
    """A made-up insured person without card or history."""
    return PersonFactory(bhxh_code="0099000107")


@pytest.fixture
def citizen(client, person):
    """A browser in which this person is logged in, on 5 December 2026."""
    user = User.objects.create(username=person.bhxh_code, person=person, full_name=person.full_name)
    with time_machine.travel(NOW, tick=False):
        client.force_login(user)
        yield client
