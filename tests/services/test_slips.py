"""Paying for a request: a slip with words and a code, the bank's list, and what is valid afterwards."""

from __future__ import annotations

import io
from datetime import date
from uuid import uuid4

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from insurance.models import ContributionPeriod, HealthCard
from insurance.rules.cards import household_card_from
from services import tasks
from services.actions import payments
from services.models import BankEntry, BankList, PaymentSlip, ServiceRequest
from services.rules import vietqr
from tests.admin.conftest import logged_in, make_staff
from tests.harness.stage import NOW
from tests.services.test_requests import decide, file, words
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice

LIST = "/quan-tri/services/bankentry/"
HEAD = "bank_reference,booked_on,amount,words\n"
DAY = "2026-11-24"


@pytest.fixture
def cashier(person):
    return logged_in(make_staff("truong.phong", "supervisor", "00103"))


@pytest.fixture
def colleague(person):
    return logged_in(make_staff("truong.phong.hai", "supervisor", "00400"))


@pytest.fixture(autouse=True)
def account_to_pay_to(settings):
    settings.PAYMENT_BANK, settings.PAYMENT_ACCOUNT, settings.PAYMENT_ACCOUNT_NAME = "000000", "0011001234", "BHXH MAU"


def slip_of(request) -> PaymentSlip:
    return PaymentSlip.objects.get(request=request)


def arrives(words_: str, amount: int, reference: str = "FT1") -> dict[str, int]:
    lines = payments.lines_of(io.StringIO(f"{HEAD}{reference},{DAY},{amount},{words_}\n"))
    return dict(payments.read_list(lines, by="system", at=timezone.now()))


def test_the_code_is_the_one_banks_apps_read():
    # The static example of NAPAS's own description: its last four signs are the checksum.
    example = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN6304"
    assert f"{vietqr.checksum(example):04X}" == "9E6F"
    text = vietqr.payload(bank="970403", account="0011012345678", amount=792_000, words="BHXHABCDEFGHJK")
    assert text.startswith("00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA5303704")
    assert "5406792000" in text
    assert "62180814BHXHABCDEFGHJK6304" in text


@pytest.mark.parametrize(
    "wrong", [{"bank": "97"}, {"amount": 0}, {"words": "đóng"}, {"words": ""}, {"words": "A" * 99}]
)
def test_what_does_not_fit_a_code_is_refused(wrong):
    with pytest.raises(ValueError, match="fit"):
        vietqr.payload(**{"bank": "970403", "account": "001", "amount": 1, "words": "A", **wrong})


def test_a_filed_request_shows_what_to_pay_and_with_which_words(citizen):
    asked = file(citizen, "voluntary-payment")
    slip = slip_of(asked)
    page = words(citizen.get(f"/dich-vu-cong/ho-so/{asked.url_number}/"))
    assert slip.amount == 3 * (330_000 - 66_000)
    assert slip.reference in page
    assert "792.000" in page or "792,000" in page
    assert "VietQR" in page


def test_it_cannot_be_granted_before_it_is_paid(citizen, desk):
    asked = file(citizen, "voluntary-payment")
    decide(desk, asked, "approve")
    asked.refresh_from_db()
    assert asked.status == "submitted"


def test_paid_months_stand_in_the_history_and_the_citizen_is_told(citizen, person):
    asked = file(citizen, "voluntary-payment")
    slip = slip_of(asked)
    assert arrives(f"MBVCB.123.{slip.reference.lower()}.CT tu 001", slip.amount) == {"paid": 1}
    asked.refresh_from_db()
    assert asked.status == "approved"
    added = ContributionPeriod.objects.get(person=person, voluntary=True)
    assert (added.from_month, added.to_month, added.salary) == (date(2027, 1, 1), date(2027, 3, 1), 1_500_000)
    assert Notice.objects.filter(kind="request.paid", person_id=person.pk).count() == 1
    assert "01/2027" in words(citizen.get("/qua-trinh-tham-gia/"))
    assert "01/2027 – 03/2027" in words(citizen.get(f"/dich-vu-cong/ho-so/{asked.url_number}/"))


