"""What was typed is kept before it can be sent: here, after a break, and on another device."""

from dataclasses import replace

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection

from accounts import tasks
from accounts.begun import GATE
from accounts.models import PartialDeclaration, RegistrationDossier, User
from tests.harness.stage import new_browser, words
from tests.registration.conftest import TYPED, code_on, declare, other, put_photos, register
from vssid.audit.models import AuditEvent
from vssid.sms.models import Message

FORM, SAVE, RESUME = "/dang-ky/to-khai/", "/dang-ky/to-khai/luu/", "/dang-ky/tiep-tuc/"
HALF = {"full_name": "Nguyễn Thị Thử", "phone": "0900 000 107", "id_type": "cccd", "province": "01", "email": ""}


def save(client, **changes):
    return client.post(SAVE, {**HALF, **changes}, headers={"hx-request": "true"})


def ask(client, phone="0900000107"):
    return client.post(RESUME, {"phone": phone, "action": "send_otp"})


def go_on(client, code=None, phone="0900000107"):
    return client.post(RESUME, {"phone": phone, "otp": code or code_on(), "action": "submit"})


def test_what_is_typed_is_saved_as_it_is_and_is_there_again(browser, clock):
    answer = words(save(browser))
    assert "Saved at 09:30" in answer
    assert "kept until 09:30, 24/11/2026" in answer
    save(browser, bhxh_code="00990")
    page = words(browser.get(FORM))
    assert 'value="Nguyễn Thị Thử"' in page
    assert 'value="0900 000 107"' in page
    assert 'value="00990"' in page
    assert '<option value="01" selected>' in page
    assert "Phường Hai Bà Trưng" in page
    assert PartialDeclaration.objects.count() == 1
    assert not RegistrationDossier.objects.exists()


def test_the_page_saves_by_itself_and_says_so(browser):
    page = words(browser.get(FORM))
    assert f'hx-post="{SAVE}"' in page
    assert "What you type is kept for 24 hours" in page


def test_without_scripts_a_declaration_with_mistakes_is_kept_too(browser):
    declare(browser, phone="0900")
    browser.post(FORM, {**HALF, "action": "wards"})
    assert 'value="Nguyễn Thị Thử"' in words(browser.get(FORM))


def test_once_all_is_right_the_draft_holds_it_and_nothing_is_kept_twice(browser):
    save(browser)
    assert declare(browser).url == "/dang-ky/anh/"
    assert not PartialDeclaration.objects.exists()
    save(browser, full_name="Trần Bản")
    assert 'value="Trần Bản"' in words(browser.get(FORM))
    assert RegistrationDossier.objects.get().full_name == "NGUYỄN THỊ THỬ NGHIỆM"
    declare(browser, full_name="Trần Bản Mẫu")
    assert 'value="TRẦN BẢN MẪU"' in words(browser.get(FORM))


def test_nothing_is_kept_for_somebody_who_typed_nothing(browser):
    assert browser.post(SAVE, {"id_type": "cccd", "full_name": "  "}).status_code == 200
    assert not PartialDeclaration.objects.exists()


def test_what_was_typed_is_unreadable_in_the_database(browser):
    save(browser, id_number="001185000107")
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text, encode(p.typed, 'escape') FROM accounts_partialdeclaration p")
        row = str(cursor.fetchall())
        cursor.execute("SELECT session_data FROM accounts_session")
        sessions = str(cursor.fetchall())
    for secret in ("001185000107", "0900 000 107", "Nguy"):
        assert secret not in row
        assert secret not in sessions


def test_it_can_be_deleted(browser):
    save(browser)
    assert "You have begun a declaration" in words(browser.get("/dang-ky/"))
    browser.post("/dang-ky/", {"action": "delete_draft"})
    assert not PartialDeclaration.objects.exists()
    assert AuditEvent.objects.filter(event="draft.deleted").exists()
    assert "Nguyễn" not in words(browser.get(FORM))


def test_it_is_erased_after_a_day_and_the_page_says_so(browser, clock):
    save(browser)
    clock.shift(24 * 3600 + 60)
    assert tasks.erase_old_drafts() == 1
    assert not PartialDeclaration.objects.exists()
    page = words(browser.get(FORM))
    assert "Nguyễn" not in page


