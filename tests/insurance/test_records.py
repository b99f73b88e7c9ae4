"""The database refuses nonsense, and the hot reads stay one SELECT."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from insurance.actions.reference import load_reference
from insurance.models import ContributionPeriod, HealthCard, InsuredPerson, Office, Province, Ward
from insurance.reads.cards import card_of
from insurance.reads.contributions import contributions_of, summary_of
from tests.insurance.factories import CardFactory, EmployerFactory, PersonFactory, add_periods

pytestmark = pytest.mark.django_db
Status = HealthCard.Status


def refuses(name: str):
    return pytest.raises(IntegrityError, match=name)


def test_a_person_is_found_by_code_and_by_personal_number(person):
    assert InsuredPerson.objects.with_code("0099000107").get() == person
    assert InsuredPerson.objects.with_citizen_id(person.citizen_id).get() == person
    assert not InsuredPerson.objects.with_citizen_id("001185999999").exists()


def test_a_personal_number_belongs_to_one_person(person):
    with refuses("person_citizen_id_is_unique"):
        PersonFactory(citizen_id=person.citizen_id)


def test_personal_numbers_do_not_lie_open_in_the_database(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT citizen_id, phone FROM insurance_insuredperson")
        citizen_id, phone = map(bytes, cursor.fetchone())

    assert person.citizen_id.encode() not in citizen_id
    assert person.phone.encode() not in phone


@pytest.mark.parametrize("code", ["123456789", "12345678901", "00990O0107"])
def test_a_code_has_ten_digits(code):
    with pytest.raises(DatabaseError, match=r"person_bhxh_code_is_10_digits|too long"):
        PersonFactory(bhxh_code=code)


def test_two_cards_never_hold_on_the_same_day(person):
    CardFactory(person=person, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))

    with refuses("card_one_unrevoked_at_a_time"), transaction.atomic():
        CardFactory(person=person, valid_from=date(2026, 12, 31), valid_to=date(2027, 12, 31))
    CardFactory(person=person, valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31))


def test_a_revoked_card_makes_room(person):
    CardFactory(person=person, revoked_at="2026-11-01T00:00:00+07:00")

    CardFactory(person=person)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"number": "DN9010099000107"}, "card_number_is_well_formed"),
        ({"valid_to": date(2025, 12, 31)}, "card_dates_are_in_order"),
    ],
)
def test_a_card_that_cannot_be_is_refused(person, wrong, name):
    with refuses(name):
        CardFactory(person=person, **wrong)


def test_the_parts_of_a_card_number_follow_from_it(person):
    card = CardFactory(person=person, number="HT3790099000107")
    card.refresh_from_db()

    assert (card.object_code, card.level, card.province_code) == ("HT", 3, "79")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"from_month": date(2026, 1, 2)}, "period_months_are_first_days"),
        ({"to_month": date(2025, 1, 1)}, "period_months_are_in_order"),
        ({"salary": -1}, "period_salary_is_not_negative"),
        ({"kind": 5}, "period_kind_is_known"),
        ({"status": 0}, "period_status_is_known"),
    ],
)
def test_a_period_that_cannot_be_is_refused(person, wrong, name):
    period = {
        "person": person, "kind": 1, "employer": EmployerFactory(), "salary": 1, "status": 1,
        "from_month": date(2026, 1, 1), "to_month": date(2026, 2, 1),
    }  # fmt: skip

    with refuses(name):
        ContributionPeriod.objects.create(**period | wrong)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 12, 31), Status.NONE),
        (date(2026, 1, 1), Status.VALID),
        (date(2026, 11, 30), Status.VALID),
        (date(2026, 12, 1), Status.EXPIRING),
        (date(2026, 12, 31), Status.EXPIRING),
        (date(2027, 1, 1), Status.ENDED),
    ],
)
def test_the_status_of_a_card_follows_the_day(person, on, expected):
    card = CardFactory(person=person, valid_to=date(2026, 12, 31))

    assert card.status(on) == expected
    assert card_of(person.pk, on).status == expected


def test_the_card_in_force_comes_before_older_and_later_ones(person):
    for year in (2024, 2025, 2026, 2027):
        CardFactory(person=person, valid_from=date(year, 1, 1), valid_to=date(year, 12, 31))

    card = card_of(person.pk, date(2025, 6, 1))

    assert card.valid_from == date(2025, 1, 1)
    assert card.renewed_to == date(2027, 12, 31)


def test_nobody_else_has_a_card_of_mine(person):
    CardFactory()

    assert card_of(person.pk, date(2026, 6, 1)) is None


def test_reads_are_one_select_each(person, django_assert_num_queries):
    CardFactory(person=person)
    add_periods(person, ("2011-03", "2016-06", "paid"), ("2016-07", "2016-08", "owed"))

    with django_assert_num_queries(1):
        card_of(person.pk, date(2026, 6, 1))
    with django_assert_num_queries(1):
        rows = contributions_of(person.pk)
    with django_assert_num_queries(1):
        total = summary_of(person.pk)[ContributionPeriod.Kind.BHXH]

    assert [row[1] for row in rows] == [date(2011, 3, 1), date(2016, 7, 1)]
    assert (total.months, total.owed_months) == (64, 2)


def test_reference_data_loads_twice_without_change():
    first = load_reference()
    office = Office.objects.get(code="00101")
    office.opening_hours = "T2–T6"
    office.save()

    assert load_reference() == first

    office.refresh_from_db()
    assert (Province.objects.count(), Ward.objects.count(), Office.objects.count()) == (34, 3321, 93)
    assert office.opening_hours == "T2–T6"
    assert office.parent_id == "00100"
    assert office.serves.filter(name="Phường Đống Đa").exists()
