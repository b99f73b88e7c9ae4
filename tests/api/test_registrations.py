"""A program registers somebody: the same judgement, limits and number as on the pages."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta

import altcha
import pytest
from django.test import Client

from accounts import begun
from accounts.models import RegistrationDossier
from tests.registration.conftest import TYPED, code_on, make_person, other, phone_shows, put_photos, upload
from tests.registration.pictures import jpeg
from vssid.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
PATH = "/api/v1/registrations"
ISO = {**TYPED, "date_of_birth": "1985-02-09"}


class Program:
    """What goes on with one registration."""

    def __init__(self, **changes):
        self.client = Client(headers={"accept-language": "en"})
        begun = self.client.post(PATH, {**ISO, **changes}, content_type="application/json")
        assert begun.status_code == 201, begun.content
        self.id, self.token = begun.json()["id"], begun.json()["token"]

    @property
    def headers(self):
        return {"authorization": f"Registration {self.token}"}

    def get(self):
        return self.client.get(f"{PATH}/{self.id}", headers=self.headers)

    def post(self, step, body=None, **headers):
        options = {"data": json.dumps(body or {}), "content_type": "application/json"}
        return self.client.post(f"{PATH}/{self.id}/{step}", headers={**self.headers, **headers}, **options)

    def submit(self, code, **changes):
        return self.post("submit", {"otp": code, "consent": True, **changes})


@pytest.fixture
def person(places):
    return make_person()


def problem(answer):
    return answer.status_code, answer.json()["type"].removeprefix("urn:vssid:problem:")


def test_from_the_declaration_to_the_number(person, clock):
    program = Program()
    assert program.get().json()["missing"] == ["portrait", "id_front", "id_back"]

    files = {"portrait": upload(jpeg()), "id_front": upload(jpeg())}
    first = program.client.post(f"{PATH}/{program.id}/photos", files, headers=program.headers)
    assert (first.status_code, first.json()["missing"]) == (200, ["id_back"])
    second = program.post("photos", {"id_back": base64.b64encode(jpeg()).decode()})
    assert (second.status_code, second.json()["missing"]) == (200, [])

    sent = program.post("otp")
    assert (sent.status_code, sent.json()["phone"][-4:]) == (200, "0107")
    done = program.submit(code_on())

    assert done.status_code == 200, done.content
    assert done.json()["number"].startswith("00103GD/2026/")
    dossier = RegistrationDossier.objects.get()
    assert (dossier.number, dossier.status, dossier.person) == (done.json()["number"], "submitted", person)
    assert f"la {dossier.number}." in phone_shows(purpose="receipt")[0]
    assert program.get().json() == {
        **program.get().json(), "status": "submitted", "number": dossier.number, "missing": [], "refusal": None,
    }  # fmt: skip


def test_what_the_pages_refuse_is_refused_by_field(places):
    wrong = {**ISO, "full_name": "N", "ward": "01273", "phone": "+1 202 555 0100"}
    answer = Client(headers={"accept-language": "en"}).post(PATH, wrong, content_type="application/json")

    assert problem(answer) == (400, "invalid")
    assert set(answer.json()["errors"]) == {"full_name", "ward", "phone"}
    assert RegistrationDossier.objects.count() == 0


def test_nothing_tells_whether_a_code_exists(person):
    """security.md T15, T17."""
    answers = [
        Client(headers={"accept-language": "en"}).post(
            PATH, {**ISO, "bhxh_code": code}, content_type="application/json"
        )
        for code in (person.bhxh_code, "0000000000")
    ]
    assert {answer.status_code for answer in answers} == {201}
    assert len({frozenset(answer.json()) for answer in answers}) == 1


def test_what_more_is_sent_changes_nothing(places):
    """security.md T57."""
    program = Program(status="approved", number="00103GD/2026/00001", person="1", marks="x")
    assert (program.get().json()["status"], program.get().json()["number"]) == ("draft", None)


def test_steps_cannot_be_skipped(person, clock):
    program = Program()

    assert problem(program.post("otp")) == (409, "photos_missing")
    put_photos()
    assert problem(program.submit("123456")) == (409, "otp_expired")
    assert program.post("otp").status_code == 200
    code = code_on()
    assert problem(program.submit(code, consent=False)) == (400, "invalid")
    assert problem(program.submit(other(code))) == (400, "otp_wrong")
    assert program.submit(code).status_code == 200
    for step, body in (("photos", {"portrait": "eA=="}), ("otp", {}), ("submit", {"otp": code, "consent": True})):
        assert problem(program.post(step, body)) == (409, "already_submitted")


def test_a_code_for_one_registration_sends_no_other(person, clock):
    mine, theirs = Program(), Program(phone="0900 000 999")
    put_photos()
    theirs.post("otp")

    assert problem(mine.submit(code_on("+84900000999"))) == (409, "otp_expired")


def test_photos_that_are_none_are_named_and_the_good_ones_kept(places):
    program = Program()
    good, bad = base64.b64encode(jpeg()).decode(), base64.b64encode(b"no photo at all").decode()

    answer = program.post("photos", {"portrait": good, "id_front": bad, "id_back": "###"})

    assert problem(answer) == (400, "invalid")
    assert set(answer.json()["errors"]) == {"id_front", "id_back"}
    assert program.get().json()["missing"] == ["id_front", "id_back"]
    assert problem(program.post("photos", {})) == (400, "invalid")
    assert problem(program.post("photos", {"portrait": 7})) == (400, "invalid")


def test_a_draft_ends_with_its_day(places, clock):
    program = Program()
    clock.shift(timedelta(hours=24))
    assert problem(program.get()) == (404, "not_found")


@pytest.mark.parametrize("token", ["", "x", "x.y", "đ.đ", "Bearer"])
def test_a_token_that_is_none_opens_nothing(places, token):
    program = Program()
    program.token = token
    assert program.get().status_code == (401 if not token else 404)


def test_the_answers_hold_nothing_of_the_declaration(person, clock):
    program = Program()
    for answer in (program.get(), program.post("otp")):
        assert "NGUYỄN" not in answer.content.decode().upper()
        assert TYPED["id_number"] not in answer.content.decode()


def test_many_begun_from_one_address_need_a_task_and_then_wait(places, monkeypatch):
    monkeypatch.setattr("accounts.begun.GATE", replace(begun.GATE, soft=1, hard=2))
    Program()

    needs = Client(headers={"accept-language": "en"}).post(PATH, ISO, content_type="application/json")
    assert problem(needs) == (403, "challenge_required")
    assert needs.json()["challenge"]["header"] == "Altcha"
    assert RegistrationDossier.objects.count() == 1

    solution = solved(needs.json()["challenge"]["task"])
    again = Client(headers={"altcha": solution}).post(PATH, ISO, content_type="application/json")
    assert again.status_code == 201
    refused = Client().post(PATH, ISO, content_type="application/json")
    assert problem(refused) == (429, "too_many_begun")
    assert int(refused.headers["Retry-After"]) > 0


def solved(task):
    """What a program makes of the task."""
    challenge = altcha.Challenge.from_dict(task)
    solution = altcha.solve_challenge(challenge)
    return altcha.Payload(challenge, solution).to_base64()


def test_repeated_with_its_key_a_registration_begins_once(places):
    client = Client()
    headers = {"idempotency-key": "a-key-of-this-test"}
    answers = [client.post(PATH, ISO, content_type="application/json", headers=headers) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert RegistrationDossier.objects.count() == 1


def test_the_log_knows_and_says_nothing_personal(person, clock):
    program = Program()
    put_photos()
    program.post("otp")
    program.submit(code_on())

    events = AuditEvent.objects.filter(subject=f"dossier:{RegistrationDossier.objects.get().pk}")
    assert {"otp.issued", "otp.verified", "dossier.submitted"} <= set(events.values_list("event", flat=True))
    assert TYPED["bhxh_code"] not in str(list(events.values()))
