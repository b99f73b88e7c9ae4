"""The command that imports files: formats, refused lines, dry runs, killed runs."""

import csv
import json
import os
import signal
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO

import pyarrow
import pyarrow.parquet
import pytest
from django.core.management import CommandError, call_command

from insurance.actions.records import IMPORT_KINDS
from insurance.models import ContributionPeriod, Employer, ImportRun, InsuredPerson
from tests.insurance.factories import EmployerFactory, PersonFactory
from tests.insurance.test_imports import PERIOD, PERSON, place  # noqa: F401
from vssid.demo.records import rows as demo_rows

pytestmark = pytest.mark.django_db

TWO = (
    {"code": "TZ0001M", "name": "Công ty Mẫu", "made_up": ""},
    {"code": "TZ0002M", "name": "Công ty Ví Dụ", "made_up": "1"},
)


def as_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list({name: None for row in rows for name in row}))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def as_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def as_parquet(path, rows):
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return str(path)


def run(path, kind, **options):
    """What the command printed, its complaints, and its exit code."""
    output, complaints, code = StringIO(), StringIO(), 0
    try:
        call_command("import_records", path, kind=kind, stdout=output, stderr=complaints, **options)
    except SystemExit as ending:
        code = ending.code
    return output.getvalue(), complaints.getvalue().splitlines(), code


@pytest.mark.parametrize(
    ("write", "name"), [(as_csv, "e.csv"), (as_jsonl, "e.jsonl"), (as_jsonl, "e.ndjson"), (as_parquet, "e.parquet")]
)
def test_each_format_brings_the_same_records(db, tmp_path, write, name):
    output, complaints, code = run(write(tmp_path / name, TWO), "employers")

    assert (complaints, code) == ([], 0)
    assert output.startswith("2 rows taken, 0 refused; ")
    assert "MB of memory" in output
    assert set(Employer.objects.values_list("code", "made_up")) == {("TZ0001M", False), ("TZ0002M", True)}


@pytest.mark.parametrize(("write", "name"), [(as_jsonl, "p.jsonl"), (as_parquet, "p.parquet")])
def test_numbers_dates_and_missing_values_come_as_such(db, tmp_path, write, name):
    EmployerFactory(code="TZ0001M")
    PersonFactory(bhxh_code="0099000107")
    first = date(2020, 1, 1) if write is as_parquet else "2020-01"
    salary = Decimal(8_000_000) if write is as_parquet else 8_000_000.0

    _, complaints, code = run(
        write(tmp_path / name, [PERIOD | {"from": first, "salary": salary, "position": None, "voluntary": True}]),
        "periods",
    )

    assert (complaints, code) == ([], 0)
    period = ContributionPeriod.objects.get()
    assert (period.from_month, period.salary, period.voluntary) == (date(2020, 1, 1), 8_000_000, True)


def test_refused_lines_are_named_and_lose_nothing_else(place, tmp_path):  # noqa: F811
    path = as_csv(tmp_path / "persons.csv", [PERSON, PERSON | {"bhxh_code": "12"}, PERSON | {"full_name": "x"}])
    with open(path, "ab") as file:
        file.write(b'"a\n",b,c,d,e,f,g,h,i,surplus\n\xff\xfe,Nguy\xe1n,1985-02-09,female,,,,,\n')
        file.write(b"0099000115,Nguyen Thi Thu,1985-02-09,female,,,,,\n")

    output, complaints, code = run(path, "persons")

    assert code == 1
    assert [line.split(": ")[:2] for line in complaints] == [
        [f"{path}:3", "bhxh_code"],
        [f"{path}:4", "full_name"],
        [f"{path}:5", "-"],
        [f"{path}:6", "-"],
        [f"{path}:7", "bhxh_code"],
    ]
    assert output.startswith("2 rows taken, 5 refused; ")
    assert set(InsuredPerson.objects.values_list("bhxh_code", flat=True)) == {"0099000107", "0099000115"}


class Asked(dict):
    """A row that remembers which of its columns somebody wanted."""

    def __init__(self, row):
        super().__init__(row)
        self.columns = set()

    def get(self, name, default=None):
        self.columns.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("kind", IMPORT_KINDS)
def test_every_column_that_is_read_is_named(kind):
    rows = [Asked(row) for row in demo_rows(date(2026, 12, 5))[kind]]
    for row in rows:
        IMPORT_KINDS[kind].read(row)

    assert set().union(*(row.columns for row in rows)) == IMPORT_KINDS[kind].required | IMPORT_KINDS[kind].optional


def test_a_column_that_nobody_reads_is_told(db, tmp_path):
    path = as_csv(tmp_path / "employers.csv", [{"code": "TZ0001M", "name": "Công ty Mẫu", "adress": "Số 1"}])

    assert "columns that employers do not have: adress" in run(path, "employers")[0]


def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_alone(db, tmp_path):
    path = tmp_path / "employers.csv"
    path.write_text('code,name\nTZ0001M,"Công ty Mẫu\nTZ0002M,Công ty Ví Dụ\nTZ0003M,"Công ty, ba"\n', encoding="utf-8")

    _, complaints, code = run(str(path), "employers")

    assert (len(complaints), code) == (1, 1)
    assert complaints[0].startswith(f"{path}:2:")
    assert set(Employer.objects.values_list("name", flat=True)) == {"Công ty Ví Dụ", "Công ty, ba"}


