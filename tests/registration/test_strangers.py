"""Somebody who skips steps, guesses codes or registers for another learns nothing and gets nowhere."""

import re

import pytest

from accounts.actions import review
from accounts.models import RegistrationDossier, StaffPosting, User
from accounts.models.registration import Mark
from insurance.models import InsuredPerson
from tests.harness.stage import NOW, new_browser, words
from tests.registration.conftest import (
    CITIZEN_ID,
    CODE,
    ask_for_code,
    code_on,
    declare,
    make_person,
    phone_shows,
    put_photos,
    ready,
    register,
    send,
)
from vssid.errors import Conflict
from vssid.sms.models import Message

VICTIM = "+84900000208"


def test_no_step_can_be_skipped_and_no_photo_of_another_is_there(browser):
    """T11."""
    assert send(browser, "123456").url == "/dang-ky/to-khai/"
    declare(browser)
    assert send(browser, "123456").url == "/dang-ky/anh/"
    put_photos()
    assert send(browser, "123456").status_code == 409
    ask_for_code(browser)
    code_on()
    assert send(browser, "").status_code == 400
    assert RegistrationDossier.objects.get().status == "draft"
    stranger = new_browser()
    declare(stranger, bhxh_code="0099000208", phone="0900000208")
    for slot in ("portrait", "id_front", "id_back"):
        assert browser.get(f"/dang-ky/anh/{slot}/").status_code == 200
        assert stranger.get(f"/dang-ky/anh/{slot}/").status_code == 404
    assert RegistrationDossier.objects.filter(number=None).count() == 2


@pytest.fixture
def officer(places):
    officer = User.objects.create_user("canbo01", full_name="Trần Bản Mẫu", is_staff=True)
    StaffPosting.objects.create(user=officer, office_id="00103")
    return officer


def test_who_registers_first_with_a_foreign_code_gets_nothing_when_the_person_is_approved(person, officer, clock):
    """T12."""
    hers, his = new_browser(), new_browser()
    attack = register(his)
    clock.shift(60)
    declare(hers, phone="0900000208")
    put_photos()
    ask_for_code(hers)
    send(hers, code_on(VICTIM))
    right = RegistrationDossier.objects.latest("pk")
    assert Mark.DUPLICATE_CODE in right.marks
    review.approve(dossier_id=right.pk, version=right.version, document="cccd", by=officer, at=NOW)
    attack.refresh_from_db()
    assert attack.status == "cancelled"
    assert his.get("/dang-ky/anh/portrait/").status_code == 404
    assert [message.to for message in Message.objects.filter(purpose="credentials")] == [VICTIM]
    with pytest.raises(Conflict):
        review.approve(dossier_id=attack.pk, version=attack.version, document="cccd", by=officer, at=NOW)


def answers(code: str) -> list[str]:
    """Every page of one registration with this code, without what differs by nature."""
    browser = new_browser()
    sent = send(browser, ready(browser, bhxh_code=code))
    pages = [f"{sent.status_code} {sent.url}", words(browser.get("/dang-ky/hoan-tat/"))]
    nature = r'\d{5}GD/\d{4}/\d{5}|\d\d:\d\d, \d\d/\d\d/\d{4}|csrfmiddlewaretoken" value="[^"]*"'
    return [re.sub(nature, "", page) for page in pages]


def test_a_code_with_record_account_or_dossier_is_answered_like_an_unknown_one(person, clock):
    """T15."""
    locked = make_person("0099000115", None)
    for one, frozen in ((make_person("0099000123", None), None), (locked, NOW)):
        User.objects.create_user(one.bhxh_code, full_name="Thử", person=one, frozen_at=frozen)
    answered = []
    for code in (CODE, CODE, "0099000123", locked.bhxh_code, "0099000999"):
        answered.append(answers(code))
        clock.shift(90_000)
    for same in answered[1:]:
        assert same == answered[0]


def test_the_holder_of_an_account_is_told_once_a_day_on_the_phone_on_file(person, clock):
    """T15."""
    hers = User(username=CODE, full_name="Thử", person=person)
    hers.set_phone(VICTIM)
    hers.save()
    first = register(new_browser())
    assert Mark.HAS_ACCOUNT in first.marks
    (notice,) = phone_shows(VICTIM)
    assert "ma so ...0107 cua ban" in notice
    assert notice.isascii()
    assert len(notice) <= 160
    assert not any("ma so ..." in text for text in phone_shows())
    clock.shift(3600)
    register(new_browser())
    assert len(phone_shows(VICTIM)) == 1
    clock.shift(86400)
    register(new_browser())
    assert len(phone_shows(VICTIM)) == 2


def test_an_account_without_a_phone_and_an_unknown_code_tell_nobody(person, clock):
    """T15."""
    User.objects.create_user(CODE, full_name="Thử", person=person)
    for code in (CODE, "0099000999"):
        register(new_browser(), bhxh_code=code)
        clock.shift(600)
    assert not Message.objects.filter(purpose="notice").exists()


def test_a_wrong_declaration_is_answered_without_looking_the_code_up(browser, person):
    """T17."""
    known, unknown = (words(declare(new_browser(), bhxh_code=code, phone="0900")) for code in (CODE, "0099000999"))

    def without(page, code):
        return re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page).replace(code, "CODE")

    assert without(known, CODE) == without(unknown, "0099000999")


def test_the_new_number_of_a_person_known_by_the_old_one_makes_no_second_person(browser, places):
    """T18."""
    person = make_person(citizen_id=None)
    dossier = register(browser, bhxh_code=CITIZEN_ID, old_id_number="123456789")
    assert dossier.person is None
    assert Mark.UNKNOWN_CODE in dossier.marks
    assert list(InsuredPerson.objects.all()) == [person]
    assert not User.objects.filter(is_staff=False).exists()
