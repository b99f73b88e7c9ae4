"""Codes that are good no longer: reissued cards, withdrawn prints, frozen accounts; online and by the signed list."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
import time_machine
from django.test import Client

from insurance import card_tokens, revocations
from insurance.actions.card_prints import withdraw_prints
from insurance.reads.cards import card_of
from tests.insurance.factories import NOW, CardFactory, PersonFactory
from vssid.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def card(person):
    return CardFactory(person=person)


def printed(person, at=NOW):
    return card_tokens.sign_for_paper(card_of(person.pk, NOW.date()).says_of(person), at)


def asked(token, at=LATER):
    with time_machine.travel(at, tick=False):
        answer = Client().post("/api/v1/cards/verify", {"token": token}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    return answer.json()


def listed(at=LATER):
    """The entries of the list, read with the public keys as a clinic reads it."""
    with time_machine.travel(at, tick=False):
        client = Client()
        (key,) = jwt.PyJWKSet.from_dict(client.get("/.well-known/jwks.json").json()).keys
        answer = client.get("/.well-known/bhyt-revoked.json")
        parts = answer.json()
        token = ".".join((parts["protected"], parts["payload"], parts["signature"]))
        assert jwt.get_unverified_header(token)["typ"] == "bhyt-revoked"
        assert "max-age=300" in answer["Cache-Control"]
        return dict(jwt.decode(token, key, ["ES256"])["r"])


def test_a_good_card_is_valid_and_in_no_list(person, card):
    assert asked(printed(person)) == {"status": "valid"}
    assert listed() == {}


def test_a_reissued_card_is_revoked_at_once(person, card):
    token = printed(person)
    card.revoked_at = NOW - timedelta(days=4)  # as of an earlier day than the print
    card.save()

    assert asked(token) == {"status": "revoked"}
    assert listed()[card.pk] > NOW.timestamp()


def test_a_card_the_database_no_longer_knows_is_revoked(person, card):
    token = printed(person)
    card.delete()

    assert asked(token) == {"status": "revoked"}


def test_a_withdrawn_print_is_revoked_and_the_next_one_is_good(person, card, django_capture_on_commit_callbacks):
    lost = printed(person)
    assert listed(NOW) == {}
    with django_capture_on_commit_callbacks(execute=True):
        assert withdraw_prints(person_id=person.pk, by="user:1", at=NOW + timedelta(minutes=10)) == 1

    assert asked(lost) == {"status": "revoked"}
    assert asked(printed(person, NOW + timedelta(minutes=11))) == {"status": "valid"}
    assert listed() == {card.pk: int((NOW + timedelta(minutes=10)).timestamp())}
    event = AuditEvent.objects.get(event="card.prints_withdrawn")
    assert (event.actor, event.subject) == ("user:1", f"person:{person.pk}")


def test_withdrawing_twice_counts_from_the_second_time(person, card):
    for minutes in (1, 2):
        withdraw_prints(person_id=person.pk, by="user:1", at=NOW + timedelta(minutes=minutes))

    assert listed() == {card.pk: int((NOW + timedelta(minutes=2)).timestamp())}


def test_cards_that_are_over_leave_the_list(person):
    today, yesterday = NOW.date(), NOW.date() - timedelta(days=1)
    ending = CardFactory(person=person, valid_to=today, revoked_at=NOW)
    CardFactory(person=person, valid_to=yesterday, revoked_at=NOW)
    CardFactory(person=PersonFactory(bhxh_code="0099000115"), valid_to=yesterday)

    assert withdraw_prints(person_id=person.pk, by="user:1", at=NOW) == 0
    assert set(listed()) == {ending.pk}


def test_a_card_that_was_shortened_ends_with_its_new_last_day(person, card):
    token = printed(person)
    card.valid_to = NOW.date() - timedelta(days=1)
    card.save()

    assert asked(token) == {"status": "ended"}


@pytest.mark.parametrize(
    ("change", "status"),
    [(lambda token: token, "valid"), (lambda token: token[:-3] + "AAA", "invalid"), (lambda token: "x", "invalid")],
)
def test_the_answers_of_the_open_check(person, card, change, status):
    assert asked(change(printed(person))) == {"status": status}


def test_a_code_of_the_api_passes_the_check(person, card):
    token, expires_at = card_tokens.sign(card_of(person.pk, NOW.date()).says_of(person), NOW)

    assert asked(token, NOW) == {"status": "valid"}
    assert asked(token, expires_at) == {"status": "ended"}


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 2001}, {"token": ["x"]}, []])
def test_a_question_without_a_code_is_refused(body):
    answer = Client().post("/api/v1/cards/verify", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_who_asks_too_often_waits():
    with time_machine.travel(NOW, tick=False):
        answers = [
            Client().post("/api/v1/cards/verify", {"token": "x"}, content_type="application/json") for _ in range(61)
        ]

    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_neighbours_do_not_share_a_verdict(person, card):
    other = PersonFactory(bhxh_code="0099000115")
    CardFactory(person=other)
    withdraw_prints(person_id=other.pk, by="user:2", at=NOW + timedelta(minutes=1))

    assert asked(printed(person)) == {"status": "valid"}
    assert revocations.check(printed(other), LATER).status == "revoked"
