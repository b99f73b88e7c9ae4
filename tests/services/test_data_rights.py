"""Rights over one's own data: asked for with a number and a term, done when granted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import DataArchive, Guardianship, IdPhoto, User
from insurance.models import InsuredPerson
from services.models import ServiceRequest
from tests.admin.conftest import approve, make_dossier
from tests.harness.stage import new_browser
from tests.registration.conftest import PHONE
from tests.services.test_requests import decide, file, words
from vssid.audit.models import AuditEvent
from vssid.documents import storage
from vssid.errors import NotFound
from vssid.sms.models import Message

RIGHTS = "/tai-khoan/quyen-du-lieu/"


def test_each_right_is_listed_with_its_term(citizen):
    page = words(citizen.get(RIGHTS))
    for said in ("See my data", "Correct my record", "At most 20 days", "At most 15 days", "Report a death"):
        assert said in page


@pytest.mark.parametrize(("right", "days"), [("erase", 20), ("object", 15), ("close", 15)])
def test_the_term_is_counted_in_days_of_the_calendar(citizen, right, days):
    asked = file(citizen, "data-rights", right=right)
    assert asked.due_on == timezone.localdate() + timedelta(days=days)


def test_seeing_everything_is_granted_at_once(citizen, account):
    asked = file(citizen, "data-rights", right="see")
    assert asked.status == "approved"
    assert DataArchive.objects.get().user == account


def test_the_office_prolongs_once_and_says_why(citizen, desk):
    asked = file(citizen, "data-rights")
    due = asked.due_on
    decide(desk, asked, "extend", text="Cần hỏi đơn vị xử lý.")
    asked.refresh_from_db()
    assert asked.due_on == due + timedelta(days=15)
    assert "Cần hỏi đơn vị xử lý." in words(citizen.get(f"/dich-vu-cong/ho-so/{asked.url_number}/"))

    decide(desk, asked, "extend", text="Lần nữa.")
    asked.refresh_from_db()
    assert asked.due_on == due + timedelta(days=15)


def test_erased_photos_are_gone_and_the_log_says_who_asked(citizen, desk, account, person, own_photo):
    name = own_photo.stored_name
    decide(desk, file(citizen, "data-rights", right="erase"), "approve")
    own_photo.refresh_from_db()
    assert (own_photo.stored_name, own_photo.erased_reason) == ("", "data_subject")
    with pytest.raises(NotFound):
        storage.open(name, context="id-photo")
    assert AuditEvent.objects.filter(event="photo.erased", facts__reason="data_subject").exists()


def test_a_closed_account_lets_nobody_in_keeps_the_records(citizen, desk, account, person):
    child = InsuredPerson.objects.create(
        bhxh_code="0099000116", full_name="TRẦN BẢN MẪU", date_of_birth="2016-06-01", gender="male", made_up=True
    )
    Guardianship.objects.create(
        parent=account, child=child, relation="mother", since=timezone.now(), ends_on=date(2034, 6, 1)
    )
    phone = account.phone
    decide(desk, file(citizen, "data-rights", right="close"), "approve")

    account.refresh_from_db()
    assert (account.is_active, account.phone, account.email) == (False, None, None)
    assert not account.guardianships.filter(ended_at=None).exists()
    assert citizen.get("/ca-nhan/").status_code == 302
    answer = new_browser().post(
        "/dang-nhap/", {"username": person.bhxh_code, "password": "ruong bac thang mua lua chin"}
    )
    assert answer.status_code == 400
    assert InsuredPerson.objects.filter(pk=person.pk).exists()
    assert any(message.to == phone and "da dong" in (message.body or "") for message in Message.objects.all())


def test_a_new_registration_opens_a_closed_account_again(citizen, desk, account, person):
    decide(desk, file(citizen, "data-rights", right="close"), "approve")
    approve(desk, make_dossier(person))

    account.refresh_from_db()
    assert (account.is_active, account.phone, account.must_change_password) == (True, PHONE, True)
    assert User.objects.filter(person=person).count() == 1


def test_the_account_of_somebody_who_died_is_closed_only_when_name_and_code_agree(citizen, desk, person):
    late = InsuredPerson.objects.create(
        bhxh_code="0099000124", full_name="TRẦN VĂN CỐ", date_of_birth="1940-01-01", gender="male", made_up=True
    )
    User.objects.create_user(late.bhxh_code, person=late, full_name=late.full_name)
    asked = ServiceRequest.objects.create(
        procedure_code="data-rights", person=person, account=person.user, office_id="00103",
        created_at=timezone.now(), number="00103DVC/2026/00009", submitted_at=timezone.now(), status="submitted",
    )  # fmt: skip
    facts = {"right": "death", "deceased_code": late.bhxh_code, "died_on": "2026-10-01", "relation": "con"}
    asked.answers = {**facts, "deceased_name": "TRẦN VĂN KHÁC"}
    asked.save()
    decide(desk, asked, "approve")
    assert User.objects.get(person=late).is_active

    asked.answers = {**facts, "deceased_name": "Trần Văn Cố"}
    asked.save()
    decide(desk, asked, "approve")
    assert not User.objects.get(person=late).is_active


@pytest.fixture
def own_photo(account, person) -> IdPhoto:
    """The portrait she registered with."""
    dossier = make_dossier(person)
    return dossier.photos.get(slot="portrait")
