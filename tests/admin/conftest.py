"""Two offices under a provincial one and another province, their staff, and dossiers that wait; all made up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions import drafts
from accounts.models import RegistrationDossier, StaffPosting, User
from accounts.photos import Photo
from insurance.models import InsuredPerson, Office
from tests.harness.stage import new_browser, words
from tests.registration.conftest import CITIZEN_ID, CODE, PHONE, make_person, make_places
from tests.registration.pictures import jpeg
from vssid.crypto import keyed_hash

PASSWORD = "ruong bac thang mua lua chin"
LIST = "/quan-tri/accounts/registrationdossier/"
NEAR, FAR, CITY = "00103", "00400", "00100"


@pytest.fixture(autouse=True)
def _english(english):
    """The tests of this folder name English words."""


@pytest.fixture
def places(db):
    make_places()


@pytest.fixture
def person(places) -> InsuredPerson:
    """Her insurance record; it agrees with what she declared."""
    return make_person()


@pytest.fixture
def officer(places) -> User:
    """Works at the office that received the declaration."""
    return make_staff("canbo.gan", "officer", NEAR)


@pytest.fixture
def desk(officer) -> Client:
    """The officer's browser, logged in with both factors."""
    return logged_in(officer)


@pytest.fixture
def supervisor(places) -> User:
    """Stands above every office of the city."""
    return make_staff("phutrach", "supervisor", CITY)


@pytest.fixture
def boss(supervisor, clock) -> Client:
    """The supervisor's browser."""
    return logged_in(supervisor)


@pytest.fixture
def dossier(person, clock) -> RegistrationDossier:
    """A declaration that agrees with the record, with photos, sent two hours ago."""
    return make_dossier(person)


def make_staff(username: str, role: str, office: str, **fields) -> User:
    user = User.objects.create_user(username, PASSWORD, full_name=f"Cán bộ {username}", is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    StaffPosting.objects.create(user=user, office=Office.objects.get(code=office))
    return user


def logged_in(user: User) -> Client:
    """A browser in which this member of staff passed both doors."""
    client = new_browser()
    client.force_login(user)
    device, _made = TOTPDevice.objects.get_or_create(user=user, name="totp", defaults={"confirmed": True})
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return client


def make_dossier(
    person: InsuredPerson | None, office: str = NEAR, *, photos: bool = True, **changes
) -> RegistrationDossier:
    at = timezone.now() - timedelta(hours=2)
    number = RegistrationDossier.objects.count() + 1
    facts = {
        "bhxh_code": person.bhxh_code if person else "",
        "full_name": "NGUYỄN THỊ THỬ NGHIỆM",
        "date_of_birth": "1985-02-09",
        "gender": "female",
        "id_number": CITIZEN_ID,
        "id_number_hash": keyed_hash(CITIZEN_ID, kind="id_number"),
        "phone": PHONE,
        "phone_hash": keyed_hash(PHONE, kind="phone"),
        "address": "Số 0, ngõ Ví Dụ",
        **changes,
    }
    dossier = RegistrationDossier.objects.create(
        person=person, office_id=office, province_id="01", ward_id="00256", created_at=at, **facts
    )
    if photos:
        for slot in dossier.slots:
            drafts.keep_photo(dossier=dossier, slot=slot, photo=Photo(jpeg(90, 60), 90, 60), at=at)
    dossier.number = f"{office}GD/2026/{number:05}"
    dossier.status, dossier.submitted_at = "submitted", facts.get("submitted_at", at)
    dossier.phone_verified_at = dossier.consented_at = at
    dossier.consent_version = "2026-11"
    dossier.save()
    return RegistrationDossier.objects.get(pk=dossier.pk)


def now_of(dossier: RegistrationDossier) -> RegistrationDossier:
    return RegistrationDossier.objects.get(pk=dossier.pk)


def at(dossier: RegistrationDossier, action: str = "change") -> str:
    """The address of a dossier's page or of what is done with it."""
    return f"{LIST}{dossier.pk}/{action}/"


def approve(client: Client, dossier: RegistrationDossier, **changes):
    form = {"version": dossier.version, "identity_checked": "on", "identity_document": "cccd", **changes}
    return client.post(at(dossier, "approve"), {name: value for name, value in form.items() if value is not None})


def code_of(user: User) -> str:
    """What this member of staff's authenticator shows now."""
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key):06}"


def told(client: Client, response) -> str:
    """The page that an action leads to."""
    assert response.status_code == 302, words(response)
    return words(client.get(response.url))


__all__ = ["CODE", "PHONE"]
