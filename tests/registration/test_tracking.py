"""Following a dossier by number, phone and code."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import RegistrationDossier, User
from insurance.models import Holiday
from tests.harness.stage import new_browser, words
from tests.registration.conftest import PHONE, code_on, other, register
from vssid.sms.models import Message

PATH = "/dang-ky/tra-cuu/"


@pytest.fixture
def dossier(browser, person, clock):
    dossier = register(browser)
    clock.shift(120)
    return dossier


@pytest.fixture
def reader(dossier):
    return new_browser()


def ask(client, number, phone="0900000107"):
    return client.post(PATH, {"number": number, "phone": phone, "action": "send_otp"})


def look(client, number, code, phone="0900000107"):
    return client.post(PATH, {"number": number, "phone": phone, "otp": code, "action": "submit"})


def status_page(client, number) -> str:
    ask(client, number)
    assert look(client, number, code_on()).url == PATH
    return words(client.get(PATH))


def test_number_phone_and_code_show_where_the_dossier_stands(reader, dossier):
    page = status_page(reader, dossier.number)
    assert dossier.number in page
    assert "Declaration received" in page
    assert "Bring your original ID card to BHXH cơ sở Trình Diễn." in page


@pytest.mark.parametrize("write", [str.lower, lambda n: n.replace("/", "-"), lambda n: f" {n} "])
def test_the_number_may_be_written_in_other_ways(reader, dossier, write):
    ask(reader, write(dossier.number))
    assert look(reader, write(dossier.number), code_on()).url == PATH


def without_token(page: str) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value|name="number" value|name="phone" value)="[^"]*"', "", page)


def test_an_unknown_pair_is_answered_alike_and_sends_nothing(reader, dossier):
    sent = Message.objects.count()
    wrong_phone = ask(reader, dossier.number, "0900000208")
    wrong_number = ask(new_browser(), "00103GD/2026/99999", "0900000309")
    assert Message.objects.count() == sent
    right = ask(new_browser(), dossier.number)
    assert Message.objects.count() == sent + 1
    assert wrong_phone.status_code == wrong_number.status_code == right.status_code == 200
    assert without_token(words(wrong_phone)) == without_token(words(right)) == without_token(words(wrong_number))
    again = ask(reader, dossier.number, "0900000208")
    assert again.status_code == 429
    guess = look(reader, dossier.number, "123456", "0900000208")
    assert guess.status_code == 400
    assert "4 tries left" in words(guess)


def test_a_wrong_code_shows_nothing(reader, dossier):
    ask(reader, dossier.number)
    answer = look(reader, dossier.number, other(code_on()))
    assert answer.status_code == 400
    assert "Declaration received" not in words(answer)
    assert "Declaration received" not in words(reader.get(PATH))


def test_the_page_closes_after_a_quarter_of_an_hour_and_is_for_this_browser(reader, dossier, clock):
    status_page(reader, dossier.number)
    assert dossier.number not in words(new_browser().get(PATH))
    clock.shift(15 * 60 + 1)
    assert dossier.number not in words(reader.get(PATH))


def test_another_dossier_can_be_followed(reader, dossier):
    status_page(reader, dossier.number)
    assert 'name="number"' in words(reader.get(PATH, {"khac": ""}))


@pytest.mark.parametrize(
    ("number", "phone", "said"),
    [
        ("12", "0900000107", "looks like 00108GD/2026/00107"),
        ("00103GD/2026/00001", "0900", "A mobile number has 10 digits"),
        ("", "", "Enter the mobile number"),
    ],
)
def test_what_is_no_number_or_phone_is_said(browser, number, phone, said):
    answer = ask(browser, number, phone)
    assert answer.status_code == 400
    assert said in words(answer)


def test_each_state_is_told_in_plain_words(reader, dossier, clock):
    officer = User.objects.create_user("canbo01", full_name="Trần Bản Mẫu", is_staff=True)
    status_page(reader, dossier.number)

    def now(**facts):
        RegistrationDossier.objects.filter(pk=dossier.pk).update(**facts)
        return words(reader.get(PATH))

    decided = {"decided_at": timezone.now(), "decided_by": officer}
    returned = now(status="returned", return_reasons=[{"field": "id_front", "text": "Ảnh bị mờ"}])
    assert "Waiting for you" in returned
    assert "Front of the identity card" in returned
    assert "Ảnh bị mờ" in returned
    refused = now(status="rejected", reason="record_differs", reason_text="Khác năm sinh", **decided)
    assert "differ from the insurance record" in refused
    assert "Khác năm sinh" in refused
    assert "you can object" in refused
    seen = {"identity_method": "in_person", "identity_checked_at": timezone.now()}
    assert "Log in" in now(status="approved", reason="", **decided, **seen)
    assert "Cancelled" in now(status="cancelled", decided_at=None, decided_by=None)


def test_the_phone_of_the_declaration_is_not_shown(reader, dossier):
    page = status_page(reader, dossier.number)
    assert PHONE not in page
    assert "0900000107" not in page


def decide(office: str, *, days: int, number: int) -> None:
    """An officer decided `number` dossiers of an office, each after this many days, the last on Friday 20 November."""
    officer = User.objects.get_or_create(username="canbo02", defaults={"is_staff": True})[0]
    decided = datetime(2026, 11, 20, 3, tzinfo=UTC)
    like = RegistrationDossier.objects.exclude(number=None).first()
    for _ in range(number):
        like.pk, like.public_id = None, uuid4()
        like.number = f"{office}GD/2026/{9000 + RegistrationDossier.objects.count():05d}"
        like.office_id, like.status, like.reason = office, "rejected", "record_differs"
        like.submitted_at, like.decided_at, like.decided_by = decided - timedelta(days=days), decided, officer
        like.save(force_insert=True)


def test_how_long_the_office_takes_is_told_in_working_days_from_thirty_decisions_on(reader, dossier):
    Holiday.objects.create(day=date(2026, 11, 19), name="Ngày nghỉ ví dụ")
    decide(dossier.office_id, days=2, number=26)
    decide(dossier.office_id, days=10, number=3)
    decide("00400", days=10, number=40)
    assert "half of the declarations" not in status_page(reader, dossier.number)
    decide(dossier.office_id, days=10, number=1)
    assert "half of the declarations" not in words(reader.get(PATH))
    cache.clear()
    page = words(reader.get(PATH))
    assert "half of the declarations are decided within 1 working day." in page
    assert "Nine of ten within 7 working days." in page


def test_decisions_of_long_ago_and_of_machines_do_not_count(reader, dossier):
    decide(dossier.office_id, days=2, number=30)
    decided = RegistrationDossier.objects.filter(status="rejected")
    decided.update(decided_automatically=True)
    assert "half of the declarations" not in status_page(reader, dossier.number)
    cache.clear()
    decided.update(decided_automatically=False, decided_at=timezone.now() - timedelta(days=91))
    assert "half of the declarations" not in words(reader.get(PATH))


@pytest.mark.parametrize("typed", ["<script>", "00103GD-2026-1%00"])
def test_a_strange_number_in_the_address_is_left_out(browser, typed):
    page = words(browser.get(PATH, {"so": typed}))
    assert 'name="number"' in page
    assert typed not in page.split("<main")[1]
