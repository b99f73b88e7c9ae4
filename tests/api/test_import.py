"""Systems of the agency bring records in by the API, as the command does from files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from insurance.api.imports import MOST_BODY, MOST_ROWS
from insurance.models import ContributionPeriod, HealthCard
from tests.admin.conftest import NEAR, make_staff
from tests.api.conftest import system_token
from tests.insurance.factories import EmployerFactory, FacilityFactory, PersonFactory
from tests.insurance.test_imports import CARD, PERIOD
from tests.registration.conftest import make_places
from vssid.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(db: None) -> Callable[..., Any]:
    """`send(kind, rows)` as a system that may write records."""
    make_places()
    FacilityFactory()
    EmployerFactory(code="TZ0001M")
    PersonFactory(bhxh_code="0099000107")
    token = system_token(make_staff("he-thong.nguon", "officer", NEAR), "records:write")

    def post(kind: Any, rows: Any, **headers: str) -> Any:
        sent = Client(headers={"authorization": f"Bearer {token}", "accept-language": "en", **headers})
        return sent.post("/api/v1/records/import", {"kind": kind, "rows": rows}, content_type="application/json")

    return post


def test_rows_that_can_be_come_in_and_the_others_are_named(send):
    answer = send("periods", [PERIOD | {"salary": 8_000_000}, PERIOD | {"from": "2020-13"}, PERIOD | {"employer": "?"}])

    assert answer.status_code == 200
    assert answer.json()["accepted"] == 1
    assert [(row["row"], list(row["errors"])) for row in answer.json()["refused"]] == [(2, ["from"]), (3, ["employer"])]
    (error,) = answer.json()["refused"][0]["errors"]["from"]
    assert error == {"code": "row_refused", "message": "Write the month as year-month, for example 2026-12."}
    assert ContributionPeriod.objects.get().salary == 8_000_000


def test_the_same_batch_again_changes_nothing(send):
    for _time in range(2):
        assert send("cards", [CARD]).json() == {"accepted": 1, "refused": []}

    assert HealthCard.objects.count() == 1


def test_a_batch_with_a_key_is_answered_as_the_first_time(send):
    first = send("cards", [CARD], **{"idempotency-key": "a-key-of-mine"})
    again = send("cards", [CARD], **{"idempotency-key": "a-key-of-mine"})

    assert first.json() == again.json()
    assert AuditEvent.objects.filter(event="records.imported").count() == 1


def test_who_brought_records_in_stands_in_the_audit_log_without_the_records(send):
    send("cards", [CARD, CARD | {"source_key": "?"}])

    event = AuditEvent.objects.get(event="records.imported")
    assert event.actor.startswith("application:system-")
    assert event.facts == {"kind": "cards", "accepted": 1, "refused": 1}


@pytest.mark.parametrize(
    ("kind", "rows", "field"),
    [
        ("gold", [CARD], "kind"), ("cards", [], "rows"), ("cards", {}, "rows"), ("cards", None, "rows"),
        ("cards", [CARD, 7], "rows"), ("cards", [CARD | {"number": ["DN"]}], "rows"),
        ("cards", [CARD] * (MOST_ROWS + 1), "rows"),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_whole(send, kind, rows, field):
    answer = send(kind, rows)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:vssid:problem:invalid")
    assert list(answer.json()["errors"]) == [field]
    assert not HealthCard.objects.exists()


def test_half_a_sign_is_no_text(send):
    assert send("cards", [CARD | {"number": "\ud800"}]).json()["type"] == "urn:vssid:problem:parse_error"


def test_a_body_that_is_too_large_is_refused(send):
    assert send("cards", [CARD | {"number": "x" * MOST_BODY}]).status_code == 413


def test_an_application_for_citizens_writes_no_records(citizen, token_for):
    answer = Client(headers={"authorization": f"Bearer {token_for(citizen, 'records:write')}"}).post(
        "/api/v1/records/import", {"kind": "cards", "rows": [CARD]}, content_type="application/json"
    )

    assert answer.status_code == 403
    assert not HealthCard.objects.filter(source_key="c-1").exists()
