"""What holds for every address of the API: errors, limits, masks, what caches may keep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client, override_settings
from django.utils import timezone
from django.utils.translation import override
from rest_framework import serializers

from vssid.api import base, schema, v1
from vssid.api.schema import document

pytestmark = pytest.mark.django_db


def test_every_view_stands_in_the_frame():
    outside = [str(one.pattern) for one in v1.urlpatterns if not issubclass(one.callback.cls, base.ApiView)]
    assert outside == []


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "kind"),
    [
        ("get", "me", {}, 401, "not_authenticated"),
        ("get", "me", {"headers": {"authorization": "Bearer nonsense"}}, 401, "authentication_failed"),
        ("get", "me?access_token=nonsense", {}, 401, "not_authenticated"),
        ("get", "nowhere", {}, 404, "not_found"),
        ("post", "nowhere", {}, 404, "not_found"),
        ("delete", "offices", {}, 405, "method_not_allowed"),
        ("options", "offices", {}, 405, "method_not_allowed"),
        ("get", "offices", {"headers": {"accept": "text/html"}}, 406, "not_acceptable"),
        ("post", "cards/verify", {"data": "{", "content_type": "application/json"}, 400, "parse_error"),
        ("post", "cards/verify", {"data": "[]", "content_type": "application/json"}, 400, "invalid"),
        ("post", "cards/verify", {"data": "{}", "content_type": "application/json"}, 400, "invalid"),
        ("post", "cards/verify", {"data": "a", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ("post", "cards/verify", {"data": "x" * 300_000, "content_type": "application/json"}, 413, "too_large"),
    ],
)
def test_every_failure_is_a_problem_with_a_stable_type_and_a_reference(method, path, options, status, kind, caplog):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    answer = getattr(client, method)(f"/api/v1/{path}", **options)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (f"urn:vssid:problem:{kind}", status)
    assert problem["instance"] == f"urn:vssid:request:{answer.headers['X-Request-ID']}"
    assert problem["title"]
    assert problem["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    if status == 405:
        assert method.upper() not in answer.headers["Allow"]


def test_an_unexpected_failure_is_a_problem_too(ask, citizen, token_for, monkeypatch):
    monkeypatch.setattr("insurance.api.records.card_of", None)
    client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {token_for(citizen, 'card')}"})

    answer = client.get("/api/v1/me/card")

    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:vssid:problem:server_error"
    assert answer.headers["X-Request-ID"] in answer.json()["instance"]


def test_a_wrong_field_is_named_with_its_code():
    answer = Client().post("/api/v1/cards/verify", {"token": ""}, content_type="application/json")

    assert [one["code"] for one in answer.json()["errors"]["token"]] == ["blank"]


def test_fields_of_items_are_named_by_their_place():
    from rest_framework import serializers

    from vssid.api.problems import by_field

    class Row(serializers.Serializer):
        phone = serializers.CharField()
        code = serializers.CharField()
        message = serializers.CharField()

    class Batch(serializers.Serializer):
        kind = serializers.CharField()
        rows = Row(many=True)

    good = {"phone": "1", "code": "2", "message": "3"}
    asked = Batch(data={"kind": "x", "rows": [good, {**good, "phone": ""}, {"phone": "1"}]})
    with pytest.raises(serializers.ValidationError) as refused:
        asked.is_valid(raise_exception=True)

    codes = {
        path: [one["code"] for one in errors] for path, errors in by_field(refused.value.get_full_details()).items()
    }
    assert codes == {"rows.1.phone": ["blank"], "rows.2.code": ["required"], "rows.2.message": ["required"]}


@pytest.mark.parametrize("query", ["ordering=person__user__password", "ordering=a.b);--", "person=1", "format=xml"])
def test_parameters_that_an_address_does_not_have_are_refused(query, ask, citizen, token_for):
    answer = ask(f"me/contributions?{query}", token_for(citizen, "contributions"))

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize("cursor", ["x", "b3JkZXI", "cD1hYmM=", "cD0lMDA=", "bz0tMQ==", "é"])
def test_a_foreign_cursor_is_refused(cursor, ask, citizen, token_for):
    for path, scope in (("me/notices", "notices"), ("me/contributions", "contributions"), ("offices", "")):
        answer = ask(f"{path}?cursor={cursor}", token_for(citizen, scope) if scope else "")
        assert answer.status_code in {200, 400}
        assert answer.status_code == 200 or list(answer.json()["errors"]) == ["cursor"]


def test_only_the_asked_fields_are_answered(ask, citizen, token_for, offices):
    card = token_for(citizen, "card")
    assert set(ask("me/card?fields=number,facility.code", card).json()) == {"number", "facility"}
    assert set(ask("me/card?fields=number,facility.code", card).json()["facility"]) == {"code"}
    page = ask("offices?fields=code&province=01").json()
    assert {tuple(office) for office in page["results"]} == {("code",)}
    for wrong in ("citizen_id__x", "nothing", "facility.nothing", "number.x", "", "a" * 300):
        answer = ask(f"me/card?fields={wrong}", card)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["fields"])


def test_what_is_the_same_for_all_has_an_etag_and_what_is_personal_is_kept_nowhere(ask, citizen, token_for, offices):
    first = ask("offices?province=01")
    again = ask("offices?province=01", headers={"if-none-match": first.headers["ETag"]})
    other = ask("offices?province=79", headers={"if-none-match": first.headers["ETag"]})

    assert "public" in first.headers["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
    assert again.headers["RateLimit"]
    assert "Content-Length" not in again.headers
    mine = ask("me", token_for(citizen, "profile"))
    assert (mine.headers["Cache-Control"], mine.headers.get("ETag")) == ("no-store", None)


def test_a_body_in_chunks_is_not_taken_for_an_empty_one():
    answer = Client().generic("POST", "/api/v1/cards/verify", HTTP_TRANSFER_ENCODING="chunked")
    assert (answer.status_code, answer.json()["type"]) == (411, "urn:vssid:problem:length_required")


def test_a_cookie_changes_nothing(citizen, offices):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(citizen)
    browser.cookies["language"] = "vi"

    refused, public = browser.get("/api/v1/me"), browser.get("/api/v1/offices?province=01")

    assert (refused.status_code, refused.headers["Content-Language"]) == (401, "en")
    assert {one.strip() for one in public.headers["Vary"].split(",")} <= {"Accept-Language", "Accept-Encoding"}


def test_where_there_is_get_there_is_head_whichever_was_asked_first(ask, offices):
    document()  # makes views of its own
    base._METHODS.clear()
    schema._document.__wrapped__("en")
    for path, allowed in (("offices", "GET, HEAD"), ("cards/verify", "POST"), ("me/requests", "GET, HEAD, POST")):
        assert Client().delete(f"/api/v1/{path}").headers["Allow"] == allowed
    assert Client().head("/api/v1/offices").status_code == 200


def test_a_token_without_the_scope_learns_which_and_is_counted(at_noon, ask, citizen, token_for):
    token = token_for(citizen, "profile")
    refused = ask("me/card", token)
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="api", error="insufficient_scope", scope="card"'
    assert '"api-reads";r=119;' in refused.headers["RateLimit"]


@pytest.fixture
def at_noon():
    """The limits' minute has just begun."""
    with time_machine.travel(timezone.now().replace(hour=5, minute=0, second=0), tick=False):
        yield