def test_a_list_that_comes_twice_pays_once(citizen, person):
    slip = slip_of(file(citizen, "voluntary-payment"))
    assert arrives(slip.reference, slip.amount) == {"paid": 1}
    assert arrives(slip.reference, slip.amount) == {}
    assert arrives(slip.reference, slip.amount, "FT2") == {"again": 1}
    assert ContributionPeriod.objects.filter(person=person, voluntary=True).count() == 1


@pytest.mark.parametrize(("more", "outcome", "status"), [(-1, "under", "submitted"), (1, "over", "approved")])
def test_another_amount_waits_for_somebody(citizen, more, outcome, status):
    asked = file(citizen, "voluntary-payment")
    slip = slip_of(asked)
    assert arrives(slip.reference, slip.amount + more) == {outcome: 1}
    asked.refresh_from_db()
    assert asked.status == status


def test_a_paper_for_more_help_is_read_by_an_officer_also_when_it_is_paid(citizen, desk, person):
    asked = file(citizen, "voluntary-payment")
    answers = asked.answers
    asked.answers = {**answers, "group": "poor"}
    asked.save()
    arrives(slip_of(asked).reference, slip_of(asked).amount)
    asked.refresh_from_db()
    assert asked.status == "submitted"
    decide(desk, asked, "approve")
    assert ContributionPeriod.objects.filter(person=person, voluntary=True).exists()


def test_what_arrives_after_the_end_of_a_request_is_to_be_paid_back(citizen, cashier):
    asked = file(citizen, "voluntary-payment")
    citizen.post(f"/dich-vu-cong/ho-so/{asked.url_number}/", {"action": "withdraw"})

    assert arrives(slip_of(asked).reference, slip_of(asked).amount) == {"ended": 1}
    assert "FT1" in words(cashier.get(f"{LIST}?settle=open"))
    assert slip_of(asked).paid_on is None
    assert not Notice.objects.filter(kind="request.paid").exists()


def test_what_was_paid_for_a_refused_request_is_to_be_paid_back_unless_it_is_taken_back(citizen, desk, cashier, clock):
    asked = file(citizen, "voluntary-payment")
    asked.answers = {**asked.answers, "group": "poor"}
    asked.save()
    arrives(slip_of(asked).reference, slip_of(asked).amount)
    clock.shift(60)
    decide(desk, asked, "reject", reason="record_differs")
    assert "FT1" in words(cashier.get(f"{LIST}?settle=open"))

    decide(cashier, asked, "reopen")
    assert "FT1" not in words(cashier.get(f"{LIST}?settle=open"))


def test_a_request_that_cannot_go_on_holds_up_nobody(citizen, caplog):
    broken = file(citizen, "voluntary-payment")
    good = ServiceRequest.objects.get(pk=broken.pk)
    good.pk, good.public_id, good.number = None, uuid4(), "00103DVC/2026/09999"
    good.save()
    PaymentSlip.objects.create(request=good, reference="BHXHABCDEFGHJK", amount=1, issued_at=NOW)
    PaymentSlip.objects.update(paid_on=date.fromisoformat(DAY))
    broken.answers = {}
    broken.save()

    tasks.carry_out_due()

    good.refresh_from_db()
    assert good.status == "approved"
    assert [line.message for line in caplog.records if line.levelname == "ERROR"] == ["payment.stuck"]


