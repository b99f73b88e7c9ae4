"""An application asks for a public service in a citizen's name; the citizen signs with a code."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from accounts.actions import consents
from accounts.dossiers import reopening
from accounts.models import User
from services.models import ServiceRequest
from tests.admin.conftest import logged_in, make_staff
from tests.api.conftest import SECRET, kind_of, registered
from tests.registration.conftest import PHONE, code_on, make_person, other, upload
from tests.registration.pictures import jpeg
from tests.services.test_requests import decide
from vssid.notices.models import Notice
from vssid.webhooks import delivery
from vssid.webhooks.models import Endpoint

pytestmark = pytest.mark.django_db
PATH = "/api/v1/me/requests"
SCOPES = "requests requests:write"
FEEDBACK = {"procedure": "feedback", "answers": {"topic": "portal", "text": "Cổng dễ dùng."}}


@pytest.fixture
def person(places, clock):
    person = make_person()
    person.ward_id = "00256"
    person.save()
    return person


@pytest.fixture
def account(person):
    user = User(username=person.bhxh_code, person=person, full_name=person.full_name)
    user.set_phone(PHONE)
    user.save()
    return user


@pytest.fixture
def app(account, token_for):
    """The application, with the token of its citizen."""
    return Client(headers={"authorization": f"Bearer {token_for(account, SCOPES)}", "accept-language": "en"})


@pytest.fixture
def desk(person):
    """`desk("return", text=…)`: what a supervisor of the office does with the one request there is."""
    staff = logged_in(make_staff("phutrach.dvc", "supervisor", "00103"))
    return lambda what, **facts: decide(staff, ServiceRequest.objects.exclude(number=None).get(), what, **facts)


def send(app, path="", body=None):
    return app.post(f"{PATH}{path}", json.dumps(body or {}), content_type="application/json")


def test_from_the_answers_to_the_number(app, account):
    begun = send(app, body=FEEDBACK)
    assert (begun.status_code, begun.json()["status"], begun.json()["missing"]) == (201, "draft", [])
    path = f"/{begun.json()['id']}"

    picture = app.post(f"{PATH}{path}/papers", {"picture": upload(jpeg())})
    assert [paper["name"] for paper in picture.json()["papers"]] == ["picture"]
    assert send(app, f"{path}/otp").json()["phone"].endswith("0107")
    done = send(app, f"{path}/submit", {"otp": code_on()})

    assert done.status_code == 200, done.content
    assert done.json()["number"].startswith("00103DVC/2026/")
    request = ServiceRequest.objects.get()
    assert (request.status, request.account, request.answers) == ("submitted", account, FEEDBACK["answers"])
    by_number = app.get(f"{PATH}/{request.url_number}").json()
    assert by_number["answers"] == FEEDBACK["answers"]
    assert [row["number"] for row in app.get(PATH).json()["results"]] == [request.number]
    assert app.get(f"{PATH}?status=approved").json()["results"] == []
    assert kind_of(app.get(f"{PATH}?status=")) == (400, "invalid")


def test_consent_alone_signs_nothing(app):
    path = f"/{send(app, body=FEEDBACK).json()['id']}"

    assert kind_of(send(app, f"{path}/submit", {"otp": "123456"})) == (409, "otp_expired")
    send(app, f"{path}/otp")
    assert kind_of(send(app, f"{path}/submit", {"otp": other(code_on())})) == (400, "otp_wrong")
    assert ServiceRequest.objects.get().status == "draft"


def test_a_code_asked_for_by_one_application_is_none_for_another(app, account, token_for, application):
    path = f"/{send(app, body=FEEDBACK).json()['id']}"
    send(app, f"{path}/otp")
    application.pk, application.client_id = None, "another-app"
    application.save()
    get_access_token_model().objects.update(application=application)

    assert kind_of(send(app, f"{path}/submit", {"otp": code_on()})) == (409, "otp_expired")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"procedure", "answers"}),
        ({"procedure": "nothing-such", "answers": {}}, {"procedure"}),
        ({"procedure": "feedback", "answers": []}, {"answers"}),
        ({"procedure": "feedback", "answers": {"topic": "portal", "text": 7}}, {"text"}),
        ({"procedure": "feedback", "answers": {"topic": "portal"}}, {"text"}),
        ({"procedure": "feedback", "answers": {"topic": "portal", "text": "x", "status": "approved"}}, {"status"}),
    ],
)
def test_wrong_answers_are_named(app, body, fields):
    answer = send(app, body=body)

    assert kind_of(answer) == (400, "invalid")
    assert set(answer.json()["errors"]) == fields
    assert ServiceRequest.objects.count() == 0


def test_what_needs_a_fresh_proof_is_asked_for_on_the_pages(app):
    answer = send(app, body={"procedure": "payee-change", "answers": {"method": "cash", "pay_point": "Ví Dụ"}})
    assert kind_of(answer) == (403, "pages_only")


def test_papers_are_needed_before_the_code_and_bad_ones_are_named(app):
    body = {
        "procedure": "voluntary-payment",
        "answers": {"income": 2_000_000, "months": "3", "first_month": "2026-12", "group": "poor"},
    }
    begun = send(app, body=body).json()
    path = f"/{begun['id']}"
    assert begun["missing"] == ["group_proof"]
    assert kind_of(send(app, f"{path}/otp")) == (409, "papers_missing")

    bad = app.post(f"{PATH}{path}/papers", {"group_proof": upload(b"nothing", "x.pdf", "application/pdf")})
    assert (kind_of(bad), set(bad.json()["errors"])) == ((400, "invalid"), {"group_proof"})
    unknown = app.post(f"{PATH}{path}/papers", {"other": upload(jpeg())})
    assert set(unknown.json()["errors"]) == {"other"}
    assert kind_of(app.post(f"{PATH}{path}/papers", {})) == (400, "invalid")


def test_ten_that_were_begun_are_enough(app):
    for _ in range(10):
        assert send(app, body=FEEDBACK).status_code == 201
    assert kind_of(send(app, body=FEEDBACK)) == (409, "too_many_begun")


def test_a_draft_ends_with_its_day(app, clock, account, token_for):
    path = f"/{send(app, body=FEEDBACK).json()['id']}"
    clock.shift(timedelta(hours=24))
    app = Client(headers={"authorization": f"Bearer {token_for(account, SCOPES, seconds=601)}"})
    assert app.get(f"{PATH}{path}").status_code == 404


def test_sensitive_answers_are_masked(app, account, person):
    ServiceRequest.objects.create(
        procedure_code="payee-change",
        person=person,
        account=account,
        office_id="00103",
        sealed_answers=json.dumps({"method": "account", "bank": "Ngân hàng A", "account": "0123456789", "holder": "A"}),
        created_at="2026-11-23T02:00:00Z",
    )
    [row] = app.get(PATH).json()["results"]

    answers = app.get(f"{PATH}/{row['id']}").json()["answers"]

    assert answers["account"].endswith("6789")
    assert "012345" not in answers["account"]


def test_a_list_costs_the_same_however_many_there_are(app, django_assert_num_queries):
    send(app, body=FEEDBACK)
    app.get(PATH)
    with django_assert_num_queries(2):
        app.get(PATH)
    send(app, body=FEEDBACK)
    with django_assert_num_queries(2):
        assert len(app.get(PATH).json()["results"]) == 2


def filed(app) -> str:
    """A request that was sent: its path."""
    path = f"/{send(app, body=FEEDBACK).json()['id']}"
    send(app, f"{path}/otp")
    assert send(app, f"{path}/submit", {"otp": code_on()}).status_code == 200
    return path


def test_a_draft_is_answered_anew_before_it_is_sent(app):
    path = f"/{send(app, body=FEEDBACK).json()['id']}"
    better = {"topic": "portal", "text": "Cổng rất dễ dùng."}

    assert send(app, f"{path}/answers", {"answers": better}).json()["answers"] == better
    wrong = send(app, f"{path}/answers", {"answers": {"topic": "portal", "text": 7}})
    assert (kind_of(wrong), set(wrong.json()["errors"])) == ((400, "invalid"), {"text"})
    assert app.get(f"{PATH}{path}").json()["answers"] == better


def test_what_an_office_returned_is_corrected_and_sent_again_under_its_number(app, desk, clock):
    path = filed(app)
    request = ServiceRequest.objects.get()
    assert kind_of(send(app, f"{path}/answers", {"answers": FEEDBACK["answers"]})) == (409, "conflict")
    desk("return", text="Xin ghi rõ tháng.")
    clock.shift(timedelta(minutes=2))

    said = app.get(f"{PATH}{path}").json()
    assert (said["status"], [line["text"] for line in said["returned"]]) == ("returned", ["Xin ghi rõ tháng."])
    assert send(app, f"{path}/answers", {"answers": {"topic": "gap", "text": "Tháng 3/2024."}}).status_code == 200
    send(app, f"{path}/otp")
    again = send(app, f"{path}/submit", {"otp": code_on()}).json()
    assert (again["status"], again["number"], again["returned"]) == ("submitted", request.number, [])
    assert again["answers"]["text"] == "Tháng 3/2024."


def test_an_open_request_is_withdrawn_once_and_a_draft_is_none(app):
    draft = f"/{send(app, body=FEEDBACK).json()['id']}"
    assert kind_of(send(app, f"{draft}/withdraw")) == (409, "invalid_transition")
    path = filed(app)
    assert send(app, f"{path}/withdraw").json()["status"] == "withdrawn"
    assert kind_of(send(app, f"{path}/withdraw")) == (409, "invalid_transition")
    assert Notice.objects.filter(kind="request.changed").count() == 1, "the citizen is told what an application did"


def test_what_was_filed_with_a_fresh_proof_is_changed_on_the_pages_alone(app, account, person):
    """An application's consent would else reach where the money goes, through a request that an office returned."""
    ServiceRequest.objects.create(
        procedure_code="payee-change",
        number="00103DVC/2026/00077",
        status="returned",
        submitted_at="2026-11-23T01:00:00Z",
        person=person,
        account=account,
        office_id="00103",
        sealed_answers=json.dumps({"method": "cash", "pay_point": "Ví Dụ"}),
        created_at="2026-11-23T01:00:00Z",
    )
    path = "/00103DVC-2026-00077"
    assert app.get(f"{PATH}{path}").status_code == 200
    steps = {"answers": {"answers": {"method": "cash"}}, "otp": {}, "submit": {"otp": "123456"}, "withdraw": {}}
    for step, body in steps.items():
        assert (step, kind_of(send(app, f"{path}/{step}", body))) == (step, (403, "pages_only"))
    assert kind_of(app.post(f"{PATH}{path}/papers", {"picture": upload(jpeg())})) == (403, "pages_only")


