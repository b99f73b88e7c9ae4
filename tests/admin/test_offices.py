"""Who sees which dossiers: own offices only, auditors without buttons, citizens nothing."""

import pytest

from accounts.models import IdPhoto, RegistrationDossier, User
from insurance.models import Office
from tests.admin.conftest import CITY, CODE, FAR, LIST, NEAR, approve, at, logged_in, make_dossier, make_staff
from tests.harness.stage import new_browser, words
from vssid.audit.models import AuditEvent


@pytest.fixture
def stranger(places):
    """An officer of another province."""
    return logged_in(make_staff("canbo.xa", "officer", FAR))


@pytest.fixture
def auditor(places):
    """Somebody who looks at the whole city and decides nothing."""
    return logged_in(make_staff("kiemtra", "auditor", CITY))


def photo_of(dossier) -> str:
    return f"{LIST}anh/{IdPhoto.objects.filter(dossier=dossier).first().pk}/"


def test_an_officer_finds_the_dossiers_of_the_own_office(desk, dossier):
    page = words(desk.get(LIST))
    assert dossier.number in page
    assert "2 hours" in page
    assert desk.get(at(dossier)).status_code == 200


def test_other_offices_dossiers_are_not_in_the_list(stranger, dossier):
    for question in ("", "?state=all", f"?q={dossier.number}", f"?q={CODE}", f"?state=all&office={NEAR}"):
        page = words(stranger.get(LIST + question)).partition("<main")[2]
        assert "No dossier" in page, question
        assert dossier.full_name not in page, question
    assert dossier.number not in words(stranger.get("/quan-tri/"))
    assert Office.objects.get(code=NEAR).name not in words(stranger.get("/quan-tri/"))


@pytest.mark.parametrize("action", ["change", "return", "reject"])
def test_other_offices_dossiers_cannot_be_opened(stranger, dossier, action):
    assert stranger.get(at(dossier, action)).status_code == 404


@pytest.mark.parametrize("action", ["approve", "return", "reject", "credentials"])
def test_other_offices_dossiers_cannot_be_decided(stranger, dossier, action):
    form = {"version": dossier.version, "identity_checked": "on", "full_name": "?", "reason": "has_account"}
    assert stranger.post(at(dossier, action), form).status_code == 404
    assert RegistrationDossier.objects.get(pk=dossier.pk).status == "submitted"
    assert not AuditEvent.objects.filter(subject=f"dossier:{dossier.pk}").exists()


def test_other_offices_photos_are_not_there(stranger, dossier):
    assert stranger.get(photo_of(dossier)).status_code == 404
    assert not AuditEvent.objects.filter(event="photo.viewed").exists()


def test_a_provincial_office_covers_its_local_ones(dossier):
    boss = logged_in(make_staff("phutrach", "supervisor", CITY))
    assert dossier.number in words(boss.get(LIST))
    assert boss.get(at(dossier)).status_code == 200
    assert boss.get(photo_of(dossier)).status_code == 200
    assert approve(boss, dossier).status_code == 302


def test_a_local_office_does_not_see_what_the_provincial_one_receives(desk, person, clock):
    above = make_dossier(person, CITY)
    assert desk.get(at(above)).status_code == 404


def test_drafts_are_nobodys_business(desk, dossier):
    RegistrationDossier.objects.filter(pk=dossier.pk).update(status="draft", number=None, submitted_at=None)
    assert desk.get(at(dossier)).status_code == 404


def test_an_auditor_looks_and_cannot_decide(auditor, dossier):
    page = words(auditor.get(at(dossier)))
    assert dossier.full_name in page
    assert "Approve" not in page
    for action in ("approve", "return", "reject", "credentials"):
        assert auditor.post(at(dossier, action), {"version": 1, "identity_checked": "on"}).status_code == 404
    assert auditor.get(at(dossier, "return")).status_code == 404
    assert RegistrationDossier.objects.get(pk=dossier.pk).status == "submitted"


def test_an_administrator_keeps_staff_and_sees_no_dossier(dossier):
    keeper = logged_in(make_staff("quantri", "administrator", CITY))
    assert keeper.get(LIST).status_code == 403
    assert keeper.get(at(dossier)).status_code == 404
    assert keeper.get(photo_of(dossier)).status_code == 404
    assert "Open the queue" not in words(keeper.get("/quan-tri/"))


@pytest.mark.parametrize("path", ["", "login/", "xac-thuc/", "accounts/registrationdossier/", "accounts/user/", "x/"])
def test_a_citizen_finds_nothing_here(person, path):
    client = new_browser()
    client.force_login(User.objects.create(username=CODE, person=person, full_name=person.full_name))
    assert client.get(f"/quan-tri/{path}").status_code == 404


def test_a_stranger_is_led_to_the_login(places, dossier):
    for path in (LIST, at(dossier), photo_of(dossier)):
        answer = new_browser().get(path)
        assert answer.status_code == 302
        assert answer.url.startswith("/quan-tri/login/")


def test_a_posting_that_ends_ends_the_view(desk, officer, dossier):
    officer.postings.all().delete()
    assert desk.get(at(dossier)).status_code == 404
