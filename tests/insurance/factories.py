"""Made-up people and records for tests. Codes start with 00, names say that they are invented."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import factory

from insurance.models import (
    ContributionPeriod,
    Employer,
    Facility,
    HealthCard,
    InsuredPerson,
    Occupation,
    Province,
    Ward,
)
from vssid.crypto import keyed_hash

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 12, 5, 9, 40, tzinfo=HANOI)


class ProvinceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Province
        django_get_or_create = ("code",)

    code = "01"
    name = "Thành phố Ví Dụ"


class WardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Ward
        django_get_or_create = ("code",)

    code = "00004"
    name = "Phường Mẫu"
    kind = Ward.Kind.WARD
    province = factory.SubFactory(ProvinceFactory)


class FacilityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Facility
        django_get_or_create = ("code",)

    code = "01000"
    name = "Trạm Y tế phường Ví Dụ"
    province = factory.SubFactory(ProvinceFactory)
    made_up = True


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InsuredPerson

    bhxh_code = factory.Sequence(lambda number: f"00991{number:05}")
    full_name = "NGUYỄN THỊ THỬ NGHIỆM"
    date_of_birth = date(1985, 2, 9)
    gender = InsuredPerson.Gender.FEMALE
    citizen_id = factory.LazyAttribute(lambda person: f"00118{person.bhxh_code[-7:]}")
    citizen_id_hash = factory.LazyAttribute(lambda person: keyed_hash(person.citizen_id, kind="citizen_id"))
    phone = "+84900000107"
    address = "Số 0, ngõ Ví Dụ"
    ward = factory.SubFactory(WardFactory)
    made_up = True


class CardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HealthCard

    person = factory.SubFactory(PersonFactory)
    number = factory.LazyAttribute(lambda card: f"DN401{card.person.bhxh_code}")
    valid_from = date(2026, 1, 1)
    valid_to = date(2027, 12, 31)
    facility = factory.SubFactory(FacilityFactory)
    five_years_from = date(2027, 4, 1)
    source_key = factory.Sequence(lambda number: f"card-{number}")


class EmployerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Employer

    code = factory.Sequence(lambda number: f"TZ{number:04}M")
    name = factory.Sequence(lambda number: f"Công ty Mẫu {number}")
    address = "Khu công nghiệp Ví Dụ"
    made_up = True


def add_periods(person: InsuredPerson, *periods: tuple[str, str, str], employer: Employer | None = None) -> None:
    """Give a person BHXH periods (first month, last month, status) at one employer, 8,000,000 đồng a month."""
    employer = employer or EmployerFactory()
    occupation, _ = Occupation.objects.get_or_create(title="Công nhân may")
    ContributionPeriod.objects.bulk_create(_periods(person, periods, employer, occupation))


def _periods(
    person: InsuredPerson, periods: Iterable[tuple[str, str, str]], employer: Employer, occupation: Occupation
) -> Iterable[ContributionPeriod]:
    for first, last, status in periods:
        yield ContributionPeriod(
            person=person,
            kind=ContributionPeriod.Kind.BHXH,
            from_month=date.fromisoformat(f"{first}-01"),
            to_month=date.fromisoformat(f"{last}-01"),
            employer=employer,
            occupation=occupation,
            salary=8_000_000,
            status=ContributionPeriod.Status[status.upper()],
        )
