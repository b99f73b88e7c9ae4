"""Managers see how their offices get on: what waits, what was decided, how long it took; own offices only."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.freezing import freeze_account
from accounts.dossiers import figures
from accounts.models import RegistrationDossier, StaffPosting, User
from insurance.models import Office
from tests.admin.conftest import CITY, FAR, NEAR, approve, logged_in, make_dossier, make_staff
from tests.harness.stage import new_browser, words
from vssid.audit.events import Event
from vssid.audit.log import record

PAGE = "/quan-tri/so-lieu/"


@pytest.fixture
def another(places, clock):
    """A supervisor of another province."""
    return logged_in(make_staff("phutrach.xa", "supervisor", FAR))


def waits(office=NEAR, **ago):
    dossier = make_dossier(None, office, photos=False)
    RegistrationDossier.objects.filter(pk=dossier.pk).update(submitted_at=timezone.now() - timedelta(**ago))
    return dossier


def decided(officer, *, took: timedelta, office=NEAR, days_ago=1, automatically=False):
    dossier, at = make_dossier(None, office, photos=False), timezone.now() - timedelta(days=days_ago)
    RegistrationDossier.objects.filter(pk=dossier.pk).update(
        status="rejected",
        reason="has_account",
        submitted_at=at - took,
        decided_at=at,
        decided_by=None if automatically else officer,
        decided_automatically=automatically,
    )
    return dossier


def happened(event: Event, office=NEAR, times=1, **ago):
    for _number in range(times):
        record(event, actor="staff:1", subject="dossier:1", at=timezone.now() - timedelta(**ago), office=office)


def read(days=30, offices=(CITY, NEAR)):
    return figures.figures_of(RegistrationDossier, offices=offices, days=days, now=timezone.now())


def main(client, question="") -> str:
    answer = client.get(PAGE + question)
    assert answer.status_code == 200
    return words(answer).partition("<main")[2]


def test_what_waits_is_counted_by_age(boss):
    for hours in (1, 23, 25, 24 * 5, 24 * 10, 24 * 11, 24 * 400):
        waits(hours=hours)
    assert read().waiting[NEAR].ages == (2, 1, 1, 1, 2)
    page = main(boss)
    assert "7 dossiers wait for a decision, the first for 400 days." in page
    assert "Less than 1 day: 2; 1–2 days: 1; 3–5 days: 1; 6–10 days: 1; More than 10 days: 2." in page


def test_returned_and_decided_dossiers_do_not_wait(boss, officer):
    decided(officer, took=timedelta(days=3))
    RegistrationDossier.objects.filter(pk=waits(days=9).pk).update(status="returned")
    assert read().waiting == {}
    assert "No dossier waits for a decision." in main(boss)


def test_decisions_are_counted_by_day_and_outcome(boss):
    happened(Event.DOSSIER_APPROVED, times=3)
    happened(Event.DOSSIER_RETURNED, times=2, days=1)
    happened(Event.DOSSIER_REJECTED, days=29)
    happened(Event.DOSSIER_APPROVED, days=30)
    happened(Event.DOSSIER_VIEWED, times=5)
    days = list(read().days.values())
    assert len(days) == 30
    assert days[-1] == {Event.DOSSIER_APPROVED: 3}
    assert days[-2] == {Event.DOSSIER_RETURNED: 2}
    assert days[0] == {Event.DOSSIER_REJECTED: 1}
    assert "Approved: 3; Returned: 2; Refused: 1." in main(boss)


def test_a_day_begins_at_midnight_in_vietnam(boss):
    happened(Event.DOSSIER_APPROVED, hours=9)  # 00:30 in Vietnam, still yesterday in London
    happened(Event.DOSSIER_REJECTED, hours=10)  # 23:30 the evening before
    days = list(read().days.values())
    assert days[-1] == {Event.DOSSIER_APPROVED: 1}
    assert days[-2] == {Event.DOSSIER_REJECTED: 1}


def test_the_period_is_in_the_address(boss):
    happened(Event.DOSSIER_APPROVED, days=8)
    happened(Event.DOSSIER_APPROVED, days=60)
    assert "Nothing was decided in these days." in main(boss, "?days=7")
    assert "Approved: 1;" in main(boss, "?days=30")
    assert "Approved: 2;" in main(boss, "?days=90")
    for odd in ("?days=8", "?days=-1", "?days=x", "?days=", "?days=9999999999999"):
        assert "Approved: 1;" in main(boss, odd), odd


def test_what_was_taken_back_is_told(boss):
    happened(Event.DOSSIER_REOPENED, times=2)
    happened(Event.ACCOUNT_FROZEN)
    assert "Returned: 0; Decisions taken back: 2; Accounts frozen: 1." in main(boss)
    assert read().outcomes == {NEAR: {Event.DOSSIER_REOPENED: 2, Event.ACCOUNT_FROZEN: 1}}


def test_an_account_that_is_frozen_counts_at_the_office_that_opened_it(boss, desk, dossier):
    assert approve(desk, dossier).status_code == 302
    citizen = User.objects.get(username=dossier.bhxh_code)
    supervisor = User.objects.get(username="phutrach")
    freeze_account(user=citizen, reason="Duyệt nhầm người", by=supervisor, at=timezone.now())
    assert read().outcomes[NEAR] == {Event.DOSSIER_APPROVED: 1, Event.ACCOUNT_FROZEN: 1}


def test_half_and_nine_tenths_of_the_decisions(boss, officer):
    for hours in (1, 2, 3, 4, 100):
        decided(officer, took=timedelta(hours=hours))
    times = read().times[NEAR]
    assert times.count == 5
    assert times.median == timedelta(hours=3)
    assert times.ninety == timedelta(hours=61.6)
    assert "Half are decided within 3 hours, nine of ten within 2 days." in main(boss)


def test_what_no_officer_decided_took_no_officers_time(boss, officer):
    decided(officer, took=timedelta(seconds=1), automatically=True)
    decided(officer, took=timedelta(hours=5), days_ago=31)
    times = read().times[NEAR]
    assert (times.count, times.automatic, times.median, times.ninety) == (0, 1, None, None)
    assert "Officers decided nothing in these days." in main(boss)
    decided(officer, took=timedelta(hours=3))
    decided(officer, took=timedelta(seconds=1), automatically=True)
    assert (read().all_times.count, read().all_times.automatic) == (1, 2)
    assert read().all_times.median == timedelta(hours=3)
    assert "Opened at once by VNeID" in main(boss)


def test_a_provincial_office_sees_each_of_its_local_ones(boss, officer):
    waits(CITY, days=2)
    waits(NEAR, days=1)
    decided(officer, took=timedelta(hours=1))
    decided(officer, took=timedelta(hours=3), office=CITY)
    found = read()
    assert {office: waiting.count for office, waiting in found.waiting.items()} == {CITY: 1, NEAR: 1}
    assert found.all_times.median == timedelta(hours=2)
    page = main(boss)
    assert Office.objects.get(code=NEAR).name in page
    assert Office.objects.get(code=CITY).name in page


def test_other_offices_figures_are_not_there(another):
    waits(days=5)
    happened(Event.DOSSIER_APPROVED, times=4)
    page = main(another)
    assert "No dossier waits for a decision." in page
    assert "Nothing was decided in these days." in page
    assert Office.objects.get(code=NEAR).name not in page


def test_auditors_see_the_figures_and_export_nothing(places, clock):
    auditor = logged_in(make_staff("kiemtra", "auditor", CITY))
    assert "so-lieu/xuat" not in main(auditor)
    assert auditor.get(f"{PAGE}xuat/").status_code == 403


def test_officers_and_administrators_have_no_figures(desk):
    keeper = logged_in(make_staff("quantri", "administrator", CITY))
    for client in (desk, keeper):
        assert client.get(PAGE).status_code == 403
        assert client.get(f"{PAGE}xuat/").status_code == 403
        assert PAGE not in words(client.get("/quan-tri/"))


def test_strangers_are_led_to_the_login_and_citizens_find_nothing(person):
    assert new_browser().get(PAGE).url.startswith("/quan-tri/login/")
    citizen = new_browser()
    citizen.force_login(User.objects.create(username=person.bhxh_code, person=person, full_name=person.full_name))
    assert citizen.get(PAGE).status_code == 404


def test_somebody_without_a_posting_is_told_so(boss):
    StaffPosting.objects.all().delete()
    assert "You are posted to no office." in main(boss)


def test_the_start_page_leads_to_the_figures(boss):
    assert f'href="{PAGE}"' in words(boss.get("/quan-tri/"))


def test_each_picture_has_words_and_a_table(boss, officer):
    waits(days=2)
    decided(officer, took=timedelta(hours=2))
    happened(Event.DOSSIER_RETURNED, times=2)
    page = main(boss)
    assert page.count('class="chart"') == page.count("<details>") == page.count('role="img"') == 5
    assert page.count("<desc id=") == 5
    assert "style=" not in page


def test_an_offices_name_stays_text_in_the_picture(boss):
    trap = "<img src=x onerror=alert(1)> & co"
    Office.objects.filter(code=NEAR).update(name=trap)
    waits(days=2)
    page = main(boss)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; co" in page


def test_the_page_reads_in_both_languages(boss, officer):
    waits(days=2)
    decided(officer, took=timedelta(hours=2))
    happened(Event.DOSSIER_RETURNED)
    for language in ("vi", "en"):
        boss.cookies["language"] = language
        page = main(boss)
        assert page.count('class="chart"') == 5
        assert "%(" not in page


def test_more_dossiers_and_offices_ask_no_more_questions(boss, officer):
    def questions() -> int:
        with CaptureQueriesContext(connection) as caught:
            main(boss)
        return len(caught)

    main(boss)
    alone = questions()
    city = Office.objects.get(code=CITY)
    for number in range(5):
        office = Office.objects.create(code=f"0019{number}", name=f"Thử {number}", province_id="01", parent=city)
        waits(office.code, days=number)
        decided(officer, took=timedelta(hours=2), office=office.code)
    happened(Event.DOSSIER_RETURNED, times=20)
    assert questions() == alone
    with CaptureQueriesContext(connection) as caught:
        read()
    assert len(caught) == 3


def test_each_question_reads_an_index(boss):
    with CaptureQueriesContext(connection) as caught:
        read()
    plans = [plan(query["sql"]) for query in caught]
    assert [asked for asked in plans if "Seq Scan" in asked] == []
    assert any("audit_of_decisions" in asked for asked in plans)
    assert any("accounts_regdossier_decided" in asked for asked in plans)


def plan(sql: str) -> str:
    """How PostgreSQL answers when reading whole tables is dear."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
        return "\n".join(row[0] for row in cursor.fetchall())