@pytest.mark.parametrize("how", ["return", "reject"])
def test_a_decision_that_an_application_has_read_is_not_taken_back(app, desk, clock, how):
    path = filed(app)
    clock.shift(60)
    facts = {"return": {"text": "Xin ghi rõ tháng."}, "reject": {"reason": "record_differs"}}[how]
    desk(how, **facts)
    request = ServiceRequest.objects.get()
    assert reopening.minutes_left(request, at=timezone.now()) == 15

    assert app.get(PATH).json()["results"], "the list says no reasons, as on the pages"
    assert reopening.minutes_left(request, at=timezone.now()) == 15
    assert app.get(f"{PATH}{path}").json()["status"] == request.status
    assert reopening.minutes_left(request, at=timezone.now()) == 0
    desk("reopen")
    assert ServiceRequest.objects.get().status == request.status


def events_of(receiver) -> list[tuple[str, dict[str, str]]]:
    """What arrived since the last time, in its order."""
    delivery.deliver(at=timezone.now())
    arrived = [json.loads(body) for _path, _headers, body in receiver.got]
    receiver.got.clear()
    return [(event["type"], event["data"]) for event in arrived]


def test_an_application_is_told_of_each_step_until_its_consent_ends(app, account, desk, application, receiver, clock):
    Endpoint.objects.create(application=application, url=receiver.url, secret=SECRET)
    blind = registered("blind-app", "Ứng dụng Khác", "authorization-code", ["card"])
    Endpoint.objects.create(application=blind, url=receiver.url, secret=SECRET)
    now = timezone.now()
    consent = consents.give(user=account, application=application, scopes=SCOPES.split(), days=30, at=now)
    consents.give(user=account, application=blind, scopes=["card"], days=30, at=now)

    filed(app)
    number = ServiceRequest.objects.get().url_number
    changed = ("request.changed", {"number": number, "consent": str(consent.key)})
    assert events_of(receiver) == [changed]
    assert app.get(f"{PATH}/{number}").json()["status"] == "submitted", "the number leads to the request"
    for step, facts in (("return", {"text": "Xin ghi rõ tháng."}), ("reopen", {}), ("approve", {"text": "Cảm ơn."})):
        clock.shift(60)
        desk(step, **facts)
        assert (step, events_of(receiver)) == (step, [changed])

    consents.end(user=account, key=str(consent.key), at=timezone.now())
    assert events_of(receiver) == [("consent.ended", {"consent": str(consent.key)})]


def test_after_the_end_of_its_consent_an_application_hears_nothing_more(
    app, account, desk, application, receiver, clock
):
    Endpoint.objects.create(application=application, url=receiver.url, secret=SECRET)
    filed(app)
    consent = consents.give(user=account, application=application, scopes=["requests"], days=1, at=timezone.now())
    clock.shift(timedelta(days=1))
    assert consents.end_due(at=timezone.now()) == 1
    assert events_of(receiver) == [("consent.ended", {"consent": str(consent.key)})]
    desk("approve", text="Cảm ơn.")
    assert events_of(receiver) == []
