"""Registering with VNeID of level 2: no photos, no visit, and the account at once when the record agrees."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import review
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, StaffPosting, User, VNeIDLink
from accounts.models.registration import IdentityMethod
from accounts.rules import consent
from insurance.models import InsuredPerson
from tests.admin.conftest import at, logged_in, make_staff
from tests.registration.conftest import make_places
from tests.vneid.standin import StandIn
from tests.vneid.test_journey import Phone
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent
from vssid.crypto import keyed_hash
from vssid.sms.models import Message, Purpose

pytestmark = pytest.mark.django_db

PAGE = "/dang-ky/vneid/"
CODE, CITIZEN_ID, MOBILE = "0099000107", "001190000107", "+84900000123"
TYPED = {
    "bhxh_code": "",
    "phone": "0900 000 123",
    "email": "",
    "province": "01",
    "ward": "00256",
    "address": "Số 0, ngõ Ví Dụ",
    "office": "00103",
    "consent": "on",
}


@pytest.fixture
def places(db: None) -> None:
    make_places()


@pytest.fixture
def person(places: None) -> InsuredPerson:
    """Her insurance record; it agrees with what VNeID says."""
    person = InsuredPerson(
        bhxh_code=CODE, full_name="NGUYỄN THỊ THỬ NGHIỆM", date_of_birth=date(1990, 4, 12), gender="female"
    )
    person.set_citizen_id(CITIZEN_ID)
    person.save()
    return person


@pytest.fixture
def phone(standin: StandIn, places: None) -> Phone:
    """A phone whose owner just came back from VNeID and learned that she has no account."""
    phone = Phone(standin)
    answer = phone.log_in()
    assert answer.status_code == 403
    return phone


def declare(phone: Phone, /, **changes: str) -> HttpResponse:
    return phone.client.post(PAGE, {**TYPED, **changes, "action": "send_otp"})


def send(phone: Phone, otp: str, **changes: str) -> HttpResponse:
    return phone.client.post(PAGE, {"action": "submit", "otp": otp, "consent": "on", **changes})


def newest_code() -> str:
    message = Message.objects.filter(purpose=Purpose.OTP).latest("created_at")
    found = re.search(r"\d{6}", message.body or "")
    assert found
    return found.group()


def register(phone: Phone, /, **changes: str) -> RegistrationDossier:
    """The whole way; return the dossier that was sent."""
    answer = declare(phone, **changes)
    assert answer.status_code == 302, text(answer)
    answer = send(phone, newest_code())
    assert answer.status_code == 302, text(answer)
    return RegistrationDossier.objects.exclude(number=None).latest("pk")


def other_dossier(phone_number: str, person: InsuredPerson | None, **facts: object) -> RegistrationDossier:
    """Somebody's dossier that waits for an officer."""
    now = timezone.now()
    return RegistrationDossier.objects.create(
        **{
            "number": f"00103GD/2026/9{RegistrationDossier.objects.count():04}",
            "office_id": "00103",
            "status": DossierStatus.SUBMITTED,
            "created_at": now,
            "submitted_at": now,
            "phone_verified_at": now,
            "consented_at": now,
            "consent_version": "2026-11",
            "person": person,
            "bhxh_code": person.bhxh_code if person else "",
            "full_name": "NGUYỄN THỊ THỬ NGHIỆM",
            "date_of_birth": date(1990, 4, 12),
            "gender": "female",
            "id_number": CITIZEN_ID,
            "id_number_hash": keyed_hash(CITIZEN_ID, kind="id_number"),
            "phone": phone_number,
            "phone_hash": keyed_hash(phone_number, kind="phone"),
            "province_id": "01",
            "ward_id": "00256",
            "address": "Số 0",
            **facts,
        }
    )


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def test_who_has_no_account_is_shown_the_way_without_photos_first(standin: StandIn, places: None) -> None:
    answer = Phone(standin).log_in()

    links = re.findall(r'<a[^>]+href="(/dang-ky/[^"]*)"', text(answer).partition("<main")[2])
    assert links[:2] == [PAGE, "/dang-ky/"]
    assert "Register now, without photos" in text(answer)


