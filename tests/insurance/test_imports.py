"""Importing what the agency's sources send."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from insurance.actions.imports import UnknownKind, import_rows
from insurance.models import ContributionPeriod, Employer, Facility, HealthCard, InsuredPerson
from tests.insurance.factories import NOW, EmployerFactory, FacilityFactory, PersonFactory, WardFactory
from vssid.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

PERSON = {
    "bhxh_code": "0099000107", "full_name": "Nguyễn  Thị Thử Nghiệm", "date_of_birth": "09/02/1985", "gender": "female",
    "citizen_id": "001185000107", "phone": "0900000107", "address": "Số 0, ngõ Ví Dụ", "ward": "00004", "made_up": "1",
}  # fmt: skip
CARD = {
    "source_key": "c-1", "bhxh_code": "0099000107", "number": "DN4010099000107", "valid_from": "2026-01-01",
    "valid_to": "2026-12-31", "facility": "01000", "five_years_from": "2027-04-01",
}  # fmt: skip
PERIOD = {
    "bhxh_code": "0099000107", "kind": "bhxh", "from": "2020-01", "to": "2020-12", "employer": "TZ0001M",
    "position": "Công nhân may", "salary": "8000000", "status": "paid",
}  # fmt: skip


def take(kind, *rows, **options):
    return import_rows(kind, rows, at=NOW, by="system", **options)


def errors_of(report):
    return [(refused.row, *refused.errors) for refused in report.refused]


@pytest.fixture
def place():
    WardFactory()
    FacilityFactory()


@pytest.fixture
def known(place):
    EmployerFactory(code="TZ0001M")
    return PersonFactory(bhxh_code="0099000107")


def test_a_person_comes_in_and_comes_again(place):
    for name in ("Nguyễn Thị Thử Nghiệm", "Nguyễn Thị Đã Đổi Tên"):
        assert take("persons", PERSON | {"full_name": name}).accepted == 1

    (person,) = InsuredPerson.objects.with_citizen_id("001185000107")
    assert person.full_name == "NGUYỄN THỊ ĐÃ ĐỔI TÊN"
    assert person.date_of_birth == date(1985, 2, 9)
    assert (person.citizen_id, person.phone) == ("001185000107", "+84900000107")
    assert person.updated_at == NOW


def test_an_old_record_knows_a_year_and_no_numbers(place):
    take("persons", PERSON | {"date_of_birth": "1955", "citizen_id": "", "phone": "", "ward": ""})

    person = InsuredPerson.objects.get()
    assert (person.birth_year_only, person.citizen_id, person.citizen_id_hash, person.phone) == (True, None, None, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("bhxh_code", "12345"), ("bhxh_code", ""), ("full_name", ""), ("full_name", "X Æ A-12"), ("gender", "x"),
        ("date_of_birth", "31/02/1985"), ("citizen_id", "123"), ("phone", "02439747412"), ("ward", "99999"),
        ("address", "x" * 201), ("address", "a\x00b"), ("made_up", "perhaps"),
    ],
)  # fmt: skip
def test_a_person_that_cannot_be_is_refused_and_the_others_come_in(place, column, value):
    other = PERSON | {"bhxh_code": "0099000115", "citizen_id": ""}

    report = take("persons", PERSON | {column: value}, other)

    assert errors_of(report) == [(1, column)]
    assert InsuredPerson.objects.get().bhxh_code == "0099000115"


def test_a_personal_number_cannot_move_to_another_person(place):
    take("persons", PERSON)

    report = take("persons", PERSON | {"bhxh_code": "0099000115"})

    assert errors_of(report) == [(1, "citizen_id")]


def test_periods_come_in_and_come_again(known):
    assert take("periods", PERIOD, PERIOD | {"from": "2021-01", "to": "2021-06", "position": ""}).accepted == 2
    assert take("periods", PERIOD | {"to": "2020-11", "status": "owed"}).accepted == 1

    first, second = ContributionPeriod.objects.order_by("from_month")
    assert (first.to_month, first.status) == (date(2020, 11, 1), ContributionPeriod.Status.OWED)
    assert first.occupation.title == "Công nhân may"
    assert second.occupation is None


def test_the_same_rows_again_write_nothing(known):
    take("periods", PERIOD)
    before = ContributionPeriod.objects.extra(select={"version": "xmin"}).values_list("version")[0]

    take("periods", PERIOD)

    assert ContributionPeriod.objects.extra(select={"version": "xmin"}).values_list("version")[0] == before


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "gold"), ("from", "2020-13"), ("from", "01/2020"), ("to", "2019-12"), ("salary", "-1"),
        ("salary", "9999999999"), ("salary", "8.5"), ("status", ""), ("employer", "nobody"),
        ("bhxh_code", "0000000000"),
    ],
)  # fmt: skip
def test_a_period_that_cannot_be_is_refused(known, column, value):
    assert errors_of(take("periods", PERIOD | {column: value})) == [(1, column)]


def test_overlapping_periods_of_one_employment_are_refused_together(known):
    EmployerFactory(code="TZ0002M")
    take("periods", PERIOD)

    report = take(
        "periods",
        PERIOD | {"from": "2020-12", "to": "2021-03"},
        PERIOD | {"from": "2021-05", "to": "2021-06"},
        PERIOD | {"from": "2020-06", "to": "2020-07", "employer": "TZ0002M"},
    )

    assert errors_of(report) == [(1, "from"), (2, "from")]
    assert ContributionPeriod.objects.count() == 2


def test_a_period_can_be_cut_in_two_by_a_later_delivery(known):
    take("periods", PERIOD)

    report = take("periods", PERIOD | {"to": "2020-06"}, PERIOD | {"from": "2020-07", "status": "owed"})

    assert report.accepted == 2


def test_cards_come_in_change_and_are_revoked(known):
    take("cards", CARD)
    take("cards", CARD | {"valid_to": "2026-06-30"}, CARD | {"source_key": "c-2", "valid_from": "2026-07-01"})
    take("cards", CARD | {"source_key": "c-2", "valid_from": "2026-07-01", "revoked": "yes"})

    first, second = HealthCard.objects.order_by("valid_from")
    assert (first.valid_to, first.revoked_at) == (date(2026, 6, 30), None)
    assert second.revoked_at == NOW


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("source_key", ""), ("number", "DN40100990001"), ("number", "DN4010099000999"), ("valid_from", "2026-02-30"),
        ("valid_to", "2025-01-01"), ("facility", "99999"), ("bhxh_code", "0000000000"), ("revoked", "maybe"),
    ],
)  # fmt: skip
def test_a_card_that_cannot_be_is_refused(known, column, value):
    assert errors_of(take("cards", CARD | {column: value})) == [(1, column)]


def test_two_cards_on_the_same_day_are_refused_and_the_old_one_stays(known):
    take("cards", CARD)

    report = take("cards", CARD | {"source_key": "c-2", "valid_from": "2026-06-01", "valid_to": "2027-05-31"})

    assert errors_of(report) == [(1, "valid_from")]
    assert HealthCard.objects.get().revoked_at is None


def test_facilities_and_employers_come_in(place):
    take("facilities", {"code": "01002", "name": "Bệnh viện Trình Diễn", "province": "01", "made_up": "1"})
    take("employers", {"code": "TZ0009M", "name": "Công ty Ví Dụ"}, {"code": "TZ0009M", "name": "Hai lần"})

    assert Facility.objects.get(code="01002").made_up
    assert not Employer.objects.filter(code="TZ0009M").exists()


def test_a_batch_never_cuts_a_person_apart(known, monkeypatch):
    monkeypatch.setattr("insurance.actions.imports.BATCH_ROWS", 1)
    take("periods", PERIOD)

    report = take("periods", PERIOD | {"from": "2020-07", "status": "owed"}, PERIOD | {"to": "2020-06"})

    assert report.accepted == 2


def test_the_import_is_told_to_the_audit_log_without_personal_data(known):
    take("periods", PERIOD, PERIOD | {"kind": "gold"})

    event = AuditEvent.objects.get()
    assert event.event == "records.imported"
    assert event.facts == {"kind": "periods", "accepted": 1, "refused": 1}


def test_a_dry_run_keeps_nothing(known):
    report = take("periods", PERIOD, dry_run=True)

    assert report.accepted == 1
    assert not ContributionPeriod.objects.exists()
    assert not AuditEvent.objects.exists()


def test_what_cannot_be_imported_is_said(db):
    with pytest.raises(UnknownKind):
        take("gold")


def write(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_the_command_takes_a_file_and_names_the_lines_it_refuses(place, tmp_path):
    path = write(tmp_path / "persons.csv", PERSON, PERSON | {"bhxh_code": "12"})
    output, complaints = StringIO(), StringIO()

    with pytest.raises(SystemExit) as ending:
        call_command("import_records", path, kind="persons", stdout=output, stderr=complaints)

    assert ending.value.code == 1
    assert f"{path}:3: bhxh_code: " in complaints.getvalue()
    assert "1 rows taken, 1 refused" in output.getvalue()


@pytest.mark.parametrize("content", [b"name\nx\n", b"\xff\xfe\x00", b""])
def test_the_command_refuses_what_is_no_such_file(db, tmp_path, content):
    path = tmp_path / "employers.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError):
        call_command("import_records", str(path), kind="employers")
