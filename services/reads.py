"""What the records say of a person, gathered for the questions and rules of a procedure."""

from datetime import date

from accounts.forms.registration import suggested_office
from insurance import parameters
from insurance.models import Benefit, ContributionPeriod, InsuredPerson, Office
from insurance.reads.cards import CardView, card_of
from insurance.rules.contributions import month_number
from insurance.rules.estimates.counting import Paid
from insurance.rules.estimates.voluntary import SUPPORT_FROM
from services.procedures.known import Known, KnownCard

PENSION_FUND = ContributionPeriod.Kind.BHXH


def known_of(person: InsuredPerson, *, on: date, for_child: bool = False) -> Known:
    """Everything a procedure may ask of the record and of the dated tables."""
    card = card_of(person.pk, on)
    holds = parameters.at(on)
    paid = (
        ContributionPeriod.objects.filter(person=person.pk, kind=PENSION_FUND, status=ContributionPeriod.Status.PAID)
        .order_by("from_month")
        .values_list("from_month", "to_month", "salary", "voluntary")
    )
    return Known(
        at=on,
        person_id=person.pk,
        bhxh_code=person.bhxh_code,
        full_name=person.full_name,
        date_of_birth=person.date_of_birth,
        gender=person.gender,
        birth_year_only=person.birth_year_only,
        citizen_id=person.citizen_id or "",
        phone=(person.phone or "").replace("+84", "0", 1),
        address=person.address,
        province=person.ward.province_id if person.ward else "",
        ward=person.ward_id or "",
        card=None if card is None else _card(card),
        monthly_benefit=Benefit.objects.filter(
            person=person.pk, kind=Benefit.Kind.MONTHLY, status=Benefit.Status.PAYING
        ).exists(),
        acts_for_child=for_child,
        paid=tuple(Paid(month_number(first), month_number(last), salary) for first, last, salary, _own in paid),
        supported=any(voluntary and last >= SUPPORT_FROM for _first, last, _salary, voluntary in paid),
        base_salary=holds.base_salary,
        reference=holds.reference,
        minimum_wages=holds.minimum_wages,
        coefficients=parameters.coefficients(on.year),
        retirement_ages=parameters.retirement_ages(),
    )


def known_of_nobody(on: date) -> Known:
    """What the dated tables say, for a visitor whose record is not known."""
    holds = parameters.at(on)
    return Known(
        at=on,
        person_id=0,
        bhxh_code="",
        full_name="",
        date_of_birth=on,
        gender="",
        base_salary=holds.base_salary,
        reference=holds.reference,
        minimum_wages=holds.minimum_wages,
        coefficients=parameters.coefficients(on.year),
        retirement_ages=parameters.retirement_ages(),
    )


def office_for(person: InsuredPerson) -> Office:
    """The office that serves the person's ward, else the provincial one, else the first."""
    ward = person.ward
    code = suggested_office(ward.code) if ward else ""
    offices = Office.objects.order_by("parent_id", "code")
    near = offices.filter(province=ward.province_id).first() if ward else None
    return Office.objects.get(code=code) if code else near or offices[:1].get()


def _card(card: CardView) -> KnownCard:
    return KnownCard(
        number=card.number,
        valid_to=card.valid_to,
        usable=card.usable,
        facility_code=card.facility_code,
        facility_name=card.facility_name,
    )