def test_the_page_shows_what_vneid_certified_and_asks_only_for_the_rest(phone: Phone) -> None:
    page = text(phone.client.get(PAGE))

    for fact in ("NGUYỄN THỊ THỬ NGHIỆM", "12/04/1990", CITIZEN_ID, "Female"):
        assert fact in page
    for name in ("full_name", "date_of_birth", "gender", "id_type", "id_number"):
        assert f'name="{name}"' not in page
    assert 'value="0900000107"' in page, "the phone VNeID knows is suggested"


def test_the_account_is_open_at_once_when_the_record_agrees(phone: Phone, person: InsuredPerson) -> None:
    dossier = register(phone)

    assert (dossier.status, dossier.decided_automatically, dossier.decided_by) == ("approved", True, None)
    assert (dossier.person, dossier.bhxh_code, dossier.marks) == (person, CODE, [])
    assert dossier.identity_method == IdentityMethod.VNEID
    assert not dossier.photos.exists()
    user = User.objects.get(username=CODE)
    assert (user.person, user.phone) == (person, MOBILE)
    link = VNeIDLink.objects.get(user=user)
    assert (link.issuer, link.subject) == (phone.standin.issuer, "subject-of-level-2")
    page = text(phone.client.get(PAGE))
    assert "Your account is open" in page
    assert dossier.number in page
    assert phone.user_id is None, "she logs in herself"
    receipt, credentials = (Message.objects.get(purpose=purpose) for purpose in (Purpose.RECEIPT, Purpose.CREDENTIALS))
    assert receipt.to == credentials.to == MOBILE
    assert "Ban chua can den" in (receipt.body or "")
    approved = AuditEvent.objects.get(event=Event.DOSSIER_APPROVED)
    assert (approved.actor, approved.facts["automatic"]) == ("system", True)


def test_vneid_opens_the_new_account_without_the_password_of_the_message(phone: Phone, person: InsuredPerson) -> None:
    register(phone)

    answer = phone.log_in()

    assert answer.headers["Location"] == "/ca-nhan/"
    assert phone.user_id == User.objects.get(username=CODE).pk
    assert phone.client.get("/tai-khoan/").status_code == 200


def test_what_vneid_certified_cannot_be_typed_over(phone: Phone, person: InsuredPerson) -> None:
    dossier = register(phone, full_name="TRẦN THỊ KHÁC", date_of_birth="01/01/2000", id_number="001300000999")

    assert (dossier.full_name, dossier.date_of_birth) == ("NGUYỄN THỊ THỬ NGHIỆM", date(1990, 4, 12))
    assert dossier.id_number == CITIZEN_ID


@pytest.mark.parametrize(
    ("record", "mark"),
    [
        ({"full_name": "NGUYỄN THỊ KHÁC"}, ["name_differs"]),
        ({"date_of_birth": date(1990, 12, 4)}, ["birth_differs"]),
        ({"gender": "male"}, ["gender_differs"]),
    ],
)
def test_a_record_that_says_otherwise_goes_to_an_officer(
    phone: Phone, person: InsuredPerson, record: dict[str, object], mark: list[str]
) -> None:
    InsuredPerson.objects.filter(pk=person.pk).update(**record)

    dossier = register(phone)

    assert (dossier.status, dossier.marks) == ("submitted", mark)
    assert not User.objects.exists()
    page = text(phone.client.get(PAGE))
    assert "bring your ID card only if the office asks for it" in page
    assert dossier.number in page


def test_an_unknown_number_goes_to_an_officer(phone: Phone) -> None:
    dossier = register(phone)

    assert (dossier.status, dossier.marks) == ("submitted", ["unknown_code"])


def test_a_record_that_lacks_the_number_goes_to_an_officer_even_by_its_code(
    phone: Phone, person: InsuredPerson
) -> None:
    person.set_citizen_id(None)
    person.save()

    dossier = register(phone, bhxh_code=CODE)

    assert (dossier.status, dossier.person, dossier.marks) == ("submitted", person, [])
    assert not User.objects.exists()


def test_somebody_elses_code_opens_nothing(phone: Phone, person: InsuredPerson) -> None:
    other = InsuredPerson(
        bhxh_code="0099000201", full_name=person.full_name, date_of_birth=person.date_of_birth, gender="female"
    )
    other.set_citizen_id("001190000201")
    other.save()

    dossier = register(phone, bhxh_code="0099000201")

    assert (dossier.status, dossier.marks) == ("submitted", ["id_differs", "other_record"])


