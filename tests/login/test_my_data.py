"""My data: asked for, made by a worker, downloaded by its owner for a day, erased."""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.request
import zipfile
from base64 import b64decode

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.actions import archives
from accounts.actions.archive_contents import TABLES
from accounts.models import DataArchive, User
from insurance.models import InsuredPerson
from tests.harness.stage import new_browser
from tests.insurance.factories import (
    BenefitFactory,
    CardFactory,
    EmployerFactory,
    PaperFactory,
    VisitFactory,
    VisitLineFactory,
    add_periods,
)
from tests.login.conftest import CITIZEN_ID, CODE, PHONE, log_in
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.documents import storage
from vssid.notices.models import Notice

PAGE = "/tai-khoan/du-lieu/"
HOUR = 3600


@pytest.fixture
def inside(citizen, browser, clock):
    """Her browser, logged in with a code as it was new; no files of earlier tests."""
    for name in kept():
        storage.delete(name)
    log_in(browser)
    return browser


@pytest.fixture
def records(person):
    """Something in each table of hers that comes from the agency; an employer's name is a formula to a spreadsheet."""
    CardFactory(person=person)
    add_periods(person, ("2020-01", "2024-12", "paid"), employer=EmployerFactory(name='=HYPERLINK("http://x")'))
    BenefitFactory(person=person)
    VisitLineFactory(visit=VisitFactory(person=person))
    PaperFactory(person=person)


def asked(browser: Client) -> DataArchive:
    assert browser.post(PAGE).status_code == 302
    return DataArchive.objects.latest("pk")


def made(browser: Client) -> DataArchive:
    archive = asked(browser)
    assert tasks.make_archive(archive.pk)
    archive.refresh_from_db()
    return archive


