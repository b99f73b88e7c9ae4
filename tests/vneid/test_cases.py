"""Log-ins that only staff can put right: each refusal's page, the case it leaves, and what an officer does about it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import RegistrationDossier, User, VNeIDCase, VNeIDLink
from insurance.models import InsuredPerson
from tests.admin.conftest import FAR, NEAR, logged_in, make_dossier, make_staff, told
from tests.registration.conftest import make_places
from tests.vneid.phone import LINK, PASSWORD, Phone, link, text
from tests.vneid.standin import StandIn
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent
from vssid.crypto import keyed_hash
from vssid.sms.models import Message, Purpose

pytestmark = pytest.mark.django_db

LIST = "/quan-tri/accounts/registrationdossier/vneid/"
NUMBER = "001190000107"
Kind = VNeIDCase.Kind


@pytest.fixture
def places(db: None) -> None:
    make_places()


def approved(person: InsuredPerson) -> None:
    """The dossier by which an office opened the account."""
    facts = {"id_number": NUMBER, "id_number_hash": keyed_hash(NUMBER, kind="id_number")}
    dossier = make_dossier(person, photos=False, date_of_birth=person.date_of_birth, **facts)
    now = timezone.now()
    RegistrationDossier.objects.filter(pk=dossier.pk).update(
        status="approved",
        decided_at=now,
        decided_automatically=True,
        identity_method="in_person",
        identity_checked_at=now,
        identity_checked_by=None,
    )


@pytest.fixture
def opened(places: None, account: User, person: InsuredPerson) -> User:
    """The account, opened at the office."""
    approved(person)
    return account


@pytest.fixture
def boss(places: None) -> Client:
    return logged_in(make_staff("phutrach", "supervisor", NEAR))


def page_of(user: User) -> str:
    return f"/quan-tri/accounts/registrationdossier/tai-khoan/{user.pk}/vneid/"


def act(boss: Client, user: User, action: str, note: str = "Seen with the identity card.") -> str:
    return str(told(boss, boss.post(page_of(user), {"action": action, "note": note})))


def test_a_birth_date_that_differs_is_a_case_once_however_often(
    phone: Phone, opened: User, person: InsuredPerson, boss: Client
) -> None:
    person.date_of_birth = date(1990, 4, 13)
    person.save()

    for _ in range(2):
        assert phone.log_in().status_code == 403

    case = VNeIDCase.objects.get()
    assert (case.kind, case.user, case.times) == (Kind.MISMATCH, opened, 2)
    assert opened.full_name in text(boss.get(LIST))
    page = text(boss.get(page_of(opened)))
    assert "form TK1-TS" in page
    assert "Tried 2 times" in page

    person.date_of_birth = date(1990, 4, 12)
    person.save()
    assert "The case is closed." in act(boss, opened, f"dismiss:{case.pk}")

    case.refresh_from_db()
    assert (case.outcome, case.note) == ("dismissed", "Seen with the identity card.")
    assert opened.full_name not in text(boss.get(LIST))
    assert phone.log_in().headers["Location"] == LINK


def test_two_accounts_that_fit_open_none(phone: Phone, opened: User) -> None:
    other = InsuredPerson.objects.create(
        bhxh_code="0099000999", full_name="NGUYỄN THỊ THỬ NGHIỆM", date_of_birth=date(1990, 4, 12), gender="female"
    )
    twin = User.objects.create(username="0099000999", person=other, full_name=other.full_name)
    approved(other)

    answer = phone.log_in()

    assert answer.status_code == 403
    assert "Two accounts fit your personal number" in text(answer)
    assert 'href="/dang-nhap/"' in text(answer)
    assert set(VNeIDCase.objects.values_list("kind", "user")) == {(Kind.TWO_MATCHES, one.pk) for one in (opened, twin)}
    assert not VNeIDLink.objects.exists()


def test_a_record_without_number_is_found_by_the_dossier_an_officer_approved(
    phone: Phone, opened: User, person: InsuredPerson
) -> None:
    person.set_citizen_id(None)
    person.save()

    assert phone.log_in().headers["Location"] == LINK
    phone.confirm(password=PASSWORD)
    assert phone.user_id == opened.pk
    again = Phone(phone.standin)
    assert again.log_in().headers["Location"] == "/ca-nhan/"


def test_an_officer_puts_the_new_identity_in_the_place_of_the_old(
    phone: Phone, opened: User, standin: StandIn, boss: Client
) -> None:
    link(opened, standin, subject="somebody-else")
    assert "already linked to another VNeID account" in text(phone.log_in())
    case = VNeIDCase.objects.get(kind=Kind.OTHER_LINKED)

    assert "The new VNeID account is linked." in act(boss, opened, f"relink:{case.pk}")

    assert VNeIDLink.objects.get(user=opened).subject == "subject-of-level-2"
    assert phone.log_in().headers["Location"] == "/ca-nhan/"
    staff = User.objects.get(username="phutrach").actor
    events = AuditEvent.objects.filter(subject=opened.actor, actor=staff).values_list("event", flat=True)
    assert {Event.VNEID_LINKED, Event.VNEID_UNLINKED, Event.VNEID_CASE_CLOSED} <= set(events)
    assert Message.objects.filter(purpose=Purpose.NOTICE).count() == 1


def test_an_officer_releases_a_wrong_link(phone: Phone, opened: User, standin: StandIn, boss: Client) -> None:
    link(opened, standin)
    standin.arm("citizen_id_other")
    assert phone.log_in().status_code == 403
    assert VNeIDCase.objects.get().kind == Kind.SUBJECT_CHANGED

    assert "The link was released." in act(boss, opened, "release")

    assert not VNeIDLink.objects.exists()
    assert VNeIDCase.objects.get().outcome == "released"
    assert phone.log_in().headers["Location"] == LINK


def test_nothing_is_changed_without_words(opened: User, standin: StandIn, boss: Client) -> None:
    link(opened, standin)

    assert boss.post(page_of(opened), {"action": "release", "note": " "}).status_code == 400
    assert VNeIDLink.objects.exists()


def test_a_closed_case_is_not_acted_on_again(phone: Phone, opened: User, standin: StandIn, boss: Client) -> None:
    link(opened, standin, subject="somebody-else")
    phone.log_in()
    case = VNeIDCase.objects.get()
    act(boss, opened, f"dismiss:{case.pk}")

    act(boss, opened, f"relink:{case.pk}")

    assert VNeIDLink.objects.get().subject == "somebody-else"


def test_cases_stay_within_the_office_and_its_supervisors(phone: Phone, opened: User, standin: StandIn) -> None:
    link(opened, standin, subject="somebody-else")
    phone.log_in()
    far = logged_in(make_staff("oxa", "supervisor", FAR))
    officer = logged_in(make_staff("canbo", "officer", NEAR))

    assert opened.full_name not in text(far.get(LIST))
    assert far.get(page_of(opened)).status_code == 404
    assert officer.get(LIST).status_code == 404
    assert Client().get(LIST).status_code == 302