def test_the_holder_of_the_typed_code_is_told(phone: Phone, person: InsuredPerson) -> None:
    """T15."""
    other = InsuredPerson.objects.create(
        bhxh_code="0099000201", full_name=person.full_name, date_of_birth=person.date_of_birth, gender="female"
    )
    holder = User(username=other.bhxh_code, full_name=other.full_name, person=other)
    holder.set_phone("+84900000666")
    holder.save()

    dossier = register(phone, bhxh_code=other.bhxh_code)

    assert dossier.status == "submitted"
    told = Message.objects.get(purpose=Purpose.NOTICE)
    assert told.to == "+84900000666"
    assert "ma so ...0201 cua ban" in (told.body or "")


def test_a_phone_that_is_used_elsewhere_goes_to_an_officer(phone: Phone, person: InsuredPerson) -> None:
    holder = User(username="0099000999", full_name="TRẦN BẢN MẪU")
    holder.set_phone(MOBILE)
    holder.save()

    dossier = register(phone)

    assert (dossier.status, dossier.marks) == ("submitted", ["phone_used"])


def test_her_own_waiting_dossier_is_closed_by_the_account(phone: Phone, person: InsuredPerson) -> None:
    waiting = other_dossier(MOBILE, person)

    dossier = register(phone)

    waiting.refresh_from_db()
    assert (dossier.status, waiting.status) == ("approved", "cancelled")


def test_her_number_in_somebody_elses_dossier_goes_to_an_officer(phone: Phone, person: InsuredPerson) -> None:
    other_dossier("+84900000555", None)

    dossier = register(phone)

    assert (dossier.status, dossier.marks) == ("submitted", ["id_used"])


def test_an_officer_approves_without_seeing_the_card(phone: Phone, person: InsuredPerson) -> None:
    InsuredPerson.objects.filter(pk=person.pk).update(gender="male")
    dossier = register(phone)
    desk = logged_in(make_staff("hbt.thu", "officer", "00103"))
    page = text(desk.get(at(dossier)))

    answer = desk.post(at(dossier, "approve"), {"version": dossier.version})

    assert "No photos are needed" in page
    assert "VNeID, level 2" in page
    assert answer.status_code == 302, text(answer)
    assert VNeIDLink.objects.get().user.username == CODE
    assert phone.log_in().headers["Location"] == "/ca-nhan/"


def test_sending_twice_gives_the_same_number(phone: Phone, person: InsuredPerson) -> None:
    declare(phone)
    code = newest_code()

    first, second = send(phone, code), send(phone, code)

    assert (first.headers["Location"], second.headers["Location"]) == (PAGE, PAGE)
    assert RegistrationDossier.objects.count() == 1
    assert User.objects.count() == 1
    assert RegistrationDossier.objects.get().number in text(phone.client.get(PAGE))


def test_what_vneid_said_counts_for_15_minutes(standin: StandIn, places: None) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        phone = Phone(standin)
        phone.log_in()
        clock.shift(timedelta(minutes=15))
        assert phone.client.get(PAGE).status_code == 200
        clock.shift(timedelta(seconds=1))

        for answer in (phone.client.get(PAGE), declare(phone)):
            assert answer.headers["Location"] == "/dang-nhap/"

    assert not RegistrationDossier.objects.exists()


def test_the_code_must_come_within_the_15_minutes_too(standin: StandIn, person: InsuredPerson) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        phone = Phone(standin)
        phone.log_in()
        clock.shift(timedelta(minutes=14))
        declare(phone)
        clock.shift(timedelta(minutes=2))

        assert send(phone, newest_code()).headers["Location"] == "/dang-nhap/"

    assert RegistrationDossier.objects.get().status == DossierStatus.DRAFT


def test_nobody_gets_here_without_vneid(places: None) -> None:
    browser = Client()

    for answer in (browser.get(PAGE), browser.post(PAGE, {**TYPED, "action": "send_otp"})):
        assert answer.headers["Location"] == "/dang-nhap/"


def test_level_1_is_not_offered_this_way(standin: StandIn, places: None) -> None:
    phone = Phone(standin)

    page = text(phone.log_in("ban.mau"))

    assert PAGE not in page
    assert phone.client.get(PAGE).headers["Location"] == "/dang-nhap/"


