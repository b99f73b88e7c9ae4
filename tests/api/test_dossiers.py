"""A system of an office reads and decides dossiers as its officers do, and of no other office."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.dossiers import leases
from accounts.models import RegistrationDossier, User
from tests.admin.conftest import CITY, FAR, NEAR, make_dossier, make_staff
from tests.api.conftest import kind_of, system_token
from tests.registration.conftest import make_person
from vssid.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
PATH = "/api/v1/dossiers"
SCOPES = "dossiers dossiers:decide"


class System:
    """A system that acts as a staff account."""

    def __init__(self, staff):
        headers = {"authorization": f"Bearer {system_token(staff, SCOPES)}", "accept-language": "en"}
        self.staff, self.client = staff, Client(headers=headers)

    def get(self, path=""):
        return self.client.get(f"{PATH}{path}")

    def post(self, dossier, step, body, **headers):
        return self.client.post(
            f"{PATH}/{dossier.url_number}/{step}", json.dumps(body), content_type="application/json", headers=headers
        )


@pytest.fixture
def person(places):
    return make_person()


@pytest.fixture
def system(places):
    return System(make_staff("he-thong.gan", "officer", NEAR))


@pytest.fixture
def dossier(person):
    return make_dossier(person)


def test_the_list_is_that_of_its_offices_the_longest_waiting_first(system, person, places):
    mine = [make_dossier(person, NEAR, photos=False) for _ in range(3)]
    make_dossier(person, FAR, photos=False)
    RegistrationDossier.objects.filter(pk=mine[2].pk).update(status="returned")

    rows = system.get().json()["results"]
    assert [row["number"] for row in rows] == [dossier.number for dossier in mine]
    assert [row["number"] for row in system.get("?status=returned").json()["results"]] == [mine[2].number]
    assert system.get(f"?office={FAR}").json()["results"] == []
    assert "NGUYỄN" not in system.get().content.decode()
    assert kind_of(system.get("?status=draft")) == (400, "invalid")
    assert kind_of(system.get("?ordering=person__user__password")) == (400, "invalid")
    above = System(make_staff("he-thong.tinh", "officer", CITY))
    assert len(above.get().json()["results"]) == 3


def test_a_list_costs_the_same_however_many_there_are(system, person, django_assert_num_queries):
    make_dossier(person, photos=False)
    system.get()
    with django_assert_num_queries(5):
        system.get()
    for _ in range(5):
        make_dossier(person, photos=False)
    with django_assert_num_queries(5):
        assert len(system.get().json()["results"]) == 6


def test_a_dossier_is_shown_beside_the_record_and_each_look_is_written_down(system, dossier, person):
    shown = system.get(f"/{dossier.url_number}")

    found = shown.json()
    assert shown.headers["ETag"] == f'"{dossier.version}"'
    assert found["declared"]["full_name"] == found["recorded"]["full_name"] == "NGUYỄN THỊ THỬ NGHIỆM"
    assert found["comparison"]["full_name"] == "agrees"
    assert [photo["slot"] for photo in found["photos"]] == ["id_back", "id_front", "portrait"]
    assert "portrait" in found["returnable"]
    looks = AuditEvent.objects.filter(actor=f"staff:{system.staff.pk}")
    assert set(looks.values_list("event", "subject")) == {
        ("dossier.viewed", f"dossier:{dossier.pk}"),
        ("record.viewed", f"person:{person.pk}"),
    }


def test_an_approval_opens_the_account(system, dossier, person):
    assert kind_of(system.post(dossier, "approve", {})) == (400, "identity_not_checked")

    done = system.post(dossier, "approve", {"document": "cccd"})

    assert (done.status_code, done.json()["status"]) == (200, "approved")
    assert User.objects.get(person=person).username == person.bhxh_code
    dossier.refresh_from_db()
    assert dossier.decided_by == system.staff


def test_a_return_names_what_the_dossier_has(system, dossier):
    assert kind_of(system.post(dossier, "return", {"reasons": []})) == (400, "invalid")
    unknown = system.post(dossier, "return", {"reasons": [{"field": "birth", "text": "x"}]})
    assert list(unknown.json()["errors"]) == ["reasons.0.field"]

    reasons = [{"field": "portrait", "text": "Ảnh bị mờ."}]
    done = system.post(dossier, "return", {"reasons": reasons})

    assert done.json()["status"] == "returned"
    assert system.get(f"/{dossier.url_number}").json()["returned"] == reasons


def test_a_refusal_has_a_reason_of_the_catalogue(system, dossier):
    known = [row["reason"] for row in system.get("/reasons").json()["results"]]
    assert kind_of(system.post(dossier, "reject", {"reason": "because"})) == (400, "invalid")

    done = system.post(dossier, "reject", {"reason": known[0], "text": "Xin đến cơ quan."})

    assert done.json()["status"] == "rejected"
    shown = system.get(f"/{dossier.url_number}").json()
    assert shown["refusal"] == {"reason": known[0], "text": "Xin đến cơ quan."}


@pytest.mark.parametrize("where", ["body", "header"])
def test_of_two_decisions_on_one_version_the_second_is_refused(system, dossier, where):
    seen = dossier.version
    first = system.post(dossier, "return", {"reasons": [{"field": "portrait", "text": "Mờ."}], "version": seen})
    assert first.status_code == 200

    body, headers = ({"version": seen}, {}) if where == "body" else ({}, {"if-match": f'"{seen}"'})
    second = system.post(dossier, "approve", {"document": "cccd", **body}, **headers)

    assert kind_of(second) == (412 if headers else 409, "already_handled")
    dossier.refresh_from_db()
    assert dossier.status == "returned"


def test_an_etag_of_something_else_is_no_version(system, dossier):
    answer = system.post(dossier, "approve", {"document": "cccd"}, **{"if-match": '"abc"'})
    assert kind_of(answer) == (412, "already_handled")


def test_what_an_officer_holds_is_left_alone(system, dossier):
    leases.take(dossier=dossier, by=make_staff("canbo.gan", "officer", NEAR), at=timezone.now())
    assert kind_of(system.post(dossier, "reject", {"reason": "record_differs"})) == (409, "held")


def test_a_system_that_may_only_look_decides_nothing(places, dossier):
    auditor = System(make_staff("he-thong.kiem-tra", "auditor", NEAR))

    assert auditor.get(f"/{dossier.url_number}").status_code == 200
    assert kind_of(auditor.post(dossier, "reject", {"reason": "record_differs"})) == (403, "permission_denied")


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_a_system_whose_account_is_closed_sees_nothing(system, dossier, change):
    User.objects.filter(pk=system.staff.pk).update(**change)
    assert system.get().status_code == 403


def test_more_than_the_body_asks_changes_nothing(system, dossier):
    """security.md T57."""
    body = {"reason": "record_differs", "status": "approved", "office": FAR, "decided_by": 1}
    assert system.post(dossier, "reject", body).json()["status"] == "rejected"
    dossier.refresh_from_db()
    assert (dossier.office_id, dossier.decided_by) == (NEAR, system.staff)
