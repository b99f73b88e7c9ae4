"""The demonstration: its cast as the contract names it, made once, marked as made up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import RegistrationDossier, User
from insurance.models import ContributionPeriod, Employer, Facility, InsuredPerson
from vssid.demo import cast, records, seed
from vssid.sms.inbox import messages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def portal(client):
    """A portal with the cast."""
    call_command("load_reference", verbosity=0)
    seed.seed()
    return client


def test_the_cast_has_the_shape_that_other_tools_rely_on(portal):
    company = portal.get("/demo/?format=json").json()

    person = {"full_name", "date_of_birth", "citizen_id", "phone", "note"}
    assert {"username", "password", *person} <= set(company["citizens"][0])
    assert {"bhxh_code", "gender", *person} <= set(company["unregistered"][0])
    assert {"username", "password", "totp_secret", "office", "role", "note"} <= set(company["staff"][0])
    assert {"code", "name"} == set(company["offices"][0])
    assert {"username", "password", "level", "citizen_id"} <= set(company["vneid"][0])
    assert {"client_id", "client_secret", "grant", "scopes", "redirect_uris"} == set(company["clients"][0])
    for citizen in company["citizens"][:2]:
        user = User.objects.get(username=citizen["username"])
        assert user.check_password(citizen["password"])
        assert not user.must_change_password
        assert not hasattr(user, "vneid_link")
    for stranger in company["unregistered"]:
        assert not User.objects.filter(username=stranger["bhxh_code"]).exists()


def test_everybody_and_everything_is_marked_as_made_up(portal):
    for model in (InsuredPerson, Employer, Facility):
        assert not model.objects.filter(made_up=False).exists()
    assert "trình diễn" in User.objects.filter(is_staff=True).first().full_name


def test_a_second_seed_changes_nothing(portal):
    before = (User.objects.count(), RegistrationDossier.objects.count(), ContributionPeriod.objects.count())
    passwords = list(User.objects.order_by("pk").values_list("password", flat=True))
    seed.seed()

    assert before == (User.objects.count(), RegistrationDossier.objects.count(), ContributionPeriod.objects.count())
    assert passwords == list(User.objects.order_by("pk").values_list("password", flat=True))


def test_next_month_the_records_still_end_with_the_last_full_month(portal):
    later = (timezone.localdate().replace(day=1) + timedelta(days=40)).replace(day=12)
    periods = ContributionPeriod.objects.count()
    seed.seed_records(later)

    last = ContributionPeriod.objects.latest("to_month").to_month
    assert (last.year * 12 + last.month) == later.year * 12 + later.month - 1
    assert abs(ContributionPeriod.objects.count() - periods) <= len(records.rows(later)["periods"]) // 10


def test_the_inbox_shows_one_phones_messages_newest_first(portal):
    who = cast.PEOPLE[0]
    national = portal.get("/demo/sms/", {"format": "json", "to": "0" + who.phone[3:]}).json()

    assert national == portal.get("/demo/sms/", {"format": "json", "to": who.phone}).json()
    assert len(national) == len(messages(who.phone)) >= 3
    assert {item["to"] for item in national} == {who.phone}
    assert [item["sent_at"] for item in national] == sorted((item["sent_at"] for item in national), reverse=True)
    assert portal.get("/demo/sms/", {"format": "json", "to": "nobody"}).json() == []


def test_the_stand_in_knows_the_same_people(portal):
    users = cast.vneid_users()

    assert {user["level"] for user in users} == {1, 2}
    for user in users:
        person = InsuredPerson.objects.with_citizen_id(str(user["citizen_id"])).get()
        assert (person.full_name, person.date_of_birth.isoformat()) == (user["name"], user["birthdate"])
