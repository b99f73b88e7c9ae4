"""A small map, an insured person, and somebody who registers with a phone; all made up."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actions import drafts
from accounts.models import RegistrationDossier
from accounts.photos import Photo
from insurance.models import InsuredPerson, Office, Province, Ward
from tests.harness.stage import new_browser, words
from tests.registration.pictures import jpeg
from vssid.sms import delivery, inbox
from vssid.sms.models import Purpose

CODE = "0099000107"
CITIZEN_ID = "001185000107"
PHONE = "+84900000107"
TYPED = {
    "bhxh_code": CODE,
    "full_name": "Nguyễn Thị Thử Nghiệm",
    "date_of_birth": "09/02/1985",
    "gender": "female",
    "id_type": "cccd",
    "id_number": CITIZEN_ID,
    "old_id_number": "",
    "phone": "0900 000 107",
    "email": "",
    "province": "01",
    "ward": "00256",
    "address": "Số 0, ngõ Ví Dụ",
    "office": "00103",
}


@pytest.fixture(autouse=True)
def _english(english):
    """The tests of this folder name English words."""


@pytest.fixture
def places(db):
    """Two provinces with two wards and three offices."""
    return make_places()


def make_places() -> None:
    hanoi = Province.objects.create(code="01", name="Thành phố Hà Nội")
    cao_bang = Province.objects.create(code="04", name="Tỉnh Cao Bằng")
    ward = Ward.objects.create(code="00256", name="Phường Hai Bà Trưng", kind="ward", province=hanoi)
    Ward.objects.create(code="00004", name="Phường Ba Đình", kind="ward", province=hanoi)
    Ward.objects.create(code="01273", name="Phường Thục Phán", kind="ward", province=cao_bang)
    city = Office.objects.create(code="00100", name="BHXH thành phố Hà Nội", province=hanoi)
    near = Office.objects.create(code="00103", name="BHXH cơ sở Trình Diễn", province=hanoi, parent=city)
    near.serves.add(ward)
    Office.objects.create(code="00400", name="BHXH tỉnh Cao Bằng", province=cao_bang)


@pytest.fixture
def person(places):
    """Her insurance record; it agrees with what she types."""
    return make_person()


def make_person(code: str = CODE, citizen_id: str | None = CITIZEN_ID) -> InsuredPerson:
    person = InsuredPerson(
        bhxh_code=code,
        full_name="NGUYỄN THỊ THỬ NGHIỆM",
        date_of_birth=date(1985, 2, 9),
        gender="female",
        made_up=True,
    )
    person.set_citizen_id(citizen_id)
    person.save()
    return person


@pytest.fixture
def browser(places):
    """A browser that has never been here, reading English."""
    return new_browser()


def declare(client: Client, **changes: str) -> HttpResponse:
    """Send the declaration."""
    return client.post("/dang-ky/to-khai/", {**TYPED, **changes})


def upload(data: bytes, name: str = "anh.jpg", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type)


def add_photos(client: Client, **files: Any) -> HttpResponse:
    """Send photos; all three good ones unless some are named."""
    files = files or {slot: upload(jpeg()) for slot in ("portrait", "id_front", "id_back")}
    return client.post("/dang-ky/anh/", files)


def ask_for_code(client: Client) -> HttpResponse:
    return client.post("/dang-ky/xac-nhan/", {"action": "send_otp", "consent": "on"})


def send(client: Client, code: str, **changes: str) -> HttpResponse:
    """Enter the code and send the declaration."""
    return client.post("/dang-ky/xac-nhan/", {"action": "submit", "otp": code, "consent": "on", **changes})


def phone_shows(to: str = PHONE, purpose: str | None = None) -> list[str]:
    """The messages on a phone, newest first, once everything due is delivered."""
    now = timezone.now()
    while delivery.drain([Purpose.OTP], at=now) or delivery.drain([Purpose.RECEIPT, Purpose.NOTICE], at=now):
        pass
    return [item["body"] for item in inbox.messages(to) if purpose in (None, item["purpose"])]


def code_on(to: str = PHONE) -> str:
    """The newest one-time code on a phone."""
    found = re.search(r"\d{6}", phone_shows(to, "otp")[0])
    assert found
    return found.group()


def put_photos() -> None:
    """All photos the newest draft needs, without the time that decoding takes."""
    draft = RegistrationDossier.objects.latest("pk")
    for slot in draft.slots:
        drafts.keep_photo(dossier=draft, slot=slot, photo=Photo(jpeg(90, 60), 90, 60), at=timezone.now())


def ready(client: Client, **changes: str) -> str:
    """Everything up to the code, which is returned."""
    assert declare(client, **changes).url == "/dang-ky/anh/"
    put_photos()
    assert ask_for_code(client).url == "/dang-ky/xac-nhan/"
    return code_on()


def register(client: Client, **changes: str) -> RegistrationDossier:
    """The whole way; return the dossier that was sent."""
    answer = send(client, ready(client, **changes))
    assert answer.status_code == 302, words(answer)
    return RegistrationDossier.objects.exclude(number=None).latest("pk")


def other(code: str) -> str:
    """A code of the same length that is not this one."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
