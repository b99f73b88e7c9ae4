"""Made-up people and records for tests. Codes start with 00, names say that they are invented."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import factory

from insurance.models import (
    Benefit,
    BenefitAdjustment,
    ContributionPeriod,
    Employer,
    Facility,
    HealthCard,
    InsuredPerson,
    MedicalPaper,
    Occupation,
    Province,
    Visit,
    VisitLine,
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


class BenefitFactory(factory.django.DjangoModelFactory):
    """A lump sum paid to an account; give `kind` and what that kind needs for another."""

    class Meta:
        model = Benefit

    person = factory.SubFactory(PersonFactory)
    kind = Benefit.Kind.LUMP_SUM
    number = factory.Sequence(lambda number: f"{number:05}/QĐ-BHXH")
    decided_on = date(2026, 3, 2)
    amount = 48_500_000
    payer = "BHXH cơ sở Ví Dụ"
    method = Benefit.Method.ACCOUNT
    bank = "Ngân hàng Mẫu"
    account = "00123456789"
    status = Benefit.Status.PAID


class SicknessFactory(BenefitFactory):
    kind = Benefit.Kind.SHORT_TERM
    regime = Benefit.Regime.SICKNESS
    from_date = date(2026, 2, 2)
    to_date = date(2026, 2, 4)
    amount = 750_000
    payer = "Công ty Mẫu"


class AccidentFactory(BenefitFactory):
    kind = Benefit.Kind.ACCIDENT
    capacity_loss = 12
    amount = 21_060_000


class PensionFactory(BenefitFactory):
    kind = Benefit.Kind.MONTHLY
    regime = Benefit.Regime.PENSION
    from_date = date(2024, 2, 1)
    amount = 5_400_000
    monthly = True
    place = "Bưu điện phường Ví Dụ"
    status = Benefit.Status.PAYING


class UnemploymentFactory(BenefitFactory):
    kind = Benefit.Kind.UNEMPLOYMENT
    from_date = date(2025, 5, 12)
    to_date = date(2025, 9, 11)
    amount = 4_200_000
    monthly = True
    months = 4
    reserved_months = 7
    status = Benefit.Status.ENDED


class AdjustmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BenefitAdjustment

    benefit = factory.SubFactory(PensionFactory)
    from_date = date(2026, 7, 1)
    amount = 5_400_000
    legal_basis = "NĐ 162/2026/NĐ-CP"


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Visit

    person = factory.SubFactory(PersonFactory)
    source_key = factory.Sequence(lambda number: f"01000-{number}")
    facility = factory.SubFactory(FacilityFactory)
    admitted_on = date(2026, 3, 14)
    discharged_on = date(2026, 3, 14)
    paid_on = date(2026, 3, 14)
    disease_code = "J06.9"
    disease = "Nhiễm trùng đường hô hấp trên cấp"
    department = "Khoa Khám bệnh"
    outcome = Visit.Outcome.BETTER
    total = 500_000
    fund = 400_000
    copayment = 100_000


class VisitLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VisitLine

    visit = factory.SubFactory(VisitFactory)
    line = factory.Sequence(lambda number: number % 1000 + 1)
    code = "40.980"
    name = "Thuốc Ví Dụ 500 mg"
    unit = "viên"
    quantity = 10
    unit_price = 50_000
    percent = 80
    total = 500_000
    fund = 400_000
    copayment = 100_000


class PaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MedicalPaper

    person = factory.SubFactory(PersonFactory)
    kind = MedicalPaper.Kind.SICK_LEAVE
    serial = factory.Sequence(lambda number: f"01000.2026.{number:05}")
    issued_on = date(2026, 3, 14)
    facility = factory.SubFactory(FacilityFactory)


def add_periods(
    person: InsuredPerson,
    *periods: tuple[str, str, str],
    employer: Employer | None = None,
    kind: ContributionPeriod.Kind = ContributionPeriod.Kind.BHXH,
) -> None:
    """Give a person periods (first month, last month, status) at one employer, 8,000,000 đồng a month."""
    employer = employer or EmployerFactory()
    occupation, _ = Occupation.objects.get_or_create(title="Công nhân may")
    ContributionPeriod.objects.bulk_create(_periods(person, periods, employer, occupation, kind))


def _periods(
    person: InsuredPerson,
    periods: Iterable[tuple[str, str, str]],
    employer: Employer,
    occupation: Occupation,
    kind: ContributionPeriod.Kind,
) -> Iterable[ContributionPeriod]:
    for first, last, status in periods:
        yield ContributionPeriod(
            person=person,
            kind=kind,
            from_month=date.fromisoformat(f"{first}-01"),
            to_month=date.fromisoformat(f"{last}-01"),
            employer=employer,
            occupation=occupation,
            salary=8_000_000,
            status=ContributionPeriod.Status[status.upper()],
        )
