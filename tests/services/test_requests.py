"""Every public service from the first answer to the result: filed, signed, decided, read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from insurance.models import HealthCard
from services import procedures
from services.actions.requests import erase_drafts
from services.models import PaymentSlip, RequestMessage, RequestPaper, ServiceRequest
from tests.harness.stage import NOW, new_browser, words
from tests.registration.conftest import code_on
from tests.registration.pictures import jpeg
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice
from vssid.sms.models import Message

OWN_NAME = "NGUYỄN THỊ THỬ NGHIỆM"
ACCOUNT = {"bank": "Ngân hàng Ví Dụ, chi nhánh Mẫu", "account": "0123456789", "holder": OWN_NAME}
TYPED = {
    "authorisation": {
        "agent_name": "Trần Bản Mẫu",
        "agent_id": "001185000888",
        "agent_phone": "0912345678",
        "benefit": "pension",
        "scope": "collect",
        "from_day": "01/12/2026",
        "to_day": "01/06/2027",
    },
    "benefit-move": {
        "province": "01",
        "ward": "00256",
        "address": "Số 1, ngõ Ví Dụ",
        "from_month": "01/2027",
        "reason": "moved",
        "phone": "0912345678",
    },
    "book-changed": {"change": "name", "new_name": "Nguyễn Thị Thử Mới", "delivery": "digital"},
    "book-reissue": {"reason": "lost", "delivery": "digital"},
    "card-reissue": {"reason": "lost", "delivery": "counter", "why_paper": "no_phone"},
    "feedback": {"topic": "gap", "text": "Thiếu tháng 03/2024."},
    "household-card": {
        "months": "12",
        "members-0-member_name": "Nguyễn Thị Thử Nghiệm",
        "members-0-member_code": "0099000107",
        "members-0-relation": "head",
        "facility": "01000",
    },
    "lump-sum": {"case": "a", "understood": "on", **ACCOUNT},
    "data-rights": {"right": "object", "use": "Không dùng dữ liệu của tôi để thống kê."},
    "payee-change": {"method": "account", **ACCOUNT},
    "record-change": {"change": "gender", "new_gender": "male"},
    "voluntary-payment": {"income": "1500000", "months": "3", "first_month": "01/2027", "group": "other"},
}
ALL = [pytest.param(procedure, id=procedure.code) for procedure in procedures.offered()]


def file(citizen, code: str, **changes: str) -> ServiceRequest:
    """Answer, sign, send."""
    answer = citizen.post(f"/dich-vu-cong/{code}/", {**TYPED[code], **changes, "action": "next"})
    assert answer.status_code == 302, words(answer)
    if answer["Location"].endswith("/giay-to/"):
        answer = citizen.post(answer["Location"], {"action": "next"})
    confirm = f"/dich-vu-cong/{code}/xac-nhan/"
    assert citizen.post(confirm, {"action": "send_otp"}).status_code == 302
    sent = citizen.post(confirm, {"action": "submit", "otp": code_on()})
    assert sent.status_code == 302, words(sent)
    return ServiceRequest.objects.get(procedure_code=code, cause=None)


def decide(desk, request: ServiceRequest, what: str, **facts: str):
    request.refresh_from_db()
    return desk.post(f"/quan-tri/services/servicerequest/{request.pk}/{what}/", {"version": request.version, **facts})


@pytest.mark.parametrize("procedure", ALL)
def test_every_service_goes_from_its_questions_to_its_result(citizen, desk, clock, procedure):
    assert citizen.get(f"/dich-vu-cong/{procedure.code}/").status_code == 200
    request = file(citizen, procedure.code)
    assert request.number.startswith("00103DVC/2026/")
    assert Message.objects.filter(purpose="receipt").count() == 1
    assert request.number in words(desk.get("/quan-tri/services/servicerequest/"))
    assert desk.get(f"/quan-tri/services/servicerequest/{request.pk}/change/").status_code == 200
    PaymentSlip.objects.filter(request=request).update(paid_on=NOW.date())
    assert decide(desk, request, "approve", outcome="Đã giải quyết.").status_code == 302
    request.refresh_from_db()
    assert request.status == "approved"
    later = new_browser()
    later.force_login(request.account)
    assert "Đã giải quyết." in words(later.get(f"/dich-vu-cong/ho-so/{request.url_number}/"))
    assert Notice.objects.filter(person_id=request.person_id, kind="request.changed").count() == 1


def test_the_list_shows_services_and_ones_own_requests(citizen):
    assert "[607A]" in words(citizen.get("/dich-vu-cong/"))
    request = file(citizen, "feedback")
    assert request.number in words(citizen.get("/dich-vu-cong/?muc=lich-su"))


def test_the_services_list_asks_few_questions(citizen, django_assert_max_num_queries):
    file(citizen, "feedback")
    with django_assert_max_num_queries(6):
        citizen.get("/dich-vu-cong/?muc=lich-su")


def test_a_digital_card_is_right_the_same_minute_without_an_officer(citizen, person):
    old = HealthCard.objects.get(person=person)
    request = file(citizen, "card-reissue", delivery="digital", why_paper="")
    old.refresh_from_db()
    assert request.status == "approved"
    assert request.decided_automatically
    assert old.revoked_at == NOW
    assert HealthCard.objects.filter(person=person, revoked_at=None).count() == 1


def test_a_new_name_is_in_the_record_and_the_book_follows_by_itself(citizen, desk, person):
    request = file(citizen, "record-change", change="name", new_name="Nguyễn Thị Thử Mới")
    decide(desk, request, "approve")
    person.refresh_from_db()
    assert person.full_name == "NGUYỄN THỊ THỬ MỚI"
    follow = ServiceRequest.objects.get(cause=request)
    assert (follow.procedure_code, follow.status) == ("book-changed", "submitted")


def test_the_book_that_follows_a_new_name_can_be_corrected_and_changes_nothing_twice(citizen, desk, clock, person):
    request = file(citizen, "record-change", change="name", new_name="Nguyễn Thị Thử Mới")
    decide(desk, request, "approve")
    follow = ServiceRequest.objects.get(cause=request)
    decide(desk, follow, "return", delivery="Sổ giấy hay điện tử?")
    citizen.post(f"/dich-vu-cong/ho-so/{follow.url_number}/", {"action": "correct"})
    clock.shift(120)
    typed = {"change": "name", "new_name": "Nguyễn Thị Thử Mới", "delivery": "counter", "action": "next"}
    assert citizen.post("/dich-vu-cong/book-changed/", typed).status_code == 302
    citizen.post("/dich-vu-cong/book-changed/xac-nhan/", {"action": "send_otp"})
    citizen.post("/dich-vu-cong/book-changed/xac-nhan/", {"action": "submit", "otp": code_on()})
    decide(desk, follow, "approve")
    follow.refresh_from_db()
    assert follow.status == "approved"
    assert AuditEvent.objects.filter(event="record.corrected", subject=f"person:{person.pk}").count() == 1


def test_a_line_of_a_group_is_words_for_the_citizen_and_the_officer_who_sees_the_amount_too(citizen, desk):
    request = file(citizen, "household-card")
    for page in (
        citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/"),
        desk.get(f"/quan-tri/services/servicerequest/{request.pk}/change/"),
    ):
        assert "&lt;data" not in page.content.decode()
        assert "0099 000 107" in words(page).replace("\u00a0", " ")
    assert "1,366,200" in words(page)


def test_what_depends_on_the_answer_promises_no_number_of_days(citizen):
    assert "It depends on what you ask for" in words(citizen.get("/dich-vu-cong/data-rights/"))


def test_a_returned_request_is_mended_and_keeps_its_number(citizen, desk, clock):
    request = file(citizen, "feedback")
    decide(desk, request, "return", text="Xin ghi rõ tháng.")
    page = citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/")
    assert "Xin ghi rõ tháng." in words(page)
    citizen.post(f"/dich-vu-cong/ho-so/{request.url_number}/", {"action": "correct"})
    clock.shift(120)
    again = file(citizen, "feedback", text="Thiếu tháng 03/2024, đơn vị A.")
    assert (again.pk, again.number, again.status) == (request.pk, request.number, "submitted")
    assert again.answers["text"] == "Thiếu tháng 03/2024, đơn vị A."


def test_a_refused_request_says_why_and_is_filed_again_as_a_filled_draft(citizen, desk):
    request = file(citizen, "feedback")
    decide(desk, request, "reject", reason="record_differs", text="Khác dữ liệu.")
    page = words(citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/"))
    assert "Khác dữ liệu." in page
    assert "Luật Khiếu nại" in page
    citizen.post(f"/dich-vu-cong/ho-so/{request.url_number}/", {"action": "again"})
    assert "Thiếu tháng 03/2024." in words(citizen.get("/dich-vu-cong/feedback/"))


def test_the_citizen_and_the_officer_write_to_each_other(citizen, desk):
    request = file(citizen, "feedback")
    citizen.post(f"/dich-vu-cong/ho-so/{request.url_number}/", {"action": "write", "text": "Bao giờ có kết quả?"})
    assert "Bao giờ có kết quả?" in words(desk.get(f"/quan-tri/services/servicerequest/{request.pk}/change/"))
    decide(desk, request, "write", text="Trong tuần này.")
    assert "Trong tuần này." in words(citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/"))


def test_twenty_messages_a_day_and_ten_new_drafts_are_enough(citizen):
    page = f"/dich-vu-cong/ho-so/{file(citizen, 'feedback').url_number}/"
    for _time in range(21):
        citizen.post(page, {"action": "write", "text": "Bao giờ có kết quả?"})
    assert RequestMessage.objects.count() == 20

    assert "You would have to file it again" in citizen.get(page, {"rut": ""}).content.decode()
    citizen.post(page, {"action": "withdraw"})
    for _time in range(11):
        citizen.post(page, {"action": "again"})
    assert ServiceRequest.objects.filter(status="draft").count() == 10


def test_other_offices_and_other_citizens_find_nothing(citizen, elsewhere, client):
    request = file(citizen, "feedback")
    for address in ("change/", "approve/", "reject/"):
        path = f"/quan-tri/services/servicerequest/{request.pk}/{address}"
        answer = elsewhere.post(path) if address == "approve/" else elsewhere.get(path)
        assert answer.status_code == 404
    assert client.get(f"/dich-vu-cong/ho-so/{request.url_number}/").status_code == 302
    assert request.number not in words(elsewhere.get("/quan-tri/services/servicerequest/"))


def test_each_look_of_an_officer_is_written_down(citizen, desk):
    request = file(citizen, "feedback")
    desk.get(f"/quan-tri/services/servicerequest/{request.pk}/change/")
    seen = AuditEvent.objects.filter(event="record.viewed", subject=f"person:{request.person_id}")
    assert seen.get().facts["purpose"] == "request"


def test_a_code_signs_what_was_read_and_nothing_that_was_changed_afterwards(citizen):
    confirm, typed = "/dich-vu-cong/feedback/xac-nhan/", {**TYPED["feedback"], "action": "next"}
    citizen.post("/dich-vu-cong/feedback/", typed)
    citizen.post(confirm, {"action": "send_otp"})
    citizen.post("/dich-vu-cong/feedback/", {**typed, "text": "Điều khác hẳn."})

    assert citizen.post(confirm, {"action": "submit", "otp": code_on()}).status_code == 400
    assert ServiceRequest.objects.get().status == "draft"


def test_a_second_click_sends_one_request_with_one_number(citizen):
    request = file(citizen, "feedback")
    again = citizen.post("/dich-vu-cong/feedback/xac-nhan/", {"action": "submit", "otp": "000000"})
    assert again.status_code == 302
    assert ServiceRequest.objects.get().number == request.number


def test_a_paper_that_is_needed_is_asked_for_kept_and_shown_to_the_officer(citizen, desk, elsewhere):
    code, typed = "lump-sum", {**TYPED["lump-sum"], "case": "b", "action": "next"}
    citizen.post(f"/dich-vu-cong/{code}/", typed)
    papers = f"/dich-vu-cong/{code}/giay-to/"
    assert citizen.post(papers, {"action": "next"}).status_code == 400
    photo = SimpleUploadedFile("visa.jpg", jpeg(900, 600), "image/jpeg")
    assert citizen.post(papers, {"action": "next", "abroad": photo}).status_code == 302
    citizen.post(f"/dich-vu-cong/{code}/xac-nhan/", {"action": "send_otp"})
    citizen.post(f"/dich-vu-cong/{code}/xac-nhan/", {"action": "submit", "otp": code_on()})
    paper = RequestPaper.objects.get(request__status="submitted")
    path = f"/quan-tri/services/servicerequest/giay-to/{paper.pk}/"
    answer = desk.get(path)
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert answer["Content-Disposition"] == "attachment"
    assert elsewhere.get(path).status_code == 404


def test_drafts_are_erased_after_a_day(citizen):

    citizen.post("/dich-vu-cong/feedback/", {**TYPED["feedback"], "action": "next"})
    assert erase_drafts(before=timezone.now() + timedelta(seconds=1)) == 1
    assert not ServiceRequest.objects.exists()
