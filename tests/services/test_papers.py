"""Papers of a request in the store: how many, how much, and nothing that a scanner has not let through (T27, T30)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actions.looks import readings_of
from insurance.models import InsuredPerson
from services import tasks
from services.actions import papers
from services.models import RequestPaper, ServiceRequest
from tests.api.test_who_looked import back_office
from tests.harness.stage import NOW, words
from tests.registration.conftest import code_on
from tests.services.clamd import EICAR, babbler, clamd
from tests.services.test_attachments import pdf
from tests.services.test_requests import TYPED
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.documents.scanner import ScannerAway, is_harmful

PAPERS = "/dich-vu-cong/feedback/giay-to/"


def hide_virus(made):
    made.pages[0].Contents = made.make_stream(EICAR)


HARMFUL = pdf(change=hide_virus, compress_streams=False)


@pytest.fixture
def draft(citizen) -> ServiceRequest:
    citizen.post("/dich-vu-cong/feedback/", {**TYPED["feedback"], "action": "next"})
    return ServiceRequest.objects.get()


def attach(citizen, data: bytes, name: str = "giay.pdf", kind: str = "application/pdf"):
    return citizen.post(PAPERS, {"picture": SimpleUploadedFile(name, data, kind), "action": "next"})


def send(citizen) -> ServiceRequest:
    confirm = "/dich-vu-cong/feedback/xac-nhan/"
    citizen.post(confirm, {"action": "send_otp"})
    citizen.post(confirm, {"action": "submit", "otp": code_on()})
    return ServiceRequest.objects.get(status="submitted")


def made(draft: ServiceRequest, **facts) -> RequestPaper:
    return RequestPaper.objects.create(
        **{"request": draft, "name": "picture", "kind": "pdf", "size": 10, "created_at": NOW, **facts}
    )


def test_the_twenty_first_file_of_a_day_is_too_many_whatever_became_of_the_others(citizen, draft, account):
    for _number in range(papers.A_DAY - 1):
        record(Event.PAPER_ADDED, actor=account.actor, subject=draft.subject, at=NOW - timedelta(hours=23))
    assert attach(citizen, pdf()).status_code == 302
    assert citizen.post(PAPERS, {"remove": "picture"}).status_code == 200
    refused = attach(citizen, pdf())
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "20 files today" in words(refused)
    assert not RequestPaper.objects.exists()


def test_the_papers_of_one_account_fill_no_more_than_their_share(citizen, draft):
    made(draft, name="paper0", size=papers.MOST_BYTES, stored_name="paper/aa/bb/x")
    refused = attach(citizen, pdf())
    assert refused.status_code == 413
    assert "100 MB" in words(refused)


def test_a_file_over_ten_megabytes_is_refused(citizen, draft):
    assert attach(citizen, b"%PDF-" + b"0" * (10 * 1024 * 1024)).status_code == 413


def test_a_harmful_pdf_is_refused(citizen, draft, settings, tmp_path):
    with clamd(tmp_path) as settings.CLAMAV_SOCKET:
        refused = attach(citizen, HARMFUL)
        assert refused.status_code == 400
        assert "virus check" in words(refused)
        assert attach(citizen, pdf()).status_code == 302
    assert RequestPaper.objects.get().scan == "clean"


def test_what_the_scanner_has_not_seen_waits_and_nobody_opens_it(citizen, desk, draft, settings, tmp_path):
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")
    attach(citizen, pdf())
    assert "Waiting for the virus check" in words(citizen.get(PAPERS))
    request, paper = send(citizen), RequestPaper.objects.get()
    file, page = f"giay-to/{paper.pk}/", f"{request.pk}/change/"
    base = "/quan-tri/services/servicerequest/"
    assert desk.get(base + file).status_code == 404
    assert "Waiting for the virus check" in words(desk.get(base + page))
    assert tasks.scan_waiting() == 0
    with clamd(tmp_path) as settings.CLAMAV_SOCKET:
        assert (tasks.scan_waiting(), tasks.scan_waiting()) == (1, 0)
    assert desk.get(base + file).status_code == 200


def test_what_turns_out_to_be_harmful_is_erased(citizen, desk, draft, settings, tmp_path):
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")
    attach(citizen, HARMFUL)
    request = send(citizen)
    with clamd(tmp_path) as settings.CLAMAV_SOCKET:
        tasks.scan_waiting()
    paper = RequestPaper.objects.get()
    assert (paper.scan, paper.stored_name) == ("harmful", "")
    assert "Harmful: erased" in words(citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/"))
    assert desk.get(f"/quan-tri/services/servicerequest/giay-to/{paper.pk}/").status_code == 404


def test_words_that_are_no_verdict_never_count_as_clean(settings, tmp_path):
    with babbler(tmp_path) as settings.CLAMAV_SOCKET, pytest.raises(ScannerAway):
        is_harmful(b"data")


def test_no_paper_is_opened_by_staff_without_an_entry_that_its_citizen_reads(citizen, desk, account):
    citizen.post("/dich-vu-cong/feedback/", {**TYPED["feedback"], "action": "next"})
    attach(citizen, pdf())
    request, paper = send(citizen), RequestPaper.objects.get()
    opened, silent = 0, []
    for name, path in back_office({"request": request.pk, "paper": paper.pk}):
        if name.endswith(("logout", "login")):
            continue
        before = readings_of(account).count()
        answer = desk.get(path)
        if answer.status_code == 200 and b"%PDF-" in answer.content[:9]:
            opened += 1
            if readings_of(account).count() == before:
                silent.append(path)
    assert silent == []
    assert opened == 1
    assert AuditEvent.objects.filter(event="photo.viewed", subject=request.subject).count() == 1
    seen = words(citizen.get("/tai-khoan/ai-da-xem/"))
    assert f"opened a paper of the request {request.number}" in seen
    assert "to decide a request for a public service" in seen


def test_a_paper_about_a_child_is_told_to_the_parent_as_well(citizen, desk, account):
    citizen.post("/dich-vu-cong/feedback/", {**TYPED["feedback"], "action": "next"})
    attach(citizen, pdf())
    request, paper = send(citizen), RequestPaper.objects.get()
    child = InsuredPerson.objects.get(bhxh_code="0099000888")
    ServiceRequest.objects.filter(pk=request.pk).update(person=child)

    desk.get(f"/quan-tri/services/servicerequest/giay-to/{paper.pk}/")

    about = AuditEvent.objects.filter(event="record.viewed", facts__purpose="paper").values_list("subject", flat=True)
    assert set(about) == {f"person:{child.pk}", f"person:{account.person_id}"}
