"""Administrators keep staff, supervisors and auditors look; reference data and messages are read only."""

import re

import pytest
from django.contrib.auth.models import Group
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from insurance.models import MinimumWage, Office
from tests.admin.conftest import CITY, FAR, NEAR, PASSWORD, logged_in, make_staff
from tests.admin.test_door import password
from tests.harness.stage import new_browser, words
from vssid.audit.models import AuditEvent

STAFF = "/quan-tri/accounts/user/"
FIRST = "mua xuan la tet trong cay"


@pytest.fixture
def keeper(places, clock):
    return logged_in(make_staff("quantri", "administrator", CITY))


def form(**changes):
    role = Group.objects.get(name="officer")
    return {
        "username": "canbo.moi",
        "full_name": "Trần Bản Mẫu",
        "is_active": "on",
        "groups": [role.pk],
        "new_password": FIRST,
        "postings-TOTAL_FORMS": 1,
        "postings-INITIAL_FORMS": 0,
        "postings-0-office": NEAR,
        **changes,
    }


def change(user, **changes):
    posting = user.postings.first()
    own = {"postings-INITIAL_FORMS": 1, "postings-0-id": posting.pk, "postings-0-user": user.pk, "new_password": ""}
    return form(**{"full_name": user.full_name, **own, "postings-0-office": posting.office_id, **changes})


def test_an_administrator_adds_an_officer_who_chooses_an_own_password(keeper):
    answer = keeper.post(f"{STAFF}add/", form())
    assert answer.status_code == 302, words(answer)
    user = User.objects.get(username="canbo.moi")
    assert (user.is_staff, user.is_superuser, user.must_change_password) == (True, False, True)
    assert list(user.office_codes()) == [NEAR]
    browser = new_browser()
    password(browser, "canbo.moi", FIRST)
    assert browser.get("/quan-tri/xac-thuc/").url == "/mat-khau/doi/"


def test_a_first_password_ends_after_a_day(keeper, clock):
    keeper.post(f"{STAFF}add/", form())
    clock.shift(86401)
    assert "This first password has ended. Ask an administrator" in words(password(new_browser(), "canbo.moi", FIRST))


@pytest.mark.parametrize("name", ["0099000107", "0099 000 107", "٠٠٩٩٠٠٠١٠٧", "ab", "Hoa", "a b c"])
def test_a_user_name_that_could_be_a_citizens_code_is_refused(keeper, name):
    answer = keeper.post(f"{STAFF}add/", form(username=name))
    assert answer.status_code == 200
    assert "A staff user name begins with a letter" in words(answer)
    assert not User.objects.filter(full_name="Trần Bản Mẫu").exists()


@pytest.mark.parametrize(("typed", "said"), [("ngan", "at least 12 characters"), ("matkhau123456", "")])
def test_a_weak_password_is_refused_for_staff_too(keeper, typed, said):
    answer = keeper.post(f"{STAFF}add/", form(new_password=typed))
    assert answer.status_code == 200
    assert said in words(answer)
    assert typed not in words(answer)


def test_nobody_is_made_superuser_by_a_form(keeper, officer):
    extra = {"is_superuser": "on", "is_staff": "on", "user_permissions": ["1"], "username": "canbo.khac", "person": "1"}
    answer = keeper.post(f"{STAFF}{officer.pk}/change/", change(officer, **extra))
    assert answer.status_code == 302, words(answer)
    user = User.objects.get(pk=officer.pk)
    assert (user.is_superuser, user.username, user.person) == (False, "canbo.gan", None)
    assert not user.user_permissions.exists()


def test_a_superuser_is_out_of_an_administrators_reach(keeper, places):
    above = make_staff("tongquan", "administrator", CITY, is_superuser=True)
    assert keeper.post(f"{STAFF}{above.pk}/change/", change(above, new_password=FIRST)).status_code == 403
    assert User.objects.get(pk=above.pk).check_password(PASSWORD)


def test_a_new_password_ends_the_sessions(keeper, officer, desk):
    assert desk.get("/quan-tri/").status_code == 200
    keeper.post(f"{STAFF}{officer.pk}/change/", change(officer, new_password=FIRST))
    assert desk.get("/quan-tri/").status_code == 302
    assert AuditEvent.objects.filter(event="password.reset", subject=officer.actor).exists()


def test_without_a_new_password_the_old_one_stays(keeper, officer):
    keeper.post(f"{STAFF}{officer.pk}/change/", change(officer, full_name="Tên Mới"))
    user = User.objects.get(pk=officer.pk)
    assert (user.full_name, user.must_change_password) == ("Tên Mới", False)
    assert user.check_password(PASSWORD)
    assert AuditEvent.objects.filter(event="staff.posted", subject=user.actor).exists()


def test_a_lost_phone_is_forgotten(keeper, officer, desk):
    assert TOTPDevice.objects.filter(user=officer).exists()
    keeper.post(f"{STAFF}{officer.pk}/change/", change(officer, forget_authenticator="on"))
    assert not TOTPDevice.objects.filter(user=officer).exists()
    assert desk.get("/quan-tri/").status_code == 302
    event = AuditEvent.objects.get(event="account.changed", subject=officer.actor)
    assert event.facts == {"what": "second_factor"}


