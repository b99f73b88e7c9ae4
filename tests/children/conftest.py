"""A mother with an account, her child's insurance record, and an officer; all made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actions import drafts, review
from accounts.models import RegistrationDossier, StaffPosting, User
from accounts.photos import Photo
from insurance.models import InsuredPerson
from tests.harness.stage import NOW, new_browser
from tests.insurance.factories import FacilityFactory
from tests.registration.conftest import code_on, make_places
from tests.registration.pictures import jpeg

LIST, PATH = "/tai-khoan/con/", "/tai-khoan/con/dang-ky/"
PHOTOS, CONFIRM = PATH + "anh/", PATH + "xac-nhan/"
MOTHER, FATHER, CHILD = "0099000107", "0099000108", "0099000116"
MOTHERS_PHONE, FATHERS_PHONE = "+84900000107", "+84900000108"
BORN = date(2016, 6, 1)
TYPED = {
    "bhxh_code": CHILD,
    "full_name": "Trần Bản Mẫu",
    "date_of_birth": "01/06/2016",
    "gender": "male",
    "relation": "mother",
    "province": "01",
    "ward": "00256",
    "address": "Số 0, ngõ Ví Dụ",
    "office": "00103",
}


@pytest.fixture(autouse=True)
def _english(english):
    """The tests of this folder name English words."""


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved, and the offices."""
    make_places()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def child() -> InsuredPerson:
    """The child's insurance record, which agrees with what the mother types."""
    return make_record(CHILD, "TRẦN BẢN MẪU", BORN, "male")


@pytest.fixture
def mother() -> User:
    return make_parent(MOTHER, "NGUYỄN THỊ THỬ NGHIỆM", MOTHERS_PHONE)


@pytest.fixture
def browser(mother: User) -> Client:
    """The browser in which the mother is logged in."""
    return browser_of(mother)


@pytest.fixture
def officer() -> User:
    staff = User.objects.create_user("canbo01", full_name="Lê Bản Mẫu", is_staff=True)
    StaffPosting.objects.create(user=staff, office_id="00103")
    return staff


def make_record(code: str, name: str, born: date, gender: str = "female") -> InsuredPerson:
    return InsuredPerson.objects.create(bhxh_code=code, full_name=name, date_of_birth=born, gender=gender, made_up=True)


def make_parent(code: str, name: str, phone: str, born: date = date(1985, 2, 9)) -> User:
    user = User(username=code, person=make_record(code, name, born), full_name=name)
    user.set_phone(phone)
    user.set_password("ruong bac thang mua lua chin")
    user.save()
    return user


def browser_of(user: User) -> Client:
    client = new_browser()
    client.force_login(user)
    return client


def declare(client: Client, **changes: str) -> HttpResponse:
    return client.post(PATH, {**TYPED, **changes})


def put_photos() -> None:
    """Both photos of the newest draft, without the time that decoding takes."""
    draft = RegistrationDossier.objects.latest("pk")
    for slot in ("portrait", "birth"):
        drafts.keep_photo(dossier=draft, slot=slot, photo=Photo(jpeg(90, 60), 90, 60), at=timezone.now())


def register(client: Client, phone: str = MOTHERS_PHONE, **changes: str) -> RegistrationDossier:
    """The whole way; return the dossier that was sent."""
    assert declare(client, **changes).url == PHOTOS
    put_photos()
    assert client.post(PHOTOS, {"consent": "on"}).url == CONFIRM
    assert client.post(CONFIRM, {"action": "send_otp"}).url == CONFIRM
    answer = client.post(CONFIRM, {"action": "submit", "otp": code_on(phone)})
    assert answer.status_code == 302, answer.content.decode()
    return RegistrationDossier.objects.exclude(number=None).latest("pk")


def approve(dossier: RegistrationDossier, officer: User) -> RegistrationDossier:
    return review.approve(dossier_id=dossier.pk, version=dossier.version, by=officer, at=timezone.now())


def words(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def give_card(person: InsuredPerson) -> None:
    from tests.insurance.factories import CardFactory

    CardFactory(person=person, number=f"HS401{person.bhxh_code}", facility=FacilityFactory(province_id="01"))
