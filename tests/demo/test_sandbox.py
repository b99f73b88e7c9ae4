"""The sandbox: made-up citizens of whom each is what the note beside the name says, whatever day it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.actions import merging
from accounts.models import Guardianship, IdentityMerge, User
from accounts.rules.children import majority_on
from insurance.models import ContributionPeriod, HealthCard, InsuredPerson
from insurance.reads.cards import card_of
from insurance.reads.contributions import KINDS, summary_of
from vssid.demo import cast, seed

pytestmark = pytest.mark.django_db(transaction=True)


def code(serial: int) -> str:
    return f"0199000{serial}"


def person(serial: int) -> InsuredPerson:
    return InsuredPerson.objects.get(bhxh_code=code(serial))


def test_the_sandbox_shows_every_rule(client) -> None:
    call_command("load_reference", verbosity=0)
    seed.seed()
    today = timezone.localdate()

    listed = client.get("/demo/?format=json").json()
    assert len(listed["citizens"]) >= 40
    assert all(one["note"] for one in (*listed["citizens"], *listed["children"]))
    assert {1, 2} == {user["level"] for user in listed["vneid"]}

    cards = {card.person.bhxh_code: card for card in HealthCard.objects.select_related("person")}
    ends = {serial: (cards[code(serial)].valid_to - today).days for serial in (521, 522)}
    assert ends == {521: -1, 522: 0}
    assert cards[code(523)].valid_from == today + timedelta(days=5)
    assert card_of(person(524).pk, today) is None

    assert majority_on(person(501).date_of_birth) == today + timedelta(days=20)
    assert Guardianship.objects.active(today).filter(parent__username=code(502)).count() == 2
    assert majority_on(person(503).date_of_birth) < today
    assert person(543).birth_year_only
    assert person(546).citizen_id is None

    months = {serial: summary_of(person(serial).pk)[KINDS["bhxh"]] for serial in (508, 509, 513, 514)}
    assert months[508].months == 600
    assert ContributionPeriod.objects.filter(person=person(508)).count() >= 400
    assert months[509].owed_months == 14
    assert (months[513].months, months[514].months) == (180, 179)
    assert ContributionPeriod.objects.filter(person=person(511), voluntary=True).exists()

    accounts = User.objects.in_bulk([one["username"] for one in listed["citizens"]], field_name="username")
    assert all(accounts[who.code].check_password(cast.PASSWORD) for who in cast.PEOPLE if who.sandbox and who.account)
    assert accounts[code(542)].frozen_at
    assert accounts[code(544)].phone_changed_at
    assert accounts[code(549)].frozen_at, "the account of the code that does not count"
    merge = IdentityMerge.objects.get()
    assert (merge.kept, merge.outcome) == (person(548), IdentityMerge.Outcome.APPROVED)
    assert merging.waiting(merge.dossier) is None
