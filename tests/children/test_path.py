"""A mother registers her child, page by page; an officer admits the child without a visit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from accounts.actions import review
from accounts.forms.review import PHOTO_WORDS, ReturnForm
from accounts.models import Guardianship, RegistrationDossier, User
from tests.children.conftest import (
    CHILD,
    CONFIRM,
    FATHER,
    FATHERS_PHONE,
    LIST,
    MOTHERS_PHONE,
    PATH,
    PHOTOS,
    TYPED,
    approve,
    browser_of,
    declare,
    make_parent,
    make_record,
    put_photos,
    register,
    words,
)
from tests.harness.stage import NOW, new_browser
from tests.registration.conftest import code_on, phone_shows, upload
from tests.registration.pictures import jpeg
from vssid.audit.models import AuditEvent
from vssid.sms import delivery
from vssid.sms.models import Message, Purpose


def test_a_child_is_declared_photographed_consented_to_and_sent(browser, mother, child):
    dossier = register(browser)

    assert dossier.status == "submitted"
    assert (dossier.kind, dossier.parent, dossier.relation, dossier.person) == ("child", mother, "mother", child)
    assert (dossier.bhxh_code, dossier.full_name, dossier.date_of_birth) == (CHILD, "TRẦN BẢN MẪU", date(2016, 6, 1))
    assert dossier.id_number is None
    assert dossier.phone == MOTHERS_PHONE
    assert dossier.marks == []
    assert dossier.number == "00103GD/2026/00001"
    assert dossier.consented_at == dossier.phone_verified_at == NOW
    assert dossier.consent_version
    assert dossier.consent_purposes == ["check_identity", "open_account", "show_to_parent"]
    [receipt] = phone_shows(purpose="receipt")
    assert dossier.number in receipt
    assert "Vui long den" not in receipt
    event = AuditEvent.objects.get(event="dossier.submitted")
    assert (event.actor, event.subject) == (mother.actor, f"dossier:{dossier.pk}")
    page = words(browser.get(LIST))
    assert dossier.number in page
    assert "Sent" in page


def test_the_list_says_held_approved_and_refused(browser, child, officer):
    dossier = register(browser)
    RegistrationDossier.objects.update(held_until=NOW + timedelta(minutes=5))
    assert "Being checked" in words(browser.get(LIST))
    RegistrationDossier.objects.update(held_until=None)
    review.reject(
        dossier_id=dossier.pk, version=dossier.version, reason="not_the_person", text="Xem lại.", by=officer, at=NOW
    )

    page = words(browser.get(LIST))

    assert "Refused" in page


@pytest.mark.parametrize("entered", ["0099 000 116", "HS 4 01 0099000116", "HS4010099000116|4e6761|01/06/2016|1|$"])
def test_the_code_is_typed_or_taken_from_the_card_or_its_qr_code(browser, entered):
    declare(browser, bhxh_code=entered)

    assert RegistrationDossier.objects.get().bhxh_code == CHILD


def test_the_places_are_suggested_and_the_next_fields_come_with_the_province(browser, mother):
    person = mother.person
    person.ward_id, person.address = "00256", "Số 9, ngõ Ví Dụ"
    person.save()

    page = words(browser.get(PATH))
    piece = words(browser.get(PATH, {"province": "01", "ward": "00256"}, headers={"HX-Request": "true"}))

    assert 'value="00256" selected' in page
    assert 'value="00103" selected' in page
    assert "Số 9, ngõ Ví Dụ" in page
    assert "<html" not in piece
    assert 'value="00103" selected' in piece


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bhxh_code": "12"}, "has 10 digits"),
        ({"date_of_birth": "23/11/2008"}, "younger than 18"),
        ({"relation": "uncle"}, "what you are to the child"),
        ({"full_name": ""}, "name"),
        ({"office": "00000"}, "Choose the office"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(browser, changes, said):
    answer = declare(browser, **changes)

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not RegistrationDossier.objects.exists()


def test_a_child_one_day_short_of_18_can_be_registered(browser):
    assert declare(browser, date_of_birth="24/11/2008").status_code == 302


def test_consent_is_never_ticked_beforehand_and_nothing_is_sent_without(browser, child):
    declare(browser)
    put_photos()
    assert "checked" not in words(browser.get(PHOTOS))

    answer = browser.post(PHOTOS, {})

    assert answer.status_code == 400
    assert "Tick this box" in answer.content.decode()
    assert browser.get(CONFIRM).url == PHOTOS


def test_photos_are_read_as_photos_and_what_came_before_stays(browser, mother):
    declare(browser)

    answer = browser.post(PHOTOS, {"portrait": upload(jpeg()), "birth": upload(b"<html>"), "consent": "on"})

    assert answer.status_code == 400
    assert "This is not a photo" in answer.content.decode()
    shown = browser.get(PHOTOS + "portrait/")
    assert shown["Content-Type"] == "image/jpeg"
    assert "no-store" in shown["Cache-Control"]
    assert browser.get(PHOTOS + "birth/").status_code == 404
    assert browser.post(PHOTOS, {"birth": upload(jpeg()), "consent": "on"}).url == CONFIRM
    father = browser_of(make_parent(FATHER, "TRẦN VĂN THỬ", FATHERS_PHONE))
    assert father.get(PHOTOS + "portrait/").status_code == 404
    assert new_browser().get(PHOTOS + "portrait/").status_code == 302


def test_a_body_of_many_megabytes_is_refused_before_it_is_read(browser):
    declare(browser)

    answer = browser.post(PHOTOS, {}, headers={"content-length": str(41 * 1024 * 1024)})

    assert answer.status_code == 413


def test_a_wrong_code_sends_nothing(browser, child):
    declare(browser)
    put_photos()
    browser.post(PHOTOS, {"consent": "on"})
    browser.post(CONFIRM, {"action": "send_otp"})
    wrong = f"{(int(code_on()) + 1) % 10**6:06}"

    answer = browser.post(CONFIRM, {"action": "submit", "otp": wrong})

    assert answer.status_code == 400
    assert RegistrationDossier.objects.get().status == "draft"


def test_the_draft_is_there_on_another_device_and_can_be_deleted(browser, mother):
    declare(browser)
    tablet = browser_of(mother)

    assert TYPED["address"] in words(tablet.get(PATH))
    tablet.post(LIST, {"action": "delete_draft"})

    assert not RegistrationDossier.objects.exists()


def test_a_child_is_sent_once_by_each_parent(browser, mother, child):
    register(browser)

    answer = declare(browser)

    assert answer.status_code == 409
    assert "already sent" in answer.content.decode()


def test_somebody_under_18_registers_nobody(child):
    answer = declare(browser_of(make_parent("0099000120", "TRẦN THỊ CON", "+84900000120", born=date(2010, 1, 1))))

    assert answer.status_code == 403


def test_strangers_and_staff_are_sent_away(officer):
    staff = Client()
    staff.force_login(officer)
    for address in (LIST, PATH, PHOTOS, CONFIRM):
        assert new_browser().get(address).url.startswith("/dang-nhap/")
        assert staff.get(address).url == "/quan-tri/"


def test_an_officer_sees_what_does_not_fit_and_the_parent_does_not(browser):
    make_record(CHILD, "LÊ VĂN KHÁC", date(2000, 1, 1), "male")

    dossier = register(browser)

    assert {"name_differs", "birth_differs", "not_a_child"} <= set(dossier.marks)
    assert "phone_used" not in dossier.marks
    assert register(browser, bhxh_code="0099000999", full_name="Không Có").marks == ["unknown_code"]


def test_approval_opens_the_childs_account_without_a_visit(browser, mother, child, officer):
    dossier = approve(register(browser), officer)

    account = User.objects.get(person=child)
    assert (dossier.status, dossier.identity_method) == ("approved", "parent")
    assert (account.username, account.phone, account.must_change_password) == (CHILD, MOTHERS_PHONE, True)
    delivery.drain([Purpose.CREDENTIALS], at=NOW)
    [credentials] = phone_shows(purpose="credentials")
    assert CHILD in credentials
    assert check_password(credentials.split("Mat khau tam: ")[1][:12], account.password)
    guardianship = Guardianship.objects.get()
    assert (guardianship.parent, guardianship.child, guardianship.relation) == (mother, child, "mother")
    assert guardianship.ends_on == date(2034, 6, 1)
    assert AuditEvent.objects.get(event="guardianship.began").subject == f"person:{child.pk}"
    page = words(browser.get(LIST))
    assert "TRẦN BẢN MẪU" in page
    assert "01/06/2034" in page
    assert "Approved" in page


def test_an_adult_by_the_record_is_not_put_under_anybody(browser, officer):
    make_record(CHILD, "TRẦN BẢN MẪU", date(2016, 6, 1), "male")
    dossier = register(browser)
    type(dossier.person).objects.filter(pk=dossier.person_id).update(date_of_birth=date(2000, 6, 1))

    with pytest.raises(Exception, match=r"18 or older|differ"):
        approve(dossier, officer)

    assert not Guardianship.objects.exists()
    assert not User.objects.filter(username=CHILD).exists()


def test_the_second_parent_is_put_beside_the_first_who_is_told(browser, child, officer):
    father = make_parent(FATHER, "TRẦN VĂN THỬ", FATHERS_PHONE)
    his = register(browser_of(father), phone=FATHERS_PHONE, relation="father")
    hers = register(browser)
    assert "duplicate_code" in hers.marks
    approve(hers, officer)
    his.refresh_from_db()
    assert his.status == "submitted"

    approve(his, officer)

    assert {one.parent.username for one in Guardianship.objects.all()} == {"0099000107", FATHER}
    assert User.objects.filter(person=child).count() == 1
    assert "mot tai khoan nua" in phone_shows(MOTHERS_PHONE)[0]
    delivery.drain([Purpose.CREDENTIALS], at=NOW)
    assert phone_shows(FATHERS_PHONE, "credentials") == []
    assert "Thanh vien" in phone_shows(FATHERS_PHONE)[0]


def test_officers_know_that_a_child_stands_under_another_account(browser, child, officer):
    approve(register(browser), officer)
    father = make_parent(FATHER, "TRẦN VĂN THỬ", FATHERS_PHONE)

    his = register(browser_of(father), phone=FATHERS_PHONE, relation="father")

    assert {"has_account", "other_guardian"} <= set(his.marks)


def test_a_returned_dossier_is_mended_and_keeps_its_number(browser, child, officer, clock):
    dossier = register(browser, full_name="Trần Mẫu")
    review.return_for_changes(
        dossier_id=dossier.pk,
        version=dossier.version,
        reasons=[{"field": "full_name", "text": "Thiếu chữ Bản."}],
        by=officer,
        at=NOW,
    )
    assert "Thiếu chữ Bản." in words(browser.get(LIST))

    assert browser.post(LIST, {"action": "correct", "number": dossier.number}).url == PATH
    assert "Thiếu chữ Bản." in words(browser.get(PATH))
    assert declare(browser).url == PHOTOS
    assert browser.post(PHOTOS, {"consent": "on"}).url == CONFIRM
    clock.shift(60)
    assert browser.post(CONFIRM, {"action": "send_otp"}).url == CONFIRM
    assert browser.post(CONFIRM, {"action": "submit", "otp": code_on()}).url == LIST
    number = dossier.number
    dossier.refresh_from_db()
    assert (dossier.status, dossier.number, dossier.full_name) == ("submitted", number, "TRẦN BẢN MẪU")
    assert dossier.return_reasons == []
    receipts = Message.objects.filter(dedupe_key__in=(f"receipt:{dossier.pk}", dossier.message_key))
    assert receipts.count() == 2


def test_nobody_mends_another_parents_dossier(browser, child, officer):
    dossier = register(browser)
    review.return_for_changes(
        dossier_id=dossier.pk,
        version=dossier.version,
        reasons=[{"field": "full_name", "text": "Sai."}],
        by=officer,
        at=NOW,
    )
    father = browser_of(make_parent(FATHER, "TRẦN VĂN THỬ", FATHERS_PHONE))

    assert father.post(LIST, {"action": "correct", "number": dossier.number}).status_code == 404


def test_the_holder_of_a_childs_account_is_told_that_somebody_registers_it_again(browser, child):
    """T15."""
    hers = User(username=CHILD, full_name=child.full_name, person=child)
    hers.set_phone("+84900000999")
    hers.save()

    dossier = register(browser)

    assert "has_account" in dossier.marks
    (notice,) = phone_shows("+84900000999")
    assert "ma so ...0116 cua ban" in notice
    assert not any("cua ban vua" in text for text in phone_shows(MOTHERS_PHONE))


def test_two_parents_who_wait_are_marked_on_both_dossiers(browser, child):
    hers = register(browser)
    his = register(browser_of(make_parent(FATHER, "TRẦN VĂN THỬ", FATHERS_PHONE)), phone=FATHERS_PHONE)

    hers.refresh_from_db()
    assert "duplicate_code" in hers.marks
    assert "duplicate_code" in his.marks


def test_an_officer_returns_a_childs_dossier_in_words_about_a_child(browser, child, officer):
    dossier = register(browser)
    form, words_offered = ReturnForm(dossier=dossier), PHOTO_WORDS["child"]

    assert {"relation", "birth", "portrait"} <= set(form.fields)
    assert not {"phone", "id_number", "id_front"} & set(form.fields)
    assert any("birth certificate" in str(words) for words in words_offered)
    assert not any("card" in str(words) for words in words_offered)
