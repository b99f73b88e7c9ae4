"""Months and cards that a citizen paid for without an employer: voluntary BHXH, and the BHYT of a household."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from insurance.models import ContributionPeriod, Employer, HealthCard, InsuredPerson, Office
from insurance.rules.cards import household_card_from, months_later
from insurance.rules.contributions import first_day, month_number
from insurance.signals import records_arrived
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict

HOUSEHOLD = "GD4"
"""Object and benefit level of the card of a household (QĐ 1351/QĐ-BHXH 2015)."""


class MonthsTaken(Conflict):
    """Some of these months are recorded already."""

    code = "months_taken"
    message = _("Some of these months are already in the record.")


class NobodyOfThatName(Conflict):
    """A member of a household is not in the records under that code and name."""

    code = "nobody_of_that_name"
    message = _("A member's code and name do not agree with the records.")


@transaction.atomic
def add_voluntary_months(
    *, person_id: int, office: Office, first: date, months: int, income: int, by: str, at: datetime
) -> ContributionPeriod:
    """Record paid months of voluntary social insurance from `first` (a first day); income in đồng a month.

    A second call finds the months there and changes nothing. Raises MonthsTaken for months with another payer.
    """
    last = first_day(month_number(first) + months - 1)
    unit = collecting_unit(office)
    held = ContributionPeriod.objects.select_for_update().filter(person=person_id, kind=ContributionPeriod.Kind.BHXH)
    for period in held.filter(from_month__lte=last, to_month__gte=first):
        if (period.employer_id, period.from_month, period.to_month) == (unit.pk, first, last):
            return period
        raise MonthsTaken
    added = ContributionPeriod.objects.create(
        person_id=person_id,
        employer=unit,
        kind=ContributionPeriod.Kind.BHXH,
        from_month=first,
        to_month=last,
        salary=income,
        status=ContributionPeriod.Status.PAID,
        voluntary=True,
    )
    record(Event.RECORD_CORRECTED, actor=by, subject=f"person:{person_id}", at=at, what="voluntary", count=months)
    return added


@transaction.atomic
def renew_household_card(
    *,
    bhxh_code: str,
    full_name: str,
    months: int,
    facility: str,
    office: Office,
    paid_on: date,
    key: str,
    by: str,
    at: datetime,
) -> HealthCard:
    """Give a member of a household a card for so many months; `key` names the payment, a second call returns the card.

    Raises NobodyOfThatName.
    """
    done = HealthCard.objects.filter(source_key=f"household:{key}:{bhxh_code}").first()
    if done is not None:
        return done
    person = InsuredPerson.objects.select_for_update().filter(bhxh_code=bhxh_code).first()
    if person is None or person.full_name.casefold() != full_name.casefold():
        raise NobodyOfThatName
    last = HealthCard.objects.filter(person=person, revoked_at__isnull=True).order_by("-valid_to").first()
    start = household_card_from(last.valid_to if last else None, paid_on)
    unbroken = last is not None and (start - last.valid_to) == timedelta(days=1)
    card = HealthCard.objects.create(
        person=person,
        number=last.number if last and last.number.startswith(HOUSEHOLD) else _number(office, bhxh_code),
        valid_from=start,
        valid_to=months_later(start, months) - timedelta(days=1),
        facility_id=facility,
        five_years_from=last.five_years_from if last and unbroken else None,
        source_key=f"household:{key}:{bhxh_code}",
    )
    record(Event.CARD_REISSUED, actor=by, subject=f"person:{person.pk}", at=at)
    # Whoever pays names the members and the clinic of first care: each member hears of it.
    records_arrived.send(None, kind="cards", person_ids=[person.pk], at=at)
    return card


def collecting_unit(office: Office) -> Employer:
    """The unit that stands where an employer would: what the office collects from citizens themselves."""
    unit, _made = Employer.objects.get_or_create(
        code=f"TN{office.code}", defaults={"name": f"{office.name} (thu trực tiếp)", "address": office.address}
    )
    return unit


def _number(office: Office, bhxh_code: str) -> str:
    return f"{HOUSEHOLD}{office.province_id}{bhxh_code}"