def test_without_a_name_from_vneid_the_usual_way_is_offered(standin: StandIn, places: None, settings: Settings) -> None:
    settings.VNEID_CLAIM_NAME = "not_told"
    phone = Phone(standin)

    page = text(phone.log_in())

    assert PAGE not in page
    assert "/dang-ky/" in page
    assert phone.client.get(PAGE).headers["Location"] == "/dang-nhap/"


def test_the_session_holds_the_claims_sealed(phone: Phone) -> None:
    kept = json.dumps(dict(phone.client.session.items()))

    assert CITIZEN_ID not in kept
    assert "subject-of-level-2" not in kept


def test_missing_fields_are_named(phone: Phone) -> None:
    answer = declare(phone, phone="", address="")

    assert answer.status_code == 400
    assert 'href="#id_phone"' in text(answer)
    assert 'href="#id_address"' in text(answer)
    assert not RegistrationDossier.objects.exists()


def test_without_consent_nothing_is_sent(phone: Phone, person: InsuredPerson) -> None:
    answer = declare(phone, consent="")

    assert answer.status_code == 400
    assert 'href="#id_consent"' in text(answer)
    assert not RegistrationDossier.objects.exists()
    assert not Message.objects.exists()


def test_what_was_consented_to_is_kept_with_its_version(phone: Phone, person: InsuredPerson) -> None:
    page = text(phone.client.get(PAGE))
    dossier = register(phone)

    assert "what VNeID confirmed and what you declare are compared" in page
    assert "photos are erased" not in page
    assert "these data and photos" not in page
    assert dossier.consent_version == consent.VNEID_VERSION
    assert dossier.consent_purposes == list(consent.PURPOSES)


def test_a_wrong_code_can_be_tried_again(phone: Phone, person: InsuredPerson) -> None:
    declare(phone)
    code = newest_code()

    answer = send(phone, f"{(int(code) + 1) % 10**6:06d}")

    assert answer.status_code == 400
    assert "4 tries left" in text(answer)
    assert send(phone, code).status_code == 302
    assert RegistrationDossier.objects.get().status == DossierStatus.APPROVED


def test_the_phone_can_be_changed_after_the_code_was_sent(phone: Phone, person: InsuredPerson) -> None:
    declare(phone)

    page = text(phone.client.get(f"{PAGE}?sua"))
    assert 'value="0900000123"' in page
    dossier = register(phone, phone="0900 000 124")

    assert dossier.phone == "+84900000124"
    assert RegistrationDossier.objects.count() == 1


def test_wards_are_offered_with_and_without_scripts(phone: Phone) -> None:
    piece = text(phone.client.get(f"{PAGE}?noi-o&province=01"))
    page = text(phone.client.post(PAGE, {**TYPED, "ward": "", "office": "", "action": "wards"}))

    for answer in (piece, page):
        assert "Phường Hai Bà Trưng" in answer
        assert "You go there once" not in answer


def test_other_facts_than_vneids_need_photos_and_a_visit(phone: Phone, person: InsuredPerson) -> None:
    """Returned for another reason, then changed where VNeID had certified it."""
    InsuredPerson.objects.filter(pk=person.pk).update(gender="male")
    dossier = register(phone)
    officer = User.objects.create_user("hbt.thu", is_staff=True)
    StaffPosting.objects.create(user=officer, office_id="00103")
    reasons = [{"field": "address", "text": "Ghi rõ số nhà."}]
    review.return_for_changes(
        dossier_id=dossier.pk, version=dossier.version, reasons=reasons, by=officer, at=timezone.now()
    )
    dossier.refresh_from_db()
    assert dossier.identity_method == IdentityMethod.VNEID
    session = phone.client.session
    session["registration"], session["registration_correcting"] = str(dossier.public_id), dossier.version
    session.save()
    whole = {**TYPED, "id_type": "cccd", "id_number": CITIZEN_ID, "bhxh_code": CODE, "gender": "female"}
    whole |= {"date_of_birth": "12/04/1990", "full_name": "TRẦN THỊ KHÁC"}

    answer = phone.client.post("/dang-ky/to-khai/", whole)

    assert answer.headers["Location"] == "/dang-ky/anh/"
    dossier.refresh_from_db()
    assert (dossier.identity_method, dossier.vneid_subject, dossier.identity_checked_at) == ("", "", None)
    assert phone.client.get("/dang-ky/xac-nhan/").headers["Location"] == "/dang-ky/anh/"
