"""Following a request: who holds it, what is to be changed beside its very field, the result as a document."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from insurance.models import Statement
from services.models import ServiceRequest
from tests.harness.stage import new_browser, words
from tests.services.test_requests import decide, file

CHECK = "/tra-cuu/chung-tu/"


@pytest.fixture
def request_filed(citizen) -> ServiceRequest:
    return file(citizen, "feedback")


def page(citizen, request: ServiceRequest) -> str:
    return words(citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/"))


def test_the_citizen_sees_who_holds_it(citizen, desk, request_filed):
    assert "It waits for an officer of BHXH cơ sở Trình Diễn" in page(citizen, request_filed)
    decide(desk, request_filed, "take")
    assert "An officer of BHXH cơ sở Trình Diễn is working on it" in page(citizen, request_filed)
    decide(desk, request_filed, "return", text="Xin ghi rõ tháng.")
    assert "It waits for you" in page(citizen, request_filed)


def test_what_is_to_be_changed_stands_beside_its_field_and_paper(citizen, desk, request_filed):
    decide(desk, request_filed, "return", text="Xin ghi rõ tháng.", picture="Ảnh mờ.")
    citizen.post(f"/dich-vu-cong/ho-so/{request_filed.url_number}/", {"action": "correct"})
    form = words(citizen.get("/dich-vu-cong/feedback/"))
    asked = form.index("</b> Xin ghi rõ tháng.")
    assert form.index('name="topic"') < asked < form.index('name="text"')
    assert "</b> Ảnh mờ." in words(citizen.get("/dich-vu-cong/feedback/giay-to/"))


def test_the_result_is_a_tagged_document_that_anybody_can_check(citizen, desk, request_filed):
    address = f"/dich-vu-cong/ho-so/{request_filed.url_number}/"
    assert citizen.post(address, {"action": "result"}).status_code == 302
    decide(desk, request_filed, "approve", outcome="Đã bổ sung tháng 03/2024.")
    made = citizen.post(address, {"action": "result"})
    assert made["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == "en"
    code, anybody = Statement.objects.get().code, new_browser()
    assert "The code is genuine" in words(anybody.get(f"{CHECK}{code}/"))
    upload = SimpleUploadedFile("a.pdf", made.content, "application/pdf")
    assert "The file is genuine" in words(anybody.post(f"{CHECK}{code}/", {"file": upload}))


def test_the_receipt_is_a_document_from_the_first_day_and_says_by_when_it_is_answered(citizen, request_filed):
    made = citizen.post(f"/dich-vu-cong/ho-so/{request_filed.url_number}/", {"action": "receipt"})
    assert f"{request_filed.url_number}-receipt.pdf" in made["Content-Disposition"]
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert request_filed.number in str(document.docinfo["/Title"])
    facts = {"one": request_filed, "procedure": request_filed.procedure, "person": request_filed.person}
    said = render_to_string("documents/receipt.html", facts)
    for part in (request_filed.number, request_filed.office.name, f"{request_filed.due_on:%d/%m/%Y}"):
        assert part in said


@pytest.mark.django_db
def test_an_unknown_code_can_be_typed_again(client):
    unknown = client.get(f"{CHECK}abcde/")
    assert unknown.status_code == 404
    assert 'name="code"' in words(unknown)
    again = client.post(f"{CHECK}abcde/", {"code": "ABCDE-fghjk-23456-mnpqr"})
    assert again["Location"] == f"{CHECK}abcdefghjk23456mnpqr/"
    assert client.post(f"{CHECK}abcde/", {"code": "///"})["Location"] == f"{CHECK}-/"
