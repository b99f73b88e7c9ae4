"""Other people's pages and files are not there: no address tells whether a dossier exists that is not one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model, get_refresh_token_model

from accounts.models import RegistrationDossier, User
from insurance.models import InsuredPerson
from tests.faults.conftest import PASSWORD, account, addresses, citizens_browser, officers_browser
from tests.harness.stage import new_browser
from tests.registration.conftest import declare, make_person, register

NOT_THERE = 404


@pytest.fixture
def pages(dossier: RegistrationDossier) -> list[str]:
    """Every address in the back office that belongs to this dossier: its page, its decisions, its photos."""
    photo = str(dossier.photos.first().pk)  # type: ignore[union-attr]
    samples = {"int": str(dossier.pk), "uuid": photo, "slug": "portrait", "path": "1", "str": "1"}
    found = [
        address
        for name, address in addresses(samples).items()
        if name.startswith("admin:accounts_registrationdossier") and (f"/{dossier.pk}/" in address or photo in address)
    ]
    assert len(found) >= 6
    return found


def ask_for_everything(client: Client, pages: list[str]) -> set[int]:
    """The answers to reading and to deciding, whatever the version."""
    decide = {"version": "1", "identity_checked": "on", "identity_document": "cccd", "reason": "unknown_code"}
    read = {client.get(page, follow=True).status_code for page in pages}
    return read | {client.post(page, decide).status_code for page in pages}


def test_no_address_of_a_dossier_is_there_for_another_office_or_a_citizen(
    dossier: RegistrationDossier, pages: list[str]
) -> None:
    assert dossier.person
    elsewhere, citizen = officers_browser("00400"), citizens_browser(account(dossier.person))

    assert ask_for_everything(elsewhere, pages) == {NOT_THERE}
    assert ask_for_everything(citizen, pages) == {NOT_THERE}
    dossier.refresh_from_db()
    assert dossier.status == "submitted"


def test_a_receipt_is_for_the_browser_that_registered(dossier: RegistrationDossier) -> None:
    citizen = citizens_browser(account(make_person("0099000208", "001185000208")))

    for stranger in (new_browser(), citizen):
        assert stranger.get("/dang-ky/hoan-tat/to-khai.pdf").status_code == NOT_THERE
        assert dossier.number not in stranger.get("/dang-ky/hoan-tat/", follow=True).content.decode()
        assert stranger.get("/dang-ky/anh/portrait/").status_code == NOT_THERE


def test_what_a_form_does_not_ask_for_cannot_be_set(person: InsuredPerson) -> None:
    browser = new_browser()
    forged = {"status": "approved", "number": "00103GD/2026/00099", "person": "1", "marks": "[]", "is_staff": "1",
              "decided_by": "1", "version": "9"}  # fmt: skip
    declare(browser, **forged)
    draft = RegistrationDossier.objects.get()
    assert (draft.status, draft.number, draft.decided_by) == ("draft", None, None)
    sent = register(new_browser(), **forged)
    assert (sent.status, sent.number) == ("submitted", f"00103GD/{sent.submitted_at:%Y}/00001")
    assert not User.objects.exists()


def test_a_new_password_ends_what_applications_hold(person: InsuredPerson) -> None:
    citizen = account(person)
    application = get_application_model().objects.create(
        client_type="public", authorization_grant_type="authorization-code", redirect_uris="https://app.example/back"
    )
    held = {"user": citizen, "application": application, "token": "a-token-of-hers"}
    until = timezone.now() + timedelta(minutes=10)
    access = get_access_token_model().objects.create(**held, scope="profile", expires=until)
    get_refresh_token_model().objects.create(**held, access_token=access)
    asking = Client(headers={"authorization": "Bearer a-token-of-hers"})
    assert asking.get("/api/v1/me").status_code == 200

    new = {"old_password": PASSWORD, "new_password": "con song chay qua", "new_password2": "con song chay qua"}
    assert citizens_browser(citizen).post("/mat-khau/doi/", new).status_code == 302

    assert asking.get("/api/v1/me").status_code == 401
    assert not get_refresh_token_model().objects.filter(user=citizen, revoked=None).exists()


def test_nobody_asks_for_columns_by_their_names(dossier: RegistrationDossier) -> None:
    desk = officers_browser("00103", roles=("officer", "administrator"))
    for where in ("accounts/registrationdossier", "accounts/user", "insurance/office"):
        for query in ("person__user__password__startswith=argon2", "password__startswith=argon2", "o=password"):
            answer = desk.get(f"/quan-tri/{where}/?{query}")
            # The queue knows its own words only and passes over others.
            assert answer.status_code in {302, 400} or "o=" in query or where == "accounts/registrationdossier"
            assert b"argon2id" not in answer.content
    answer = new_browser().get("/api/v1/offices?province=01&ordering=parent__postings__user__password")
    assert answer.status_code == 400


def test_tokens_and_authenticators_have_no_page_in_the_back_office() -> None:
    shown = {model._meta.label for model in admin.site._registry}
    assert shown
    assert {label.split(".")[0] for label in shown} <= {"accounts", "insurance", "services", "sms", "audit"}
    assert shown.isdisjoint({"accounts.OneTimeCode", "accounts.TrustedBrowser", "accounts.IdPhoto", "sms.InboxMessage"})
