"""Looking at a child's records, until the child is 18."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Guardianship, User
from accounts.tasks import end_guardianships
from tests.children.conftest import (
    FATHER,
    FATHERS_PHONE,
    LIST,
    MOTHER,
    MOTHERS_PHONE,
    PATH,
    approve,
    browser_of,
    give_card,
    make_parent,
    register,
    words,
)
from tests.registration.conftest import phone_shows
from vssid.audit.models import AuditEvent

HOME, CARD, HISTORY = "/ca-nhan/", "/the-bhyt/", "/qua-trinh-tham-gia/"


def switch(person) -> str:
    return f"/tai-khoan/thanh-vien/{person.pk}/"


@pytest.fixture
def family(browser, mother, child, officer) -> Guardianship:
    """The child stands under the mother's account and has a card."""
    approve(register(browser), officer)
    give_card(child)
    return Guardianship.objects.get()


def test_the_mother_looks_at_her_childs_card_and_back_at_her_own(browser, mother, child, family):
    assert "TRẦN BẢN MẪU" in words(browser.get(HOME))
    assert browser.get(CARD).context["person"] == mother.person

    assert browser.post(switch(child)).url == HOME

    for address in (HOME, CARD, "/the-bhyt/ma/", HISTORY):
        page = words(browser.get(address))
        assert "You are looking at the records of TRẦN BẢN MẪU" in page, address
    assert "HS4010099000116" in words(browser.get(CARD)).replace(" ", "")
    assert AuditEvent.objects.get(event="child.viewed").actor == mother.actor
    browser.post(switch(mother.person))
    assert "You are looking at" not in words(browser.get(HOME))
    assert browser.get(CARD).context["person"] == mother.person


def test_account_and_password_stay_the_mothers(browser, child, family):
    browser.post(switch(child))

    for address in ("/tai-khoan/", "/mat-khau/doi/", LIST):
        page = words(browser.get(address))
        assert "You are looking at" not in page
    assert MOTHER in words(browser.get("/tai-khoan/"))
    assert browser.get(PATH).status_code == 200


def test_switching_needs_a_form(browser, child, family, mother):
    assert browser.get(switch(child)).url == HOME
    assert browser.get(CARD).context["person"] == mother.person


def test_another_persons_child_is_not_there(child, family, mother):
    stranger = browser_of(make_parent(FATHER, "TRẦN VĂN THỬ", FATHERS_PHONE))

    assert stranger.post(switch(child)).status_code == 404
    assert stranger.post(switch(mother.person)).status_code == 404
    assert stranger.post("/tai-khoan/thanh-vien/999999999999999999999999999999/").status_code == 404
    assert "TRẦN BẢN MẪU" not in words(stranger.get(HOME))


def test_the_child_sees_nothing_of_the_mother(child, family, mother):
    account = User.objects.get(person=child)
    account.must_change_password = False
    account.save()
    own = browser_of(account)

    assert own.post(switch(mother.person)).status_code == 404
    assert own.get(CARD).context["person"] == child


def test_a_look_ends_when_the_ground_for_it_ends(browser, child, family, mother):
    browser.post(switch(child))
    Guardianship.objects.update(ended_at=timezone.now())

    page = words(browser.get(CARD))

    assert "no longer under your account" in page or browser.get(CARD).context["person"] == mother.person
    assert "HS401" not in page


def test_freezing_the_childs_account_undoes_the_approval(browser, child, family, mother):
    browser.post(switch(child))
    User.objects.filter(person=child).update(frozen_at=timezone.now())

    assert browser.get(CARD).context["person"] == mother.person
    assert browser.post(switch(child)).status_code == 404


@pytest.mark.parametrize("address", [HOME, CARD, HISTORY])
def test_looking_at_a_child_asks_the_database_once_more(browser, child, mother, family, address):
    give_card(mother.person)
    browser.get(address)
    cache.clear()
    with CaptureQueriesContext(connection) as own:
        browser.get(address)
    browser.post(switch(child))
    browser.get(address)
    cache.clear()

    with CaptureQueriesContext(connection) as childs:
        browser.get(address)

    assert len(childs) <= (7 if address == HOME else 6)  # session, user, family, and what the page reads
    assert len(childs) <= len(own) + 1


def test_on_the_18th_birthday_the_look_ends_by_itself(browser, child, family, mother, clock):
    clock.move_to(datetime(2034, 5, 31, 16, 59, tzinfo=UTC))  # 23:59 in Vietnam, the day before
    browser = browser_of(mother)
    browser.post(switch(child))
    assert browser.get(CARD).context["person"] == child

    clock.move_to(datetime(2034, 5, 31, 17, 0, tzinfo=UTC))

    assert browser.get(CARD).context["person"] == mother.person
    assert browser.post(switch(child)).status_code == 404


def test_the_hand_over_is_told_to_both_once(child, family, clock):
    User.objects.filter(person=child).update(must_change_password=False)
    account = User.objects.get(person=child)
    account.set_phone("+84900000199")
    account.save()
    clock.move_to(datetime(2034, 5, 31, 17, 5, tzinfo=UTC))

    assert end_guardianships() == 1
    assert end_guardianships() == 0

    family.refresh_from_db()
    assert family.ended_at == timezone.now()
    assert "du 18 tuoi" in phone_shows(MOTHERS_PHONE)[0]
    assert len([text for text in phone_shows("+84900000199") if "du 18 tuoi" in text]) == 1
    assert AuditEvent.objects.filter(event="guardianship.ended").count() == 1


def test_a_child_who_shares_the_mothers_phone_is_not_told_twice(child, family, clock):
    clock.move_to(datetime(2034, 6, 2, tzinfo=UTC))

    end_guardianships()

    assert len([text for text in phone_shows(MOTHERS_PHONE) if "18 tuoi" in text]) == 1


def test_nobody_is_handed_over_early(family, clock):
    clock.move_to(datetime(2034, 5, 31, 16, 59, tzinfo=UTC))

    assert end_guardianships() == 0


def test_born_on_29_february():
    from accounts.rules.children import majority_on

    assert majority_on(date(2016, 2, 29)) == date(2034, 3, 1)
