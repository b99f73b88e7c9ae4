"""What anybody may ask: places, services and their schemas, estimates, whether a document is ours."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from insurance.models import Facility, Statement
from services import estimators, procedures
from tests.insurance.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference():
    call_command("load_reference", verbosity=0)


def post(path, body):
    client = Client(headers={"accept-language": "en"})
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def test_provinces_wards_and_what_they_were_made_from(ask, reference):
    provinces = {row["code"]: row for row in ask("provinces").json()["results"]}
    wards = ask("wards?province=01").json()["results"]

    assert len(provinces) == 34
    assert "Hà Giang" in " ".join(provinces["08"]["former"]) or provinces["08"]["former"]
    assert {ward["province"] for ward in wards} == {"01"}
    assert ask("wards").json()["errors"].keys() == {"province"}


def test_offices_are_found_by_their_words_and_by_the_wards_they_serve(ask, reference):
    by_name = ask("offices?q=ba dinh").json()["results"]
    assert by_name
    assert ask("offices?q=ba dinh&province=04").json()["results"] == []


def test_facilities_come_in_pages_that_meet(ask, reference, monkeypatch):
    monkeypatch.setattr("insurance.api.places.ByCode.page_size", 2)
    for code in ("01991", "01992", "01993"):
        Facility.objects.create(code=code, name=f"Trạm Ví Dụ {code}", province_id="01", made_up=True)

    first = ask("facilities?province=01").json()
    second = ask("facilities?" + first["next"].split("?")[1]).json()

    assert [row["code"] for row in first["results"] + second["results"]] == ["01991", "01992", "01993"]
    assert second["next"] is None
    assert [row["code"] for row in ask("facilities?q=vi du 01992").json()["results"]] == ["01992"]
    assert ask("facilities?registers=perhaps").status_code == 400


def test_lists_cost_one_query_whatever_they_hold(ask, reference, django_assert_num_queries):
    for path, queries in (("provinces", 2), ("wards?province=01", 1), ("offices", 1), ("facilities", 1)):
        with django_assert_num_queries(queries):
            ask(path)


def test_each_service_has_a_schema_in_the_readers_language(ask):
    listed = ask("procedures").json()["results"]
    assert {row["code"] for row in listed} == {one.code for one in procedures.offered()}
    by_api = {row["code"]: row["by_api"] for row in listed}
    assert (by_api["feedback"], by_api["payee-change"]) == (True, False)

    one = ask("procedures/feedback").json()
    Draft202012Validator.check_schema(one["schema"])
    assert one["schema"]["properties"]["text"]["title"] == "Tell us"
    assert one["papers"] == [
        {"name": "picture", "label": "Picture or document", "required": False, "help": "", "only": None}
    ]
    vietnamese = Client(headers={"accept-language": "vi"}).get("/api/v1/procedures/feedback").json()
    assert vietnamese["name"] != one["name"]
    assert ask("procedures/nothing-such").status_code == 404


def test_answers_that_do_not_change_have_an_etag(ask):
    first = ask("procedures")
    again = ask("procedures", headers={"if-none-match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")


GOOD = {
    "bhxh-mot-lan": {"case": "a", "periods": [{"first": "2020-01", "last": "2023-12", "salary": 8_000_000}]},
    "luong-huu": {
        "gender": "female",
        "born": "1970-02-09",
        "retires": "2027-03",
        "periods": [{"first": "2000-01", "last": "2023-12", "salary": 8_000_000}],
    },
    "thai-san": {"who": "mother", "born": "2026-10-01", "children": 1, "salary": 8_000_000, "months": 12},
    "thai-san-tu-nguyen": {"born": "2026-10-01", "children": 1, "months": 12},
    "om-dau": {"salary": 10_000_000, "days": 5, "years": 3},
    "con-om": {"age": 2, "salary": 10_000_000, "days": 3},
    "duong-suc": {"cause": "5", "days": 5},
    "tang-luong-huu-2026": {"monthly": 5_000_000},
    "dong-hang-thang": {"salary": 10_000_000, "region": "I"},
    "that-nghiep": {"salary": 10_000_000, "months": 24, "ended": "2026-10-31", "region": "I"},
    "bhyt-ho-gia-dinh": {"members": 3, "months": "12"},
    "bhxh-tu-nguyen": {"income": 2_000_000, "months": "3", "group": "other"},
}


def test_the_example_of_each_topic_is_here():
    assert GOOD.keys() == estimators.TOPICS.keys()


@pytest.mark.parametrize("topic", GOOD)
def test_each_topic_is_estimated_line_by_line_with_its_law(topic, ask, reference):
    [schema] = [row["schema"] for row in ask("estimates").json()["results"] if row["topic"] == topic]
    assert Draft202012Validator(schema).is_valid(GOOD[topic])

    answer = post(f"estimates/{topic}", GOOD[topic])

    found = answer.json()
    assert answer.status_code == 200, found
    assert found["lines"] or found["missing"]
    assert all(line["law"] and isinstance(line["result"]["value"], int | float) for line in found["lines"])
    assert found["total"] is None or isinstance(found["total"], int)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("topic", "body", "status"),
    [
        ("nothing-such", {}, 404),
        ("om-dau", {}, 400),
        ("om-dau", [], 400),
        ("om-dau", None, 400),
        ("om-dau", {**GOOD["om-dau"], "days": "5"}, 400),
        ("om-dau", {**GOOD["om-dau"], "days": 5000}, 400),
        ("om-dau", {**GOOD["om-dau"], "more": 1}, 400),
    ],
)
def test_what_no_estimate_can_be_made_of_is_refused(topic, body, status, reference):
    assert post(f"estimates/{topic}", body).status_code == status


def test_a_document_is_ours_by_its_code_and_the_same_by_its_hash():
    file = b"%PDF of a statement"
    code, digest = "abcdefghjkmnpqrstvwx"[:20], hashlib.sha256(file)
    Statement.objects.create(code=code, person=PersonFactory(), made_at=timezone.now(), digest=digest.digest())

    typed = "-".join(code[place : place + 5] for place in range(0, 20, 5)).upper()
    found = post("documents/verify", {"code": typed}).json()
    assert (found["status"], found["same"]) == ("issued", None)
    assert post("documents/verify", {"code": code, "sha256": digest.hexdigest()}).json()["same"] is True
    assert post("documents/verify", {"code": code, "sha256": "0" * 64}).json()["same"] is False
    unknown = {"status": "unknown", "made_at": None, "same": None}
    assert post("documents/verify", {"code": "z" * 20}).json() == unknown
    assert post("documents/verify", {"code": code, "sha256": "zz"}).status_code == 400
