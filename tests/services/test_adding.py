"""Adding a public service is adding one file: it is listed, filed, decided and read; each request keeps its version."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps

from services import procedures
from services.models import ServiceRequest
from services.procedures import catalogue
from services.procedures.definition import DefinitionInvalid
from tests.harness.stage import words
from tests.registration.conftest import code_on
from tests.services.test_requests import decide

FIRST = """
from services.procedures.definition import Field, Kind, Paper, Procedure, when

FIRST = Procedure(
    code="made-up", name="Made-up service", summary="For a test.", legal_basis="none", result="Made-up answer",
    fields=(
        Field("way", "How?", Kind.CHOICE, choices=(("post", "By post"), ("desk", "At the counter"))),
        Field("address", "Where to?", only=when("way", "post"), prefill=lambda known: known.address),
    ),
    papers=(Paper("proof", "A paper", required=False),),
)
"""
SECOND = (
    FIRST
    + """
PROCEDURE = Procedure(
    code="made-up", version=2, name="Made-up service, anew", summary="For a test.", legal_basis="none",
    fields=(Field("wish", "What do you wish?"),),
)
EARLIER = (FIRST,)
"""
)
MODULE = f"{catalogue.__name__}.made_up"


def forget() -> None:
    sys.modules.pop(MODULE, None)
    for known in (procedures.every, procedures.offered, procedures.elsewhere):
        known.cache_clear()


@pytest.fixture
def add(tmp_path: Path, monkeypatch) -> Iterator[Callable[[str], None]]:
    """Puts a file into the catalogue."""
    monkeypatch.setattr(catalogue, "__path__", [*catalogue.__path__, str(tmp_path)])

    def write(text: str) -> None:
        (tmp_path / "made_up.py").write_text(text)
        forget()

    yield write
    forget()


def file(citizen) -> ServiceRequest:
    base = "/dich-vu-cong/made-up/"
    assert "Where to?" in words(citizen.get(base))
    kept = citizen.post(base, {"way": "post", "address": "Số 1, ngõ Ví Dụ", "action": "next"})
    assert kept["Location"] == f"{base}giay-to/"
    citizen.post(f"{base}giay-to/", {"action": "next"})
    citizen.post(f"{base}xac-nhan/", {"action": "send_otp"})
    assert citizen.post(f"{base}xac-nhan/", {"action": "submit", "otp": code_on()}).status_code == 302
    return ServiceRequest.objects.get()


def test_a_file_more_is_a_service_more_from_the_list_to_the_result(citizen, desk, add):
    add(FIRST.replace("FIRST", "PROCEDURE"))
    assert "Made-up service" in words(citizen.get("/dich-vu-cong/"))
    request = file(citizen)
    seen = words(desk.get(f"/quan-tri/services/servicerequest/{request.pk}/change/"))
    assert "Số 1, ngõ Ví Dụ" in seen
    decide(desk, request, "approve", outcome="Đã làm.")
    result = words(citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/"))
    assert "Made-up answer" in result
    assert "Đã làm." in result


def test_a_definition_that_contradicts_itself_ends_the_start_with_its_code(add):
    add(FIRST.replace("FIRST", "PROCEDURE").replace('when("way"', 'when("nothing"'))
    with pytest.raises(DefinitionInvalid, match="made-up@1: address depends on nothing"):
        apps.get_app_config("services").ready()


def test_a_request_stays_under_the_version_it_was_filed_under(citizen, desk, add, clock):
    add(FIRST.replace("FIRST", "PROCEDURE"))
    request = file(citizen)
    add(SECOND)
    page = f"/dich-vu-cong/ho-so/{request.url_number}/"
    assert "Where to?" in words(citizen.get(page))
    assert "What do you wish?" in words(citizen.get("/dich-vu-cong/made-up/"))
    decide(desk, request, "return", address="Thiếu số nhà.")
    citizen.post(page, {"action": "correct"})
    form = words(citizen.get("/dich-vu-cong/made-up/"))
    assert "Where to?" in form
    assert "Thiếu số nhà." in form
    again = citizen.post("/dich-vu-cong/made-up/", {"way": "desk", "action": "next"})
    assert again.status_code == 302
    request.refresh_from_db()
    assert (request.procedure_version, request.answers) == (1, {"way": "desk"})