def test_limits_are_told_and_the_call_beyond_them_waits(at_noon, ask, citizen, neighbour, token_for):
    token = token_for(citizen, "profile card")
    told = ask("me", token).headers
    assert '"api-reads";q=120;w=60' in told["RateLimit-Policy"]
    assert '"api-reads";r=119;t=' in told["RateLimit"]

    answers = [ask("me/card", token).status_code for _ in range(200)]
    assert answers.index(429) == 119
    assert 200 not in answers[119:]
    # Another token of the same consent is no new allowance; another citizen has an own one.
    refused = ask("me", token_for(citizen, "profile"))
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:vssid:problem:too_many")
    assert refused.headers["Retry-After"] == "60"
    assert ask("me", token_for(neighbour, "profile")).status_code == 200


def test_strangers_are_counted_by_address_whatever_token_they_try(at_noon, ask, offices):
    statuses = [ask("me", "nonsense").status_code for _ in range(70)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert ask("offices", REMOTE_ADDR="192.0.2.7").status_code == 200


@override_settings(API_LIMITS_FACTOR=3)
def test_a_deployment_can_raise_the_limits(ask, citizen, token_for):
    assert '"api-reads";q=360;w=60' in ask("me", token_for(citizen, "profile")).headers["RateLimit-Policy"]


def fields_of(serializer: serializers.BaseSerializer | serializers.Field) -> Iterator[serializers.Field]:
    yield serializer
    for field in getattr(serializer, "fields", {}).values():
        yield from fields_of(field)
    if child := getattr(serializer, "child", None):
        yield from fields_of(child)


def test_what_is_wrong_with_a_value_is_said_in_the_clients_language():
    """Each message that a field of the API can answer has Vietnamese words."""
    document()  # imports every view
    ours = [
        one for one in subclasses(serializers.Serializer) if one.__module__.startswith(("acc", "ins", "ser", "vss"))
    ]
    with override("en"):
        messages = [message for one in ours for field in fields_of(one()) for message in field.error_messages.values()]
        said = {str(message): message for message in messages}
    assert len(said) > 20
    with override("vi"):
        assert [english for english, message in said.items() if str(message) == english and english] == []


def subclasses(of: type) -> Iterator[type]:
    for one in of.__subclasses__():
        yield one
        yield from subclasses(one)