def test_closing_an_account_ends_its_sessions(keeper, officer, desk):
    keeper.post(f"{STAFF}{officer.pk}/change/", change(officer, is_active=""))
    assert desk.get("/quan-tri/").status_code == 302


def test_citizens_are_no_list_to_page_through(keeper, person):
    citizen = User.objects.create(username="0099000107", person=person, full_name=person.full_name)
    assert "0099000107" not in words(keeper.get(STAFF))
    assert keeper.get(f"{STAFF}{citizen.pk}/change/").status_code == 302


def test_nobody_is_deleted(keeper, officer):
    assert keeper.post(f"{STAFF}{officer.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=officer.pk).exists()


def test_a_supervisor_looks_at_the_staff_of_the_own_offices(places, officer, clock):
    far = make_staff("canbo.xa", "officer", FAR)
    boss = logged_in(make_staff("phutrach", "supervisor", CITY))
    page = words(boss.get(STAFF))
    assert officer.username in page
    assert "Officer" in page
    assert far.username not in page
    assert boss.get(f"{STAFF}{far.pk}/change/").status_code == 302
    shown = words(boss.get(f"{STAFF}{officer.pk}/change/"))
    assert officer.full_name in shown
    assert "password" not in shown.split("<main")[-1].lower()
    assert boss.post(f"{STAFF}{officer.pk}/change/", change(officer)).status_code == 403


@pytest.mark.parametrize("path", ["accounts/user/", "sms/message/", "audit/auditevent/", "insurance/office/"])
def test_an_officer_has_the_queue_only(desk, path):
    assert desk.get(f"/quan-tri/{path}").status_code == 403
    assert path not in words(desk.get("/quan-tri/"))


def test_an_auditor_searches_the_log_of_the_own_offices(places, officer, clock):
    desk = logged_in(officer)
    desk.get("/quan-tri/accounts/registrationdossier/")
    for office in (NEAR, FAR, ""):
        AuditEvent.objects.create(at="2026-11-23T02:00Z", event="dossier.viewed", actor="staff:77", office=office,
                                  subject=f"dossier:4{office}", facts={"slot": "<b>x</b>"})  # fmt: skip
    auditor = logged_in(make_staff("kiemtra", "auditor", CITY))
    page = words(auditor.get("/quan-tri/audit/auditevent/?q=staff:77"))
    assert f"dossier:4{NEAR}" in page
    assert f"dossier:4{FAR}" not in page
    assert "<b>x</b>" not in page
    row = AuditEvent.objects.get(subject=f"dossier:4{NEAR}")
    assert "slot" in words(auditor.get(f"/quan-tri/audit/auditevent/{row.pk}/change/"))
    assert auditor.post(f"/quan-tri/audit/auditevent/{row.pk}/change/", {"actor": "x"}).status_code == 403
    assert auditor.get("/quan-tri/audit/auditevent/add/").status_code == 403


@pytest.mark.parametrize("model", ["province", "ward", "office", "facility", "employer"])
def test_an_administrator_looks_reference_data_up(keeper, model):
    assert keeper.get(f"/quan-tri/insurance/{model}/").status_code == 200
    assert keeper.get(f"/quan-tri/insurance/{model}/?q=Ha").status_code == 200
    assert keeper.get(f"/quan-tri/insurance/{model}/add/").status_code == 403


def test_an_administrator_edits_reference_data_and_the_history_says_who(keeper):
    path = f"/quan-tri/insurance/office/{NEAR}/"
    Office.history.filter(code=NEAR).delete()  # rows that the importer loads have none
    page = keeper.get(f"{path}change/")
    form = page.context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields}
    keeper.post(f"{path}change/", typed | {"opening_hours": "8:00 – 17:00", "code": "99999"})
    office = Office.objects.get(code=NEAR)
    edit = office.history.latest()
    assert (office.opening_hours, edit.history_user, edit.history_type) == (
        "8:00 – 17:00",
        User.objects.get(username="quantri"),
        "~",
    )
    told = words(keeper.get(f"{path}history/"))
    assert re.search(rf"<b>[^<]+</b>: [^<]* → {re.escape(office.opening_hours)}", told), (
        "before and after, side by side"
    )
    assert "As it came from the file" in told
    assert keeper.get(f"{path}history/{edit.pk}/").status_code == 200


def test_an_administrator_adds_the_next_tariff_and_deletes_none(keeper):
    path = "/quan-tri/insurance/minimumwage/"
    typed = {"region": "I", "monthly": "5310000", "valid_from": "01/01/2026", "source": "NĐ 293/2025/NĐ-CP"}
    assert keeper.post(f"{path}add/", typed).status_code == 302
    wage = MinimumWage.objects.get()
    assert wage.history.get().history_type == "+"
    assert keeper.post(f"{path}{wage.pk}/delete/", {"post": "yes"}).status_code == 403