def test_a_pause_of_an_hour_loses_nothing(browser, clock):
    save(browser)
    clock.shift(3600)
    assert 'value="Nguyễn Thị Thử"' in words(browser.get(FORM))
    assert declare(browser).url == "/dang-ky/anh/"
    clock.shift(3600)
    assert browser.get("/dang-ky/anh/").status_code == 200


def test_somebody_logged_out_while_writing_still_sends_what_was_typed(browser, person, clock):
    """The session ended, the form is posted, with a mistake in it: it comes back with everything typed (F37)."""
    user = User.objects.create_user("0099000107", full_name="Nguyễn Thị Thử", person=person)
    browser.force_login(user)
    browser.get("/ca-nhan/")
    save(browser)
    clock.shift(16 * 60)
    page = words(declare(browser, phone="0900"))
    assert SESSION_KEY not in browser.session
    assert 'value="Số 0, ngõ Ví Dụ"' in page
    assert declare(browser).url == "/dang-ky/anh/"


def test_on_another_device_it_goes_on_by_phone_and_code_and_the_first_loses_it(browser, clock):
    save(browser)
    tablet = new_browser()
    assert "6 digits" in words(ask(tablet))
    assert go_on(tablet).url == FORM
    assert 'value="Nguyễn Thị Thử"' in words(tablet.get(FORM))
    page = words(browser.get(FORM))
    assert "Nguyễn" not in page
    assert "you continued it elsewhere" in page
    assert declare(tablet).url == "/dang-ky/anh/"
    assert not PartialDeclaration.objects.exists()
    assert AuditEvent.objects.filter(event="draft.resumed").count() == 1


def test_a_draft_with_photos_goes_on_there_too(browser, clock):
    declare(browser)
    put_photos()
    tablet = new_browser()
    ask(tablet)
    go_on(tablet)
    assert 'value="0900000107"' in words(tablet.get(FORM))
    assert tablet.get("/dang-ky/xac-nhan/").status_code == 200
    assert tablet.get("/dang-ky/anh/portrait/").status_code == 200
    assert browser.get("/dang-ky/anh/portrait/").status_code == 404
    assert browser.get("/dang-ky/xac-nhan/").url == FORM


def without_token(page: str) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value|name="phone" value)="[^"]*"', "", page)


def test_a_phone_without_a_declaration_is_answered_alike_and_gets_no_message(browser, clock):
    save(browser)
    sent = Message.objects.count()
    nothing = ask(new_browser(), "0900000208")
    assert Message.objects.count() == sent
    there = ask(new_browser())
    assert Message.objects.count() == sent + 1
    assert nothing.status_code == there.status_code == 200
    assert without_token(words(nothing)) == without_token(words(there))


def test_a_wrong_code_opens_nothing(browser):
    save(browser)
    stranger = new_browser()
    ask(stranger)
    answer = go_on(stranger, other(code_on()))
    assert answer.status_code == 400
    assert "4 tries left" in words(answer)
    assert "Nguyễn" not in words(stranger.get(FORM))
    assert 'value="Nguyễn Thị Thử"' in words(browser.get(FORM))


def test_what_is_no_mobile_number_is_said(browser):
    assert "You entered 4" in words(ask(browser, "0900"))


def test_a_declaration_that_was_sent_is_not_gone_on_with(browser, clock):
    register(browser)
    clock.shift(120)
    sent = Message.objects.count()
    ask(new_browser())
    assert Message.objects.count() == sent


@pytest.mark.usefixtures("places")
def test_one_address_cannot_fill_the_store(clock, monkeypatch):
    monkeypatch.setattr("accounts.begun.GATE", replace(GATE, hard=3))

    def begin(work):
        client = new_browser()
        client.defaults["REMOTE_ADDR"] = "203.0.113.9"
        return client, work(client)

    for _ in range(3):
        client, answer = begin(save)
        assert answer.status_code == 200
    assert begin(save)[1].status_code == 429
    assert begin(declare)[1].status_code == 429
    assert save(client, email="a").status_code == 200
    assert client.post(FORM, TYPED).url == "/dang-ky/anh/"
    assert PartialDeclaration.objects.count() == 2
