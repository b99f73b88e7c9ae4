"""Other people's pages and files are not there: no address tells whether a dossier exists that is not one's own."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import RegistrationDossier, User
from tests.faults.conftest import account, addresses, citizens_browser, officers_browser
from tests.registration.conftest import declare, make_person, new_browser, register

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
    return {client.get(page).status_code for page in pages} | {client.post(page, decide).status_code for page in pages}


def test_a_dossier_of_another_office_is_not_there(dossier: RegistrationDossier, pages: list[str]) -> None:
    elsewhere = officers_browser("00400")

    assert ask_for_everything(elsewhere, pages) <= {NOT_THERE, 405}  # deciding is not for GET, whoever asks
    for query in (
        "",
        "?state=all",
        f"?q={dossier.number}",
        f"?office={dossier.office_id}&state=all",
        "?q=&office=00103",
    ):
        queue = elsewhere.get(f"/quan-tri/accounts/registrationdossier/{query}")
        shown = queue.content.decode()
        assert f"/{dossier.pk}/change/" not in shown
        assert dossier.full_name not in shown
    dossier.refresh_from_db()
    assert dossier.status == "submitted"


def test_a_citizen_and_a_stranger_find_no_dossier_in_the_back_office(
    dossier: RegistrationDossier, pages: list[str]
) -> None:
    assert dossier.person
    citizen = citizens_browser(account(dossier.person))

    assert ask_for_everything(citizen, pages) == {NOT_THERE}
    assert all(new_browser().get(page).status_code == 302 for page in pages)
    assert all("/quan-tri/login/" in new_browser().get(page).url for page in pages)


def test_staff_without_the_second_factor_see_nothing(dossier: RegistrationDossier, pages: list[str]) -> None:
    officers_browser("00103")
    known = citizens_browser(User.objects.get(username="canbo01"))  # the password alone was right

    answers = [known.get(page) for page in (*pages, "/quan-tri/", "/quan-tri/accounts/registrationdossier/")]
    assert {answer.status_code for answer in answers} == {302}


def test_a_receipt_is_for_the_browser_that_registered(dossier: RegistrationDossier) -> None:
    citizen = citizens_browser(account(make_person("0099000208", "001185000208")))

    for stranger in (new_browser(), citizen):
        assert stranger.get("/dang-ky/hoan-tat/to-khai.pdf").status_code == NOT_THERE
        assert dossier.number not in stranger.get("/dang-ky/hoan-tat/", follow=True).content.decode()
        assert stranger.get("/dang-ky/anh/portrait/").status_code == NOT_THERE


def test_what_a_form_does_not_ask_for_cannot_be_set(person: object) -> None:
    browser = new_browser()
    forged = {"status": "approved", "number": "00103GD/2026/00099", "person": "1", "marks": "[]", "is_staff": "1",
              "decided_by": "1", "version": "9"}  # fmt: skip
    declare(browser, **forged)
    draft = RegistrationDossier.objects.get()
    assert (draft.status, draft.number, draft.decided_by) == ("draft", None, None)
    sent = register(new_browser(), **forged)
    assert (sent.status, sent.number) == ("submitted", f"00103GD/{sent.submitted_at:%Y}/00001")
    assert not User.objects.exists()
