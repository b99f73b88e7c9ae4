"""Files that leave the portal: with a reason, of own offices, without names, harmless in a spreadsheet, audited."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.admin import exports
from accounts.models import RegistrationDossier
from insurance.models import Office
from tests.admin.conftest import CITY, CODE, FAR, NEAR, PHONE, logged_in, make_dossier, make_staff
from tests.harness.stage import words
from vssid.audit.models import AuditEvent
from vssid.documents.tables import csv_lines, inert

PAGE = "/quan-tri/so-lieu/xuat/"
REASON = "Báo cáo tuần gửi lãnh đạo"


@pytest.fixture
def boss(places, clock):
    """A supervisor of the office that received the declarations."""
    return logged_in(make_staff("phutrach", "supervisor", NEAR))


def ask(client, **changes):
    return client.post(PAGE, {"file": "dossiers.csv", "days": "30", "reason": REASON, **changes})


def content(answer) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def lines(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig"), newline="")))


def test_a_supervisor_takes_the_list_of_the_own_office(boss, dossier, officer):
    decided = make_dossier(None, photos=False)
    RegistrationDossier.objects.filter(pk=decided.pk).update(
        status="rejected",
        reason="has_account",
        decided_by=officer,
        decided_at=decided.submitted_at + timedelta(minutes=95, seconds=30),
    )
    answer = ask(boss)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="dossiers.csv"'
    assert "no-store" in answer["Cache-Control"]
    assert lines(answer) == [
        ["Number", "Office", "State", "Submitted", "Decided", "Minutes to the decision"],
        [dossier.number, "BHXH cơ sở Trình Diễn", "To be decided", "2026-11-23 07:30", "", ""],
        [decided.number, "BHXH cơ sở Trình Diễn", "Refused", "2026-11-23 07:30", "2026-11-23 09:05", "95"],
    ]


def test_excel_knows_the_letters_and_the_lines(boss, dossier):
    file = content(ask(boss))
    assert file.startswith(b'\xef\xbb\xbf"Number",')
    assert file.count(b"\r\n") == 2


def test_nobodys_name_or_number_is_in_the_files(boss, dossier):
    dossier_csv, figures_csv = content(ask(boss)), content(ask(boss, file="figures.csv"))
    for private in (dossier.full_name, CODE, PHONE, PHONE.removeprefix("+84"), dossier.id_number, dossier.address):
        assert private.encode() not in dossier_csv + figures_csv, private


def test_other_offices_and_drafts_never_appear(boss, dossier):
    others = [make_dossier(None, office, photos=False) for office in (CITY, FAR)]
    draft = make_dossier(None, photos=False)
    RegistrationDossier.objects.filter(pk=draft.pk).update(status="draft", number=None, submitted_at=None)
    numbers = [line[0] for line in lines(ask(boss))[1:]]
    assert numbers == [dossier.number]
    above = lines(ask(logged_in(make_staff("phutrach.tp", "supervisor", CITY))))
    assert {line[0] for line in above[1:]} == {dossier.number, others[0].number}


def test_only_what_was_sent_in_the_period(boss, dossier):
    RegistrationDossier.objects.update(submitted_at=timezone.now() - timedelta(days=8))
    assert len(lines(ask(boss, days="7"))) == 1
    assert len(lines(ask(boss, days="30"))) == 2


def test_the_same_list_for_excel(boss, dossier):
    Office.objects.filter(code=NEAR).update(name="=1+1")
    answer = ask(boss, file="dossiers.xlsx")
    book = zipfile.ZipFile(io.BytesIO(content(answer)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert dossier.number in sheet
    assert "'=1+1" in sheet
    assert "<f>" not in sheet, "no formula"
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_figures_of_the_page_as_a_file(boss, dossier):
    found = lines(ask(boss, file="figures.csv"))
    assert ["Waiting by office"] in found
    assert ["Office", "To be decided", "The first waits for (minutes)"] in found
    assert ["BHXH cơ sở Trình Diễn", "1", "120"] in found


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+84900000001", "@SUM(1)", "-2+3", "\t=1", "\n=1", "＝1"])
def test_a_cell_is_no_formula(cell):
    assert inert(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["00103GD/2026/00001", "BHXH cơ sở Trình Diễn", "2026-11-23 09:30", "", "a=b", 95, -3])
def test_an_honest_cell_stays_as_it_is(cell):
    assert inert(cell) == cell


def test_a_formula_in_an_offices_name_leaves_as_text(boss, dossier):
    Office.objects.filter(code=NEAR).update(name='=HYPERLINK("x"),"\ny')
    for file in ("dossiers.csv", "figures.csv"):
        cells = [cell for line in lines(ask(boss, file=file)) for cell in line if "HYPERLINK" in cell]
        assert cells
        assert {cell[:2] for cell in cells} == {"'="}
        assert cells[0] == '\'=HYPERLINK("x"),"\ny', "quoted so that it stays one cell"


def test_a_spreadsheet_that_divides_by_semicolons_finds_no_formula_inside_a_cell():
    assert b"".join(csv_lines([["a;=1+1", 2]])).endswith(b'"a;=1+1",2\r\n')


@pytest.mark.parametrize("reason", ["", "   ", "ngắn quá", "..........", "1234567890 1234"])
def test_without_a_reason_there_is_no_file(boss, dossier, reason):
    answer = ask(boss, reason=reason)
    assert answer.status_code == 400
    assert dossier.number not in words(answer)
    assert not AuditEvent.objects.filter(event="data.exported").exists()


@pytest.mark.parametrize("changes", [{"file": "people.csv"}, {"file": ""}, {"days": "3650"}, {"days": "x"}])
def test_what_is_not_offered_is_refused(boss, dossier, changes):
    assert ask(boss, **changes).status_code == 400
    assert not AuditEvent.objects.filter(event="data.exported").exists()


@pytest.mark.parametrize("file", ["dossiers.csv", "dossiers.xlsx", "figures.csv"])
def test_each_file_is_written_down_without_its_content(boss, dossier, file):
    content(ask(boss, file=file))
    event = AuditEvent.objects.get(event="data.exported")
    assert event.actor.startswith("staff:")
    rows = {"dossiers.csv": 1, "dossiers.xlsx": 1}.get(file, event.facts["count"])
    told = {"file": file, "days": 30, "count": rows, "reason_length": len(REASON), "kind": "registrationdossier"}
    assert event.facts == told


def test_an_address_alone_exports_nothing(boss, dossier):
    answer = boss.get(PAGE, {"file": "dossiers.csv", "days": "30", "reason": REASON})
    assert answer["Content-Type"].startswith("text/html")
    assert not AuditEvent.objects.filter(event="data.exported").exists()


def test_too_many_rows_are_refused_before_anything_is_sent(boss, dossier, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    assert len(lines(ask(boss))) == 2
    make_dossier(None, photos=False)
    answer = ask(boss)
    assert answer.status_code == 400
    assert "Choose a shorter period." in words(answer)
    assert AuditEvent.objects.filter(event="data.exported").count() == 1


@pytest.mark.parametrize("role", ["officer", "auditor", "administrator"])
def test_only_supervisors_export(places, dossier, role):
    assert ask(logged_in(make_staff("ai.do", role, CITY))).status_code == 403
    assert not AuditEvent.objects.filter(event="data.exported").exists()