def test_a_household_has_its_cards_from_the_day_after_the_old_one(citizen, person):
    HealthCard.objects.update(number=f"GD401{person.bhxh_code}")
    member = {"members-0-member_name": person.full_name, "members-0-member_code": person.bhxh_code}
    asked = file(citizen, "household-card", months="3", **member)
    slip = slip_of(asked)
    arrives(slip.reference, slip.amount)
    card = HealthCard.objects.filter(person=person).order_by("-valid_from").first()
    assert (card.valid_from, card.valid_to) == (date(2027, 1, 1), date(2027, 3, 31))
    assert card.number.startswith("GD4")
    assert Notice.objects.filter(kind="card.new", person_id=person.pk).count() == 1


def test_a_member_with_the_card_of_an_employer_is_left_to_an_officer(citizen, person):
    asked = file(citizen, "household-card")
    arrives(slip_of(asked).reference, slip_of(asked).amount)
    asked.refresh_from_db()
    assert asked.status == "submitted"
    assert slip_of(asked).paid_on == date.fromisoformat(DAY)
    assert HealthCard.objects.filter(person=person).count() == 1


def test_a_member_who_is_not_in_the_records_is_left_to_an_officer(citizen, person):
    member = {"members-0-member_name": "Người Không Có", "members-0-member_code": person.bhxh_code}
    asked = file(citizen, "household-card", **member)
    arrives(slip_of(asked).reference, slip_of(asked).amount)
    asked.refresh_from_db()
    assert asked.status == "submitted"
    assert slip_of(asked).paid_on == date.fromisoformat(DAY)
    assert HealthCard.objects.filter(person=person).count() == 1


@pytest.mark.parametrize(
    ("last_day", "first"),
    [
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2026, 11, 24), date(2026, 11, 25)),
        (date(2026, 8, 27), date(2026, 11, 24)),
        (date(2026, 8, 26), date(2026, 12, 24)),
        (None, date(2026, 12, 24)),
    ],
)
def test_from_when_a_households_card_holds(last_day, first):
    assert household_card_from(last_day, date(2026, 11, 24)) == first


def test_a_paid_request_is_not_withdrawn_by_the_citizen(citizen, person):
    asked = file(citizen, "household-card")
    slip = slip_of(asked)
    slip.paid_on = date.fromisoformat(DAY)
    slip.save()
    page = citizen.post(f"/dich-vu-cong/ho-so/{asked.url_number}/", {"action": "withdraw"}, follow=True)
    assert "This request is paid." in words(page)


def test_a_list_put_away_counts_nothing_and_one_that_was_cut_off_is_finished(citizen, cashier, colleague):
    slip = slip_of(file(citizen, "voluntary-payment"))
    rows = f"{HEAD}FT1,{DAY},{slip.amount},{slip.reference}\n".encode()
    cashier.post(f"{LIST}read/", {"file": SimpleUploadedFile("sao-ke.csv", rows)})
    first = BankList.objects.get()
    cashier.post(f"{LIST}read/{first.pk}/", {"action": "away"})
    tasks.carry_out_due()
    assert not BankEntry.objects.exists()

    cashier.post(f"{LIST}read/", {"file": SimpleUploadedFile("sao-ke.csv", rows)})
    killed = BankList.objects.filter(decided_at=None)
    killed.update(confirmed=True, decided_at=NOW, decided_by=User.objects.get(username="truong.phong.hai"))
    tasks.carry_out_due()
    slip.refresh_from_db()
    assert slip.paid_on
    assert not BankList.objects.filter(content__isnull=False).exists()


