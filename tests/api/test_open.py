"""What anybody may ask, the shape of errors, the document."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db


def test_offices_of_a_province(ask, offices):
    found = ask("offices?province=01").json()

    codes = [office["code"] for office in found["results"]]
    assert "00103" in codes
    assert codes == sorted(codes)
    assert {office["province"] for office in found["results"]} == {"01"}
    assert found["next"] is None


@pytest.mark.parametrize("province", ["1", "abc", "١٢", "0%00", "%F0%9F%90%8D"])
def test_a_province_that_is_none_is_named(ask, offices, province):
    answer = ask(f"offices?province={province}")

    assert answer.status_code == 400
    assert "province" in answer.json()["errors"]


def test_errors_are_problems_in_the_readers_language(ask):
    english = ask("nothing/here")
    vietnamese = Client(headers={"accept-language": "vi"}).get("/api/v1/me")

    assert english.status_code == 404
    assert english.json()["type"] == "urn:vssid:problem:not_found"
    assert vietnamese.json()["title"] != Client(headers={"accept-language": "en"}).get("/api/v1/me").json()["title"]


@pytest.mark.parametrize(("method", "status"), [("post", 405), ("put", 405), ("delete", 405)])
def test_other_methods_are_problems_too(method, status, ask, offices):
    answer = getattr(Client(), method)("/api/v1/offices", data="{", content_type="application/json")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_document_describes_every_endpoint_and_is_valid(capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")
    document = json.loads(capsys.readouterr().out)

    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) >= {
        "/api/v1/me",
        "/api/v1/me/card",
        "/api/v1/me/contributions",
        "/api/v1/me/contributions/summary",
        "/api/v1/offices",
    }
    card = document["paths"]["/api/v1/me/card"]["get"]
    assert card["security"] == [{"oauth2": ["card"]}]
    assert {"200", "401", "403"} <= set(card["responses"])
