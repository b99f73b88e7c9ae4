"""Who is answered where: every endpoint of the URL table × owner, another citizen or office, nobody, missing scopes.

A new endpoint fails the first test until it has its place here (security.md T56).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import RegistrationDossier, User
from services.models import ServiceRequest
from tests.admin.conftest import FAR, NEAR, make_dossier, make_staff
from tests.api.conftest import account_with_records, system_token
from tests.registration.conftest import TYPED, make_person, make_places
from vssid.api import v1
from vssid.api.base import ApiView
from vssid.api.schema import document, resolved

pytestmark = pytest.mark.django_db

CITIZEN, SYSTEM, REGISTRATION, ANYBODY = "citizen", "system", "registration", "anybody"
# Its own affairs, whether it acts for citizens or for an office.
APPLICATION = "application"
ALL_SCOPES = frozenset(settings.OAUTH2_PROVIDER["SCOPES"])
FEEDBACK = {"procedure": "feedback", "answers": {"topic": "portal", "text": "Cổng dễ dùng."}}
SICKNESS = {"salary": 10_000_000, "days": 5, "years": 3}


@dataclass(frozen=True)
class Place:
    """Who an endpoint is for, which scopes it needs, what its owner sends and is answered, what stands in its path."""

    whose: str
    scopes: tuple[str, ...] = ()
    status: int = 200
    body: dict[str, Any] | None = None
    path: dict[str, str] = field(default_factory=dict)


def me(scope: str) -> Place:
    return Place(CITIZEN, (scope,))


def decision(**body: Any) -> Place:
    return Place(SYSTEM, ("dossiers", "dossiers:decide"), body=body)


PLACES: dict[tuple[str, str], Place] = {
    ("me", "get"): me("profile"),
    ("me-card", "get"): me("card"),
    ("me-card-qr", "get"): me("card"),
    ("me-contributions", "get"): me("contributions"),
    ("me-contributions-summary", "get"): me("contributions"),
    ("me-benefits", "get"): me("benefits"),
    ("me-visits", "get"): me("visits"),
    ("me-notices", "get"): me("notices"),
    ("me-requests", "get"): me("requests"),
    ("me-requests", "post"): Place(CITIZEN, ("requests:write",), body=FEEDBACK, status=201),
    ("me-request", "get"): me("requests"),
    # No file, and a code that was never sent: whose it is was settled before.
    ("me-request-papers", "post"): Place(CITIZEN, ("requests:write",), body={}, status=400),
    ("me-request-otp", "post"): Place(CITIZEN, ("requests:write",), body={}),
    ("me-request-submit", "post"): Place(CITIZEN, ("requests:write",), body={"otp": "123456"}, status=409),
    ("me-request-answers", "post"): Place(CITIZEN, ("requests:write",), body={"answers": FEEDBACK["answers"]}),
    # A draft: there is nothing to withdraw yet.
    ("me-request-withdraw", "post"): Place(CITIZEN, ("requests:write",), body={}, status=409),
    ("cards-verify", "post"): Place(ANYBODY, body={"token": "nonsense"}),
    ("documents-verify", "post"): Place(ANYBODY, body={"code": "nonsense"}),
    ("provinces", "get"): Place(ANYBODY),
    ("wards", "get"): Place(ANYBODY),
    ("offices", "get"): Place(ANYBODY),
    ("facilities", "get"): Place(ANYBODY),
    ("procedures", "get"): Place(ANYBODY),
    ("procedure", "get"): Place(ANYBODY, path={"code": "feedback"}),
    ("estimates", "get"): Place(ANYBODY),
    ("estimate", "post"): Place(ANYBODY, body=SICKNESS, path={"topic": "om-dau"}),
    ("registrations", "post"): Place(ANYBODY, body={**TYPED, "bhxh_code": "0099000555"}, status=201),
    ("registration", "get"): Place(REGISTRATION),
    # A photo that is none, photos that are missing, a code that was never sent: whose it is was settled before.
    ("registration-photos", "post"): Place(REGISTRATION, body={"portrait": "bm8gcGhvdG8="}, status=400),
    ("registration-otp", "post"): Place(REGISTRATION, body={}, status=409),
    ("registration-submit", "post"): Place(REGISTRATION, body={"otp": "123456", "consent": True}, status=409),
    ("records-import", "post"): Place(
        SYSTEM, ("records:write",), body={"kind": "employers", "rows": [{"code": "TZ1"}]}
    ),
    ("events", "get"): Place(APPLICATION, ("events",)),
    ("dossiers", "get"): Place(SYSTEM, ("dossiers",)),
    ("dossiers-reasons", "get"): Place(SYSTEM, ("dossiers",)),
    ("dossier", "get"): Place(SYSTEM, ("dossiers",)),
    ("dossier-approve", "post"): decision(document="cccd"),
    ("dossier-return", "post"): decision(reasons=[{"field": "portrait", "text": "Ảnh bị mờ."}]),
    ("dossier-reject", "post"): decision(reason="record_differs"),
}
METHODS = ("get", "post", "put", "patch", "delete")
FORMS = {"me-request-papers"}
QUERY = {"wards": "?province=01"}


NOWHERE = "1b4e28ba-2fa1-4d2b-883f-0016d3cca427"
UNKNOWN = {CITIZEN: {"number": NOWHERE}, SYSTEM: {"number": "00103GD-2026-99999"}, REGISTRATION: {"id": NOWHERE}}
WITH_PATH = {entry.name for entry in v1.urlpatterns if "<" in str(entry.pattern)}


def url_table() -> Iterator[tuple[str, str]]:
    """Every endpoint: the name of its address and a method."""
    for entry in v1.urlpatterns:
        view = entry.callback.view_class
        assert issubclass(view, ApiView)
        yield from (
            (entry.name, method) for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)
        )


@dataclass
class World:
    """Two citizens, two offices with a system each, a dossier at one of them, two registrations that were begun."""

    people: dict[str, tuple[User, User]]
    begun: tuple[str, str]
    paths: dict[str, dict[str, str]]
    token_for: Callable[..., str]

    def owner(self, whose: str, without: str = "") -> str | None:
        """The Authorization header of whom an endpoint is for, perhaps without a scope."""
        return self._header(whose, 0, without)

    def other(self, whose: str) -> str | None:
        return self._header(whose, 1, "")

    def _header(self, whose: str, which: int, without: str) -> str | None:
        scope = " ".join(sorted(ALL_SCOPES - {without}))
        if whose == CITIZEN:
            return f"Bearer {self.token_for(self.people[whose][which], scope)}"
        if whose in {SYSTEM, APPLICATION}:
            return f"Bearer {system_token(self.people[SYSTEM][which], scope)}"
        return f"Registration {self.begun[which]}" if whose == REGISTRATION else None

    def call(self, name: str, method: str, authorization: str | None, **path: str) -> Any:
        place = PLACES[name, method]
        wanted = {**self.paths.get(place.whose, {}), **place.path, **path} if name in WITH_PATH else {}
        headers = {"accept-language": "en"} | ({"authorization": authorization} if authorization else {})
        options: dict[str, Any] = {} if method == "get" else {"data": place.body, "content_type": "application/json"}
        if name in FORMS:
            options = {"data": place.body}
        address = reverse(f"api:{name}", kwargs=wanted) + QUERY.get(name, "")
        return getattr(Client(headers=headers), method)(address, **options)


def begin() -> tuple[str, str]:
    """Begin a registration by the API; return its id and token."""
    begun = Client().post("/api/v1/registrations", TYPED, content_type="application/json").json()
    return begun["id"], begun["token"]


@pytest.fixture
def world(db, token_for) -> World:
    make_places()
    citizens = account_with_records("0099100001"), account_with_records("0099100002")
    systems = make_staff("he-thong.gan", "officer", NEAR), make_staff("he-thong.xa", "officer", FAR)
    dossier = make_dossier(make_person(), NEAR, photos=False)
    (mine, token), (_theirs, other) = begin(), begin()
    request = ServiceRequest.objects.create(
        procedure_code="feedback",
        person=citizens[0].person,
        account=citizens[0],
        office_id=NEAR,
        sealed_answers=json.dumps(FEEDBACK["answers"]),
        created_at=timezone.now(),
    )
    paths = {
        CITIZEN: {"number": str(request.public_id)},
        SYSTEM: {"number": dossier.url_number},
        REGISTRATION: {"id": mine},
    }
    return World({CITIZEN: citizens, SYSTEM: systems}, (token, other), paths, token_for)


def test_every_endpoint_has_its_place():
    assert sorted((name, method) for name, method in url_table()) == sorted(PLACES)


@pytest.mark.parametrize(("name", "method"), PLACES)
def test_its_owner_is_answered(world, name, method):
    place = PLACES[name, method]

    answer = world.call(name, method, world.owner(place.whose))

    assert answer.status_code == place.status, answer.content.decode()
    assert list(undescribed(answer_schema(name, method, answer.status_code), answer.json())) == []
    if place.whose != ANYBODY:
        assert answer.headers["Cache-Control"] == "no-store"


def answer_schema(name: str, method: str, status: int) -> Any:
    """What the description says of an answer."""
    [entry] = [one for one in v1.urlpatterns if one.name == name]
    path = re.sub(r"<(\w+:)?(\w+)>", r"{\2}", f"/api/v1/{entry.pattern}")
    [content] = document()["paths"][path][method]["responses"][str(status)]["content"].values()
    return content["schema"]


def undescribed(schema: Any, told: Any, path: str = "") -> Iterator[str]:
    """Members of an answer that its description does not name (T58)."""
    schema = resolved(document(), schema)
    parts = [resolved(document(), one) for one in schema.get("oneOf", schema.get("anyOf", [schema]))]
    if isinstance(told, list):
        inner = [one["items"] for one in parts if "items" in one]
        for item in told if inner else []:
            yield from undescribed(inner[0], item, f"{path}[]")
    elif isinstance(told, dict) and not any("additionalProperties" in one for one in parts):
        known = {key: value for one in parts for key, value in one.get("properties", {}).items()}
        for key, value in told.items():
            yield from undescribed(known[key], value, f"{path}.{key}") if key in known else [f"{path}.{key}"]


def test_nobody_is_told_anything_without_a_token(world):
    for name, method in PLACES:
        if PLACES[name, method].whose != ANYBODY:
            answer = world.call(name, method, None)
            assert (name, method, answer.status_code) == (name, method, 401)
            assert answer.headers["WWW-Authenticate"]


def test_what_belongs_to_another_is_as_if_it_were_not(world):
    for (name, method), place in PLACES.items():
        if name not in WITH_PATH or place.whose == ANYBODY:
            continue
        theirs = world.call(name, method, world.other(place.whose))
        nothing = world.call(name, method, world.owner(place.whose), **UNKNOWN[place.whose])
        assert (name, theirs.status_code, nothing.status_code) == (name, 404, 404)
        assert {**theirs.json(), "instance": ""} == {**nothing.json(), "instance": ""}
    assert RegistrationDossier.objects.exclude(number=None).get().status == "submitted"


def test_lists_hold_nothing_of_another(world):
    for (name, method), place in PLACES.items():
        if method == "get" and name not in WITH_PATH and place.whose in {CITIZEN, SYSTEM}:
            theirs = world.call(name, method, world.other(place.whose))
            assert (name, theirs.status_code) == (name, 200)
            assert "0099100001" not in theirs.content.decode()
            assert "GD/2026" not in theirs.content.decode()
            assert "feedback" not in theirs.content.decode()


def test_each_scope_is_needed(world):
    for (name, method), place in PLACES.items():
        for scope in place.scopes:
            answer = world.call(name, method, world.owner(place.whose, without=scope))
            assert (name, scope, answer.status_code) == (name, scope, 403)
            assert answer.json()["type"] == "urn:vssid:problem:permission_denied"


def test_a_token_of_the_other_kind_opens_nothing(world):
    for (name, method), place in PLACES.items():
        if place.whose == CITIZEN:
            assert (name, world.call(name, method, world.owner(SYSTEM)).status_code) == (name, 404)
        if place.whose == SYSTEM:
            assert (name, world.call(name, method, world.owner(CITIZEN)).status_code) == (name, 403)