def test_a_list_counts_once_a_second_supervisor_confirms_it_and_what_pays_nothing_is_settled(
    citizen, cashier, colleague, person
):
    slip = slip_of(file(citizen, "voluntary-payment"))
    rows = f"{HEAD}FT1,{DAY},{slip.amount},{slip.reference}\nFT2,{DAY},50000,mua gao\n"
    sent = cashier.post(f"{LIST}read/", {"file": SimpleUploadedFile("sao-ke.csv", rows.encode())}, follow=True)
    assert "2 lines" in words(sent)
    again = cashier.post(f"{LIST}read/", {"file": SimpleUploadedFile("hai.csv", rows.encode())})
    assert "This list waits already" in words(again)
    waiting = BankList.objects.get()
    own = cashier.post(f"{LIST}read/{waiting.pk}/", {"action": "confirm"}, follow=True)
    assert "another supervisor confirms it" in words(own)
    assert not BankEntry.objects.exists()
    read = colleague.post(f"{LIST}read/{waiting.pk}/", {"action": "confirm"}, follow=True)
    assert "Pays a slip: 1, no slip has these words: 1" in words(read)
    waiting.refresh_from_db()
    assert waiting.content is None
    late = colleague.post(f"{LIST}read/{waiting.pk}/", {"action": "confirm"}, follow=True)
    assert "has been decided already" in words(late)
    left = BankEntry.objects.get(outcome="unknown")
    assert "FT2" in words(cashier.get(f"{LIST}?settle=open"))
    assert "mua gao" not in words(cashier.get(LIST))
    cashier.post(f"{LIST}{left.pk}/settle/", {"note": "Trả lại người chuyển"})
    left.refresh_from_db()
    assert left.settled_note == "Trả lại người chuyển"
    assert AuditEvent.objects.filter(event="bank.entry_settled").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        f"{HEAD}F\0,{DAY},5,x\n",
        f"{HEAD}FT1,24/11/2026,1,x\n",
        f"{HEAD}FT1,{DAY},-5,x\n",
        f"{HEAD},{DAY},5,x\n",
        f"{HEAD}F\n",
    ],
)
def test_a_broken_list_is_refused_whole(cashier, text):
    file_ = SimpleUploadedFile("x.csv", text.encode() or b"\xff")
    assert cashier.post(f"{LIST}read/", {"file": file_}).status_code == 400
    assert not BankEntry.objects.exists()


def test_officers_do_not_read_lists(desk):
    assert desk.get(LIST).status_code == 403
    assert desk.get(f"{LIST}read/").status_code == 403


def test_what_is_awaited_is_said_where_one_looks(citizen, desk):
    asked = file(citizen, "voluntary-payment")
    at = f"/dich-vu-cong/ho-so/{asked.url_number}/"
    page = words(citizen.get(at))
    assert "Waiting for your transfer of" in page
    assert "No last day is set" in page
    assert "waits for an officer" not in page
    assert "answers by" not in page
    for other in ("/ca-nhan/", "/dich-vu-cong/?muc=lich-su"):
        assert "Waiting for your payment" in words(citizen.get(other))
    assert "Not paid yet" in words(desk.get("/quan-tri/services/servicerequest/"))

    asked.answers = {**asked.answers, "group": "poor"}  # its paper is for an officer to read
    asked.save()
    arrives(slip_of(asked).reference, slip_of(asked).amount)
    asked.refresh_from_db()
    page = words(citizen.get(at))
    assert "waits for an officer" in page
    assert asked.due_on == date(2026, 11, 30), "five working days after the bank's list"
    assert "answers by 30/11/2026" in page


def test_the_code_is_saved_as_a_picture_for_the_bank_app_of_the_same_telephone(citizen, elsewhere):
    asked = file(citizen, "voluntary-payment")
    at = f"/dich-vu-cong/ho-so/{asked.url_number}/vietqr.png"
    page = words(citizen.get(f"/dich-vu-cong/ho-so/{asked.url_number}/"))
    assert f'href="{at}" download="vietqr.png"' in page
    for value in (str(slip_of(asked).amount), slip_of(asked).reference, "0011001234"):
        assert f'data-copy="{value}"' in page

    picture = citizen.get(at)
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))
    assert read.text == payments.code_of(slip_of(asked))
    assert "no-store" in picture["Cache-Control"]
    assert elsewhere.get(at).status_code != 200

    arrives(slip_of(asked).reference, slip_of(asked).amount)
    assert citizen.get(at).status_code == 404
