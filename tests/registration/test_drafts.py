"""Drafts: how long they live, how they are deleted, and what happens when something is down."""

from dataclasses import replace

import pytest
from django.conf import settings

from accounts import tasks
from accounts.begun import GATE
from accounts.models import IdPhoto, OneTimeCode, RegistrationDossier
from tests.harness.stage import new_browser, words
from tests.registration.conftest import PHONE, declare, phone_shows, ready, register, send, upload
from tests.registration.conftest import add_photos as photos_of
from tests.registration.pictures import jpeg
from vssid.audit.models import AuditEvent
from vssid.documents import storage
from vssid.sms import answers, gateways


def test_a_draft_can_be_deleted_with_its_photos(browser, django_capture_on_commit_callbacks):
    declare(browser)
    photos_of(browser, portrait=upload(jpeg()))
    name = IdPhoto.objects.get().stored_name
    assert "Delete the declaration" in words(browser.get("/dang-ky/"))
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/dang-ky/", {"action": "delete_draft"})
    assert not RegistrationDossier.objects.exists()
    assert name not in set(storage.names())
    assert AuditEvent.objects.get(event="draft.deleted").actor == "anonymous"
    assert "are deleted" in words(browser.get("/dang-ky/"))
    assert 'value="0900000107"' not in words(browser.get("/dang-ky/to-khai/"))


def test_a_draft_is_erased_after_a_day(browser, clock, django_capture_on_commit_callbacks):
    declare(browser)
    photos_of(browser, portrait=upload(jpeg()))
    name = IdPhoto.objects.get().stored_name
    clock.shift(24 * 3600 - 60)
    assert tasks.erase_old_drafts() == 0
    clock.shift(120)
    assert browser.get("/dang-ky/anh/").url == "/dang-ky/to-khai/"
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.erase_old_drafts() == 1
    assert not RegistrationDossier.objects.exists()
    assert name not in set(storage.names())
    assert AuditEvent.objects.get(event="draft.deleted").actor == "system"


def test_a_sent_dossier_is_no_draft_and_stays(browser, clock):
    register(browser)
    clock.shift(48 * 3600)
    assert tasks.erase_old_drafts() == 0
    browser.post("/dang-ky/", {"action": "delete_draft"})
    assert RegistrationDossier.objects.count() == 1


def test_after_sending_a_new_declaration_can_be_begun(browser):
    register(browser)
    assert 'value="0900000107"' not in words(browser.get("/dang-ky/to-khai/"))
    declare(browser, bhxh_code="0099000208")
    assert RegistrationDossier.objects.count() == 2
    assert browser.get("/dang-ky/xac-nhan/").url == "/dang-ky/anh/"


def test_old_codes_and_sessions_are_forgotten(browser, clock):
    ready(browser)
    clock.shift(8 * 86400)
    tasks.clear_sessions()
    assert not OneTimeCode.objects.exists()


@pytest.mark.usefixtures("person")
def test_registration_goes_on_while_the_gateway_is_down(browser, monkeypatch):
    code = ready(browser)

    def down(self, **message):
        raise answers.NotAccepted("down")

    with monkeypatch.context() as broken:
        broken.setattr(gateways.InboxGateway, "send", down)
        assert send(browser, code).url == "/dang-ky/hoan-tat/"
        assert phone_shows(PHONE, "receipt") == []
        assert "If the message is late" in words(browser.get("/dang-ky/hoan-tat/"))


def test_the_draft_is_known_to_the_database_and_not_to_the_cookie(browser):
    answer = declare(browser)
    assert "0900000107" not in str(answer.cookies)
    draft = RegistrationDossier.objects.get()
    assert "0099000107" not in answer.url
    assert settings.SESSION_COOKIE_NAME in browser.cookies
    assert draft.number is None


def test_one_address_cannot_begin_many_declarations_that_nobody_proves(places, clock, monkeypatch):
    monkeypatch.setattr("accounts.begun.GATE", replace(GATE, hard=3))

    def begin(address="203.0.113.7"):
        client = new_browser()
        client.defaults["REMOTE_ADDR"] = address
        return client, declare(client)

    clients = [begin() for _ in range(3)]
    refused = begin()[1]
    assert refused.status_code == 429
    assert refused["Retry-After"]
    assert "Several declarations were begun from this connection" in words(refused)
    assert 'value="0900 000 107"' in words(refused)
    assert RegistrationDossier.objects.count() == 3
    assert begin("203.0.113.8")[1].status_code == 302
    assert declare(clients[0][0]).status_code == 302
    clients[0][0].post("/dang-ky/", {"action": "delete_draft"})
    assert begin()[1].status_code == 302


def test_declarations_that_were_sent_do_not_count(places, clock, monkeypatch):
    monkeypatch.setattr("accounts.begun.GATE", replace(GATE, hard=2))
    for number in range(3):
        register(new_browser(), bhxh_code=f"009900020{number}")
        clock.shift(1)
