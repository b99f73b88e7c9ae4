"""An application reads what its citizen allowed, of that citizen and of nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from insurance import card_tokens
from vssid.notices import posting
from vssid.notices.kinds import Kind

pytestmark = pytest.mark.django_db

PRIVATE = {
    "me": "profile",
    "me/card": "card",
    "me/card/qr": "card",
    "me/contributions": "contributions",
    "me/contributions/summary": "contributions",
    "me/notices": "notices",
}


def test_me_masks_numbers_but_for_their_last_four_signs(ask, citizen, token_for):
    answer = ask("me", token_for(citizen, "profile"))

    me = answer.json()
    assert me == {
        "bhxh_code": "0099100001",
        "citizen_id": me["citizen_id"],
        "full_name": "NGUYỄN THỊ THỬ NGHIỆM",
        "date_of_birth": "1985-02-09",
        "gender": "female",
        "phone": me["phone"],
        "address": "Số 0, ngõ Ví Dụ",
    }
    assert me["citizen_id"].endswith(citizen.person.citizen_id[-4:])
    assert citizen.person.citizen_id[:8] not in answer.content.decode()
    assert me["phone"].endswith("0001")
    assert citizen.phone[3:8] not in me["phone"]


def test_somebody_whose_day_of_birth_is_unknown_has_a_year(ask, citizen, token_for):
    person = citizen.person
    person.birth_year_only, person.date_of_birth = True, person.date_of_birth.replace(month=1, day=1)
    person.save()

    assert ask("me", token_for(citizen, "profile")).json()["date_of_birth"] == "1985"


def test_the_card_has_the_shape_of_the_contract(ask, citizen, token_for):
    card = ask("me/card", token_for(citizen, "card")).json()

    assert set(card) == {
        "number", "object_code", "level", "valid_from", "valid_to", "facility", "five_years_from", "status",
    }  # fmt: skip
    assert (card["number"], card["object_code"], card["level"], card["status"]) == ("DN4010099100001", "DN", 4, "valid")
    assert card["facility"] == {"code": "01000", "name": "Trạm Y tế phường Ví Dụ"}
    assert card["valid_to"] > timezone.localdate().isoformat()


def test_without_a_card_the_status_says_so(ask, citizen, token_for):
    citizen.person.cards.all().delete()

    card = ask("me/card", token_for(citizen, "card")).json()
    assert card.pop("status") == "none"
    assert set(card.values()) == {None}


def test_the_code_of_the_card_is_made_for_five_minutes(ask, citizen, token_for):
    token = token_for(citizen, "card")

    code = ask("me/card/qr", token).json()

    assert set(code) == {"token", "expires_at"}
    assert card_tokens.verify(code["token"], timezone.now()).said.number == "DN4010099100001"
    left = datetime.fromisoformat(code["expires_at"]) - timezone.now()
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    citizen.person.cards.all().delete()
    assert ask("me/card/qr", token).status_code == 404


def test_periods_are_months_and_whole_dong(ask, citizen, token_for):
    page = ask("me/contributions", token_for(citizen, "contributions")).json()

    assert (page["next"], page["previous"]) == (None, None)
    assert [period["kind"] for period in page["results"]] == ["bhxh", "bhyt"]
    first = page["results"][0]
    assert set(first) == {"kind", "from", "to", "employer", "position", "salary", "status"}
    assert len(first["from"]) == len("2026-01")
    assert isinstance(first["salary"], int)


def test_periods_of_the_asked_funds_only(ask, citizen, token_for):
    token = token_for(citizen, "contributions")

    assert [p["kind"] for p in ask("me/contributions?kind=bhyt", token).json()["results"]] == ["bhyt"]
    assert len(ask("me/contributions?kind=bhxh,bhyt", token).json()["results"]) == 2
    assert ask("me/contributions?kind=bhtn", token).json()["results"] == []


def test_a_long_history_comes_in_pages_that_meet(ask, citizen, token_for, monkeypatch):
    monkeypatch.setattr("insurance.api.records.PAGE", 1)
    token = token_for(citizen, "contributions")

    first = ask("me/contributions", token).json()
    second = ask("me/contributions?" + first["next"].split("?")[1], token).json()

    assert (first["previous"], second["next"]) == (None, None)
    assert [p["kind"] for p in first["results"] + second["results"]] == ["bhxh", "bhyt"]
    assert ask("me/contributions?" + second["previous"].split("?")[1], token).json() == first


@pytest.mark.parametrize(
    "query", ["kind=everything", "cursor=!", "cursor=bz0tMQ==", "cursor=bz05OTk5OTk5OQ==", "cursor=đ"]
)
def test_a_wrong_parameter_is_named(ask, citizen, token_for, query):
    answer = ask(f"me/contributions?{query}", token_for(citizen, "contributions"))

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.split("=")[0]]


def test_totals_per_fund(ask, citizen, token_for):
    totals = ask("me/contributions/summary", token_for(citizen, "contributions")).json()

    assert set(totals) == {"bhxh", "bhtn", "tnld", "bhyt"}
    assert totals["bhtn"] == {"months": 0, "owed_months": 0}
    assert totals["bhxh"]["months"] > 0


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_without_a_token(ask, citizen, path):
    answer = ask(path)

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("path", "scope"), PRIVATE.items())
def test_a_token_opens_what_its_scope_says(ask, citizen, token_for, path, scope):
    others = " ".join(set(PRIVATE.values()) - {scope})

    assert ask(path, token_for(citizen, scope)).status_code == 200
    refused = ask(path, token_for(citizen, others))
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:vssid:problem:permission_denied"


@pytest.mark.parametrize("path", PRIVATE)
def test_personal_answers_are_kept_by_nobody(ask, citizen, token_for, path):
    assert ask(path, token_for(citizen, PRIVATE[path])).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PRIVATE)
def test_a_token_speaks_for_its_own_citizen(ask, citizen, neighbour, token_for, path):
    own = ask(path, token_for(citizen, PRIVATE[path])).content.decode()

    assert neighbour.username not in own
    assert "Ví Dụ 2" not in own


def test_an_ended_token_opens_nothing(ask, citizen, token_for):
    assert ask("me", token_for(citizen, "profile", seconds=-1)).status_code == 401


def test_a_token_in_the_address_opens_nothing(ask, citizen, token_for):
    assert ask(f"me?access_token={token_for(citizen, 'profile')}").status_code == 401


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"frozen_at": timezone.now()}, {"must_change_password": True}]
)
def test_an_account_that_is_closed_closes_its_tokens(ask, citizen, token_for, change):
    token = token_for(citizen, "profile")
    type(citizen).objects.filter(pk=citizen.pk).update(**change)

    assert ask("me", token).status_code == 401


def test_a_history_is_one_query_beside_the_token(ask, citizen, token_for, django_assert_num_queries):
    token = token_for(citizen, "contributions")
    ask("me/contributions", token)

    with django_assert_num_queries(2):
        ask("me/contributions", token)


def test_notices_are_told_to_their_person_alone(ask, citizen, neighbour, token_for):
    for user in (citizen, neighbour):
        facts = {"name": f"Phone of {user.pk}"}
        kind, key = Kind.SECURITY_PASSKEY_ADDED, f"test:{user.pk}"
        posting.post(person_id=user.person_id, kind=kind, dedupe_key=key, at=timezone.now(), **facts)
    page = ask("me/notices", token_for(citizen, "notices")).json()
    assert set(page) == {"next", "previous", "results"}
    [told] = page["results"]
    assert set(told) == {"id", "kind", "title", "body", "url", "created_at", "read_at"}
    assert told["title"] == f"The passkey “Phone of {citizen.pk}” was added"
