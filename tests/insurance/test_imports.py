"""Importing what the agency's sources send."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from insurance.actions.imports import UnknownKind, import_lines, import_rows
from insurance.models import ContributionPeriod, Employer, Facility, HealthCard, InsuredPerson
from insurance.reads.benefits import benefits_of
from insurance.reads.visits import papers_of, visit_lines_of, visits_of
from tests.insurance.factories import NOW, EmployerFactory, FacilityFactory, PersonFactory, WardFactory
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice

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


def test_a_citizenship_comes_in_and_is_vietnamese_unless_said(place):
    other = {"bhxh_code": "0099000115", "citizen_id": "", "nationality": "kr"}

    assert take("persons", PERSON, PERSON | other).accepted == 2

    assert dict(InsuredPerson.objects.values_list("bhxh_code", "nationality")) == {
        "0099000107": "VN", "0099000115": "KR",
    }  # fmt: skip


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
        ("nationality", "Korea"), ("nationality", "ZZ"),
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


def test_a_period_that_a_delivery_says_twice_is_refused_and_the_others_come_in(known):
    report = take("periods", PERIOD, PERIOD | {"salary": "9000000"}, PERIOD | {"from": "2021-01", "to": "2021-03"})

    assert errors_of(report) == [(1, "from"), (2, "from")]
    assert ContributionPeriod.objects.get().from_month == date(2021, 1, 1)


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


@pytest.mark.parametrize("stretch_rows", [1, 2])
def test_a_batch_never_cuts_a_person_apart(known, stretch_rows):
    take("periods", PERIOD)
    rows = [PERIOD | {"from": "2020-07", "status": "owed"}, PERIOD | {"to": "2020-06"}, PERIOD | {"kind": "bhtn"}]

    taken = import_lines(
        "periods", enumerate(rows), at=NOW, by="system", refuse=pytest.fail, stretch_rows=stretch_rows
    )  # fmt: skip

    assert list(taken) == [3]


def test_two_periods_of_one_employment_cannot_overlap_whoever_writes_them(known):
    take("periods", PERIOD, PERIOD | {"from": "2021-02", "to": "2021-06"})
    first = ContributionPeriod.objects.earliest("from_month")

    for change in ({"to_month": date(2021, 2, 1)}, {"to_month": date(2022, 2, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContributionPeriod.objects.filter(from_month=first.from_month).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContributionPeriod.objects.create(
            person=known, kind=1, employer=first.employer, salary=1, status=1,
            from_month=date(2021, 1, 1), to_month=date(2021, 3, 1),
        )  # fmt: skip
    ContributionPeriod.objects.filter(from_month=first.from_month).update(to_month=date(2021, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_cannot_make_periods_overlap(known):
    """Neither sees what the other has not committed; so the second one waits, and is refused."""
    take("periods", PERIOD)
    period = ContributionPeriod.objects.get()
    refused = []

    def write() -> None:
        try:
            period.from_month, period.to_month = date(2021, 2, 1), date(2021, 3, 1)
            period.save(force_insert=True)
        except IntegrityError:
            refused.append(True)
        finally:
            connection.close()

    with transaction.atomic():
        ContributionPeriod.objects.update(to_month=date(2021, 2, 1))
        other = Thread(target=write)
        other.start()
        while not waiting_for_a_lock():
            assert other.is_alive()
    other.join()

    assert refused == [True]


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_person_has_one_card_at_a_time_whoever_writes_it(known):
    take("cards", CARD)
    card = HealthCard.objects.get()
    card.pk, card.source_key, card.valid_from, card.valid_to = None, "c-2", card.valid_to, date(2027, 12, 31)

    with pytest.raises(IntegrityError), transaction.atomic():
        card.save(force_insert=True)
    card.valid_from = date(2027, 1, 1)
    card.save(force_insert=True)


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


BENEFIT = {
    "bhxh_code": "0099000107", "kind": "short_term", "number": "12/2026", "decided_on": "2026-03-02",
    "regime": "sickness", "from": "2026-02-02", "to": "2026-02-04", "amount": "750000", "status": "paid",
}  # fmt: skip
PENSION = BENEFIT | {"kind": "monthly", "regime": "pension", "number": "7/QĐ", "to": "", "account": "00123456789"}
VISIT = {
    "source_key": "01000:7", "bhxh_code": "0099000107", "facility": "01000", "admitted_on": "2026-03-14",
    "discharged_on": "2026-03-15", "disease_code": "J06.9", "disease": "Cảm", "total": "500000", "fund": "400000",
    "copayment": "100000",
}  # fmt: skip
LINE = {
    "bhxh_code": "0099000107", "source_key": "01000:7", "line": "1", "code": "40.2", "name": "Thuốc", "quantity": "2.5",
    "unit_price": "200000", "percent": "80", "total": "500000", "fund": "400000", "copayment": "100000",
}  # fmt: skip
PAPER = {
    "bhxh_code": "0099000107", "kind": "sick_leave", "serial": "01000.1", "issued_on": "2026-03-15",
    "facility": "01000",
}  # fmt: skip
CHANGED = {"bhxh_code": "0099000107", "number": "7/QĐ", "from": "2026-07-01", "amount": "9", "legal_basis": "NĐ 162"}


def test_benefits_and_visits_come_in_and_come_again(known):
    for amount in ("750000", "800000"):
        take("benefits", BENEFIT | {"amount": amount}, PENSION)
        take("adjustments", CHANGED | {"amount": amount})
        take("visits", VISIT)
        take("visit_lines", LINE | {"name": amount})
        take("papers", PAPER | {"status": "cancelled" if amount == "800000" else ""})

    sickness, pension = benefits_of(known.pk)
    assert (sickness.amount, pension.account, pension.monthly) == (800_000, "6789", True)
    assert pension.adjustments == [(date(2026, 7, 1), 800_000, "NĐ 162")]
    (visit,) = visits_of(known.pk)
    (line,) = visit_lines_of(known.pk, visit.id)
    assert (visit.right_level, line.name, str(line.quantity)) == (True, "800000", "2.500")
    assert papers_of(known.pk)[0].status == "cancelled"


@pytest.mark.parametrize(
    ("kind", "row", "column", "value"),
    [
        ("benefits", BENEFIT, "kind", "gold"), ("benefits", BENEFIT, "regime", "pension"),
        ("benefits", BENEFIT, "from", ""), ("benefits", BENEFIT, "to", "2026-02-01"),
        ("benefits", BENEFIT, "amount", "-5"), ("benefits", BENEFIT, "status", ""),
        ("benefits", BENEFIT, "bhxh_code", "0000000000"), ("benefits", PENSION, "regime", "sickness"),
        ("benefits", BENEFIT | {"kind": "unemployment"}, "months", "0"),
        ("benefits", BENEFIT | {"kind": "accident"}, "capacity_loss", "101"),
        ("adjustments", CHANGED, "number", "8/QĐ"), ("adjustments", CHANGED, "legal_basis", ""),
        ("visits", VISIT, "discharged_on", "2026-03-13"), ("visits", VISIT, "total", "500001"),
        ("visits", VISIT, "disease_code", "cold"), ("visits", VISIT, "facility", "99999"),
        ("visits", VISIT, "right_level", "perhaps"), ("visit_lines", LINE, "source_key", "other"),
        ("visit_lines", LINE, "line", "0"), ("visit_lines", LINE, "quantity", "-1"),
        ("visit_lines", LINE, "percent", "101"), ("papers", PAPER, "kind", "gold"),
        ("papers", PAPER, "issued_on", "2026-02-30"), ("papers", PAPER, "facility", "99999"),
        ("periods", PERIOD | {"kind": "bhtn"}, "voluntary", "1"),
    ],
)  # fmt: skip
def test_a_benefit_or_visit_that_cannot_be_is_refused(known, kind, row, column, value):
    take("benefits", PENSION)
    take("visits", VISIT)

    assert errors_of(take(kind, row | {column: value})) == [(1, column)]


def test_people_with_an_account_are_told_once_an_import_what_is_new(known, monkeypatch):
    monkeypatch.setattr("insurance.actions.imports.BATCH_ROWS", 1)
    User.objects.create(username=known.bhxh_code, person=known)
    PersonFactory(bhxh_code="0099000115")

    take("periods", PERIOD, PERIOD | {"from": "2021-01", "to": "2021-02"}, PERIOD | {"bhxh_code": "0099000115"})
    take("cards", CARD)
    take("benefits", BENEFIT)
    take("visits", VISIT)
    take("visits", VISIT)
    take("visits", VISIT | {"source_key": "01000:8"}, dry_run=True)

    notices = Notice.objects.values_list("person_id", "kind").order_by("kind")
    assert set(notices) == {(known.pk, kind) for kind in ("benefit.new", "card.new", "contribution.new", "visit.new")}
    assert len(notices) == 4
    assert all(notice.title and notice.body for notice in Notice.objects.all())


def test_a_period_that_goes_on_is_news_and_the_same_again_is_none(known):
    User.objects.create(username=known.bhxh_code, person=known)
    for month in ("2020-12", "2021-01", "2021-01"):
        import_rows("periods", [PERIOD | {"to": month}], at=NOW + timedelta(days=Notice.objects.count()), by="system")

    assert Notice.objects.count() == 2