def test_lines_that_are_no_json_are_refused(db, tmp_path):
    path = tmp_path / "employers.jsonl"
    path.write_text('{"code": "TZ1", "name": "Mẫu"}\nno\n[1]\n{"code": {"a": 1}, "name": "b"}\n\n', encoding="utf-8")

    _, complaints, code = run(str(path), "employers")

    assert code == 1
    assert [line.split(": ")[0][-2:] for line in complaints] == [":2", ":3", ":4"]
    assert Employer.objects.get().code == "TZ1"


@pytest.mark.parametrize("write", [as_csv, as_jsonl])
def test_a_line_without_end_costs_itself_alone(db, tmp_path, write):
    endless = {"code": "TZ0003M", "name": "x" * 200_000}
    path = write(tmp_path / f"e.{'csv' if write is as_csv else 'jsonl'}", [TWO[0], endless, TWO[1]])

    _, complaints, code = run(path, "employers")

    assert (len(complaints), code) == (1, 1)
    assert complaints[0].startswith(f"{path}:{3 if write is as_csv else 2}: -: ")
    assert set(Employer.objects.values_list("code", flat=True)) == {"TZ0001M", "TZ0002M"}


def test_a_row_of_parquet_that_cannot_be_read_costs_itself_alone(db, tmp_path):
    spoilt = pyarrow.array(["Công ty Mẫu".encode(), b"\xff\xfe", "Công ty Ví Dụ".encode()]).view(pyarrow.string())
    path = tmp_path / "e.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"code": ["TZ1", "TZ2", "TZ3"], "name": spoilt}), path)

    _, complaints, code = run(str(path), "employers")

    assert (len(complaints), code) == (1, 1)
    assert complaints[0].startswith(f"{path}:2: -: ")
    assert set(Employer.objects.values_list("code", flat=True)) == {"TZ1", "TZ3"}


@pytest.mark.django_db(transaction=True)
def test_a_file_that_claims_too_much_memory_is_told_and_ends_nothing_else(tmp_path):
    bomb = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 5_000), ["x" * 10_000_000])
    path = tmp_path / "e.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"code": [f"TZ{n}" for n in range(5_000)], "name": bomb}), path)
    command = [sys.executable, "manage.py", "import_records", str(path), "--kind=employers"]

    # A smaller bound than the command's own, so that the machine need not have the gigabytes.
    ended = subprocess.run(
        ["sh", "-c", 'ulimit -d 1000000; exec "$@"', "sh", *command],
        env=os.environ, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert "too large for any record" in ended.stderr
    assert ended.returncode == 1
    assert not Employer.objects.exists()


def test_refused_rows_are_listed_in_a_file_that_a_spreadsheet_opens(db, tmp_path):
    path = as_csv(tmp_path / "employers.csv", [TWO[0], {"code": "", "name": "x"}, {"code": "TZ0002M", "name": ""}])
    report = tmp_path / "refused.csv"

    _, complaints, _ = run(path, "employers", report=report)

    assert report.read_bytes().startswith(b"\xef\xbb\xbf")
    heads, *rows = csv.reader(report.read_text(encoding="utf-8-sig").splitlines())
    assert heads == ["file", "line", "column", "reason"]
    assert [f"{name}:{line}: {column}: {reason}" for name, line, column, reason in rows] == complaints


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("e.csv", b"name\nx\n"), ("e.csv", b"\xff\xfe\x00"), ("e.csv", b""), ("e.txt", b"code,name\n"),
        ("e.parquet", b"no"), ("e.csv", b"code;name\nTZ1;x\n"), ("e.csv", b"code,name,name\nTZ1,x,y\n"),
        ("e.csv", "code,name\nTZ1,x\n".encode("utf-16")), ("e.csv", b"code,name," + b"x" * 70_000),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_said(db, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(CommandError):
        call_command("import_records", str(tmp_path / name), kind="employers")


def test_a_dry_run_keeps_nothing_and_says_the_same(place, tmp_path):  # noqa: F811
    path = as_csv(tmp_path / "persons.csv", [PERSON, PERSON | {"bhxh_code": "12"}])

    dry, wet = run(path, "persons", dry_run=True), run(path, "persons")

    assert dry[1:] == wet[1:]
    assert ImportRun.objects.count() == InsuredPerson.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_killed_run_goes_on_where_it_was(tmp_path):
    rows = [{"code": f"TZ{number:06}", "name": f"Công ty {number}"} for number in range(20_000)]
    path = as_csv(tmp_path / "employers.csv", rows)
    command = [sys.executable, "manage.py", "import_records", path, "--kind=employers", "--stretch=500"]
    with subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not ImportRun.objects.filter(rows__gt=0).exists():
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    done = ImportRun.objects.get().rows
    assert 0 < done < len(rows)

    assert "20000 rows taken" in run(path, "employers", dry_run=True)[0]
    output, complaints, code = run(path, "employers")

    assert (complaints, code) == ([], 0)
    assert f"going on after {done} rows" in output
    assert "20000 rows taken, 0 refused" in output
    assert Employer.objects.count() == len(rows)
    assert ImportRun.objects.get().finished_at
