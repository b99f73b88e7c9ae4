"""Requests on the officers' desk: the same queue, holders, notes, bulk and taking back as registrations have."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from services.actions import waiting
from services.models import RequestNote, ServiceRequest
from tests.admin.conftest import logged_in, make_staff, told
from tests.harness.stage import words
from tests.registration.conftest import PHONE, phone_shows
from tests.services.conftest import OFFICE
from tests.services.test_requests import decide, file
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice
from vssid.sms.models import Message

LIST = "/quan-tri/services/servicerequest/"


@pytest.fixture
def boss(person):
    return logged_in(make_staff("phutrach.dvc", "supervisor", OFFICE))


def status(request: ServiceRequest) -> str:
    request.refresh_from_db()
    return request.status


def page(client, request: ServiceRequest) -> str:
    return words(client.get(f"{LIST}{request.pk}/change/"))


def test_a_request_is_found_by_its_number_the_persons_numbers_and_its_service(citizen, desk, person):
    request = file(citizen, "feedback")
    for asked in ("q=1", f"q={request.number}", f"q={person.bhxh_code}", f"q={person.citizen_id}", "mark=feedback"):
        assert request.number in words(desk.get(f"{LIST}?{asked}")), asked
    for asked in ("q=2", "q=0099000888", "q=nguyen", "mark=lump-sum"):
        assert request.number not in words(desk.get(f"{LIST}?{asked}")), asked


def test_one_officer_holds_it_and_a_supervisor_takes_it_over(citizen, desk, boss):
    request = file(citizen, "feedback")
    decide(boss, request, "take")
    assert "is working on this dossier" in page(desk, request)
    assert decide(desk, request, "approve").status_code == 302
    assert status(request) == "submitted"
    decide(boss, request, "release")
    decide(desk, request, "take")
    assert "Held by you" in page(desk, request)
    assert decide(desk, request, "take", over="1").status_code == 404
    decide(boss, request, "take", over="1")
    assert "Held by you" in page(boss, request)


def test_notes_are_for_officers_only(citizen, desk, boss):
    request = file(citizen, "feedback")
    decide(desk, request, "note", text="Gọi lại đơn vị A.")
    assert "Gọi lại đơn vị A." in page(boss, request)
    assert "Gọi lại" not in words(citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/"))


def test_a_refusal_is_taken_back_with_its_message_and_notice(citizen, desk, boss, clock):
    request = file(citizen, "feedback")
    clock.shift(60)
    decide(desk, request, "reject", reason="record_differs")
    assert Notice.objects.filter(kind="request.changed").count() == 1
    assert decide(desk, request, "reopen").status_code == 404
    decide(boss, request, "reopen")
    assert status(request) == "submitted"
    assert not Notice.objects.filter(kind="request.changed").exists()
    assert Message.objects.filter(purpose="notice", status="pending").count() == 0


def test_what_its_citizen_has_read_is_not_taken_back(citizen, desk, boss, clock):
    request = file(citizen, "feedback")
    clock.shift(60)
    decide(desk, request, "return", text="Xin ghi rõ tháng.")
    assert "Take the decision back" in page(boss, request)
    citizen.get(f"/dich-vu-cong/ho-so/{request.url_number}/")
    assert "Take the decision back" not in page(boss, request)
    decide(boss, request, "reopen")
    assert status(request) == "returned"


def test_after_fifteen_minutes_a_decision_stands(citizen, desk, boss, clock):
    request = file(citizen, "feedback")
    decide(desk, request, "reject", reason="record_differs")
    clock.shift(timedelta(minutes=15))
    decide(boss, request, "reopen")
    assert status(request) == "rejected"


def test_routine_requests_are_granted_together_and_the_others_named(citizen, desk):
    routine, other = file(citizen, "book-reissue"), file(citizen, "feedback")
    chosen = {"chosen": [f"{one.pk}.{one.version}" for one in (routine, other)]}
    look = words(desk.post(f"{LIST}bulk/", chosen))
    assert "1 dossier will be approved" in look
    assert "decided one by one" in look
    result = words(desk.get(desk.post(f"{LIST}bulk/approve/", chosen).url))
    assert "1 dossier is approved" in result
    assert (status(routine), status(other)) == ("approved", "submitted")


def test_a_routine_request_with_words_to_read_is_not_granted_unread(citizen, desk, account):
    request = file(citizen, "book-reissue")
    RequestNote.objects.create(request=request, author=account, text="Xem", created_at=request.submitted_at)
    desk.post(f"{LIST}bulk/approve/", {"chosen": f"{request.pk}.{request.version}"})
    assert status(request) == "submitted"


def test_another_offices_request_cannot_be_chosen(citizen, elsewhere):
    request = file(citizen, "book-reissue")
    assert elsewhere.post(f"{LIST}bulk/", {"chosen": f"{request.pk}.{request.version}"}).status_code == 404


def test_the_figures_show_both_kinds_apart(citizen, desk, boss):
    decide(desk, file(citizen, "feedback"), "approve")
    requests = words(boss.get("/quan-tri/so-lieu/?kind=servicerequest"))
    registrations = words(boss.get("/quan-tri/so-lieu/"))
    assert "Approved: 1; Returned: 0" in requests
    assert "Nothing was decided in these days." in registrations


def test_the_desk_asks_few_questions_whatever_waits(citizen, desk, django_assert_max_num_queries):
    request = file(citizen, "book-reissue")
    first = file(citizen, "feedback")
    with django_assert_max_num_queries(12):
        desk.get(LIST)
    with django_assert_max_num_queries(27):
        desk.get(f"{LIST}{first.pk}/change/")
    assert request.pk != first.pk


def test_an_officer_sends_the_receipt_and_the_answer_again_without_seeing_them(citizen, desk, clock):
    request = file(citizen, "feedback")
    assert "still on its way" in told(desk, decide(desk, request, "resend"))
    first = phone_shows()[0]
    assert f"Receipt · {Message.objects.get(purpose='receipt').get_status_display()}" in page(desk, request)

    assert "The message goes out again." in told(desk, decide(desk, request, "resend"))
    receipt = phone_shows()[0]
    assert receipt[:-6] == first[:-6]
    assert request.number in receipt
    event = AuditEvent.objects.get(event="message.resent")
    assert (event.subject, event.facts) == (request.subject, {"purpose": "receipt"})

    decide(desk, request, "reject", reason="record_differs")
    clock.shift(16 * 60)
    answer = phone_shows()[0]
    officer = logged_in(User.objects.get(username="canbo.dvc"))
    decide(officer, request, "resend")
    assert [text[:-6] for text in phone_shows()[:2]] == [answer[:-6]] * 2
    seen = page(officer, request)
    for text in ("da nhan ho so", "da co ket qua", PHONE, PHONE[4:]):
        assert text not in seen


def test_a_message_about_a_request_goes_again_three_times_a_day_and_only_from_its_office(citizen, desk, elsewhere):
    request = file(citizen, "feedback")
    auditor = logged_in(make_staff("thanhtra.dvc", "auditor", OFFICE))
    before = len(phone_shows())
    for _time in range(4):
        answer = decide(desk, request, "resend")
        phone_shows()
    assert "often enough" in told(desk, answer)
    assert len(phone_shows()) == before + 3
    assert {decide(other, request, "resend").status_code for other in (elsewhere, auditor)} == {404}
    assert "Send the message again" not in page(auditor, request)


def test_the_receipt_of_a_change_that_waits_goes_again_with_the_code_that_stops_it(citizen, desk):
    request = file(citizen, "payee-change")
    first = re.search(r"ma huy ([A-Z2-9]{10})", phone_shows()[0])
    assert first
    decide(desk, request, "resend")
    assert first[0] in phone_shows()[0]
    assert len(phone_shows()) >= 2
    assert waiting.stop(number=request.number, code=first[1], at=timezone.now()).status == "withdrawn"
    assert waiting.code_of(ServiceRequest.objects.get()) == ""


def test_a_phone_that_takes_no_message_is_shown_on_the_request(citizen, desk):
    request = file(citizen, "feedback")
    phone_shows()
    Message.objects.filter(purpose="receipt").update(status="undelivered", finished_at=timezone.now())
    assert "The phone number takes no messages." in page(desk, request)
    assert "Look at 1 dossier" in words(desk.get("/quan-tri/"))
    listed = words(desk.get("/quan-tri/tin-khong-den/"))
    assert request.number in listed
    assert "Feedback" in listed
    decide(desk, request, "resend")
    Message.objects.filter(dedupe_key__startswith="again:").update(status="delivered", body=None)
    assert request.number not in words(desk.get("/quan-tri/tin-khong-den/"))