def unpacked(browser: Client, archive: DataArchive) -> dict[str, bytes]:
    answer = browser.get(f"{PAGE}{archive.pk}/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def kept() -> list[str]:
    return [name for name in storage.names() if name.startswith("archive/")]


def events(citizen: User) -> list[str]:
    found = AuditEvent.objects.filter(subject=citizen.actor, event__startswith="archive.").order_by("pk")
    return list(found.values_list("event", flat=True))


def test_from_the_account_page_to_the_file_and_its_end(inside, citizen, records, clock):
    assert PAGE in inside.get("/tai-khoan/").content.decode()
    archive = asked(inside)
    assert f"step 0 of {len(TABLES) + 1}" in inside.get(PAGE).content.decode()

    assert tasks.make_archive(archive.pk)

    page = inside.get(PAGE)
    assert f"{PAGE}{archive.pk}/" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    notice = Notice.objects.get(kind="security.archive_ready")
    assert (notice.url, notice.title) == (PAGE, "The archive of your data is ready")
    answer = inside.get(f"{PAGE}{archive.pk}/")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment")

    name = DataArchive.objects.get().stored_name
    clock.shift(24 * HOUR)
    assert tasks.tend_archives() == 1
    assert name not in kept()
    assert DataArchive.objects.get().state == "gone"
    assert events(citizen) == ["archive.requested", "archive.made", "archive.downloaded", "archive.erased"]


def test_it_holds_everything_and_nothing_of_others(inside, citizen, records, officer):
    other = InsuredPerson.objects.create(
        bhxh_code="0099000108", full_name="TRẦN VĂN KHÁC", date_of_birth="1980-01-01", gender="male", made_up=True
    )
    VisitFactory(person=other, disease="Bệnh của người khác")
    record(Event.RECORD_VIEWED, actor=officer.actor, subject=citizen.actor, at=timezone.now(), purpose="account")
    files = unpacked(inside, made(inside))
    data = json.loads(files["data.json"])["tables"]
    assert set(data) == set(TABLES)
    assert data["profile"][0]["citizen_id"] == CITIZEN_ID
    assert data["profile"][0]["account_phone"] == PHONE
    assert data["cards"][0]["number"] == f"DN401{CODE}"
    assert (data["contributions"][0]["from_month"], data["contributions"][0]["status"]) == ("2020-01", "paid")
    assert (data["profile"][0]["nationality"], data["contributions"][0]["voluntary"]) == ("VN", False)
    assert data["benefits"][0]["account"] == "00123456789"
    assert data["visit_lines"][0]["visit"] == data["visits"][0]["id"]
    assert len(data["papers"]) == len(data["readings"]) == 1
    assert any("Logged in" in line["what"] for line in data["account_history"])
    whole = b"".join(files.values()).decode(errors="replace")
    for strange in (other.full_name, "người khác", officer.full_name, officer.username):
        assert strange not in whole
    assert files["summary.pdf"].startswith(b"%PDF")


def test_a_spreadsheet_takes_no_cell_for_a_formula(inside, records):
    files = unpacked(inside, made(inside))
    rows = list(csv.reader(io.StringIO(files["csv/contributions.csv"].decode("utf-8-sig"))))
    assert rows[1][rows[0].index("employer")] == '\'=HYPERLINK("http://x")'
    assert {f"csv/{name}.csv" for name in TABLES} <= set(files)


def test_the_readmes_own_program_verifies_it_and_refuses_a_changed_file(inside, records, tmp_path, monkeypatch, capsys):
    for name, content in unpacked(inside, made(inside)).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    readme = (tmp_path / "README.txt").read_text()
    program = readme[readme.index("import base64") :]
    assert "/.well-known/jwks.json" in program
    assert "TIẾNG VIỆT" in readme
    keys = inside.get("/.well-known/jwks.json").content
    monkeypatch.setattr(urllib.request, "urlopen", lambda address: io.BytesIO(keys))
    monkeypatch.chdir(tmp_path)
    exec(program, {})
    assert capsys.readouterr().out == "OK\n"

    manifest = tmp_path / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(re.sub(rb'"format": 1', b'"format": 2', whole))
    with pytest.raises(Exception, match="Signature verification failed"):
        exec(program, {})
    manifest.write_bytes(whole)
    (tmp_path / "data.json").write_bytes(b"{}")
    with pytest.raises(AssertionError, match=r"data\.json"):
        exec(program, {})


def test_another_citizen_gets_404(inside, citizen, records):
    archive = made(inside)
    other = User.objects.create_user("0099000108", "mat khau cua nguoi khac", full_name="TRẦN VĂN KHÁC")
    DataArchive.objects.filter(pk=archive.pk).update(user=other)
    assert inside.get(f"{PAGE}{archive.pk}/").status_code == 404
    assert f"{PAGE}{archive.pk}/" not in inside.get(PAGE).content.decode()


def test_after_a_day_it_is_gone_even_before_it_is_erased(inside, records, clock):
    archive = made(inside)
    clock.shift(24 * HOUR)
    assert len(kept()) == 1
    inside = new_browser()
    log_in(inside)
    assert inside.get(f"{PAGE}{archive.pk}/").status_code == 404
    assert "Erased after its day" in inside.get(PAGE).content.decode()


def test_a_proof_of_long_ago_opens_nothing(inside, records, clock):
    archive = made(inside)
    for _ in range(2):  # she stays, and the session with her
        clock.shift(11 * 60)
        inside.get("/tai-khoan/")
    for page in (PAGE, f"{PAGE}{archive.pk}/"):
        assert inside.get(page).url.startswith("/tai-khoan/xac-nhan/")
    assert inside.post(PAGE).status_code == 403
    assert DataArchive.objects.count() == 1


def test_two_a_day_and_one_at_a_time(inside, records, clock):
    first = asked(inside)
    assert asked(inside) == first
    assert tasks.make_archive(first.pk)
    made(inside)
    assert "You asked for two archives within a day" in inside.post(PAGE, follow=True).content.decode()
    assert DataArchive.objects.count() == 2


def test_asking_wakes_a_worker_and_a_lost_call_is_repeated(inside, django_capture_on_commit_callbacks):
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        before = broker.llen("default")
        with django_capture_on_commit_callbacks(execute=True):
            archive = asked(inside)
        assert broker.llen("default") == before + 1
        tasks.tend_archives()
        assert broker.llen("default") == before + 2
        call = json.loads(broker.lindex("default", 0))
        arguments = json.loads(b64decode(call["body"]))[0]
        assert (call["headers"]["task"], arguments) == (archives.TASK, [archive.pk])


def test_the_task_may_run_twice(inside, citizen, records):
    archive = made(inside)
    assert not tasks.make_archive(archive.pk)
    assert len(kept()) == 1
    assert Notice.objects.filter(kind="security.archive_ready").count() == 1
    assert events(citizen) == ["archive.requested", "archive.made"]


def test_a_worker_killed_halfway_leaves_nothing_and_another_one_finishes(inside, records, clock):
    archive = asked(inside)
    held = archives._hold(archive.pk, timezone.now())
    storage.save_as(held.stored_name, b"written, and then the worker was killed")
    assert not tasks.make_archive(archive.pk)  # it might still be at work

    clock.shift(archives.HOLD.total_seconds())
    assert tasks.tend_archives() == 0
    assert tasks.make_archive(archive.pk)
    archive.refresh_from_db()
    assert kept() == [archive.stored_name]
    assert "data.json" in unpacked(inside, archive)
    # The first one was only slow: what it brings now is not taken.
    assert not archives._finish(held, size=1, at=timezone.now())


def test_what_fails_again_and_again_is_given_up_and_said(inside, citizen, clock):
    archive = asked(inside)
    for _try in range(archives.MOST_TRIES):
        assert archives._hold(archive.pk, timezone.now())
        clock.shift(archives.HOLD.total_seconds())
    assert not tasks.make_archive(archive.pk)
    assert tasks.tend_archives() == 1
    assert "It could not be made" in inside.get(PAGE).content.decode()
    assert asked(inside) != archive
