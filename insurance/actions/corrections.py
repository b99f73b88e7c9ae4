"""What a granted request changes in a person's records: a card issued again, facts of the person corrected."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insurance.models import Benefit, HealthCard, InsuredPerson, Ward
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict


class NoCardToReissue(Conflict):
    """There is no card in force."""

    code = "no_card"
    message = _("There is no health insurance card in force to issue again.")


class NumberTaken(Conflict):
    """A personal identification number belongs to one person."""

    code = "number_taken"
    message = _("Another person's record has this personal identification number.")


@transaction.atomic
def reissue_card(*, person_id: int, key: str, by: str, at: datetime) -> HealthCard:
    """Replace the card in force by one with the same facts: every code made for the old one is refused from now on.

    `key` names the cause and makes a second call return the card of the first. Raises NoCardToReissue.
    """
    done = HealthCard.objects.filter(source_key=f"reissue:{key}").first()
    if done is not None:
        return done
    today = timezone.localdate(at)
    held = HealthCard.objects.filter(
        person=person_id, revoked_at__isnull=True, valid_from__lte=today, valid_to__gte=today
    )
    old = held.select_for_update().first()
    if old is None:
        raise NoCardToReissue
    old.revoked_at = at
    old.save(update_fields=["revoked_at"])
    new = HealthCard.objects.create(
        person_id=person_id,
        number=old.number,
        valid_from=old.valid_from,
        valid_to=old.valid_to,
        facility_id=old.facility_id,
        five_years_from=old.five_years_from,
        source_key=f"reissue:{key}",
    )
    record(Event.CARD_REISSUED, actor=by, subject=f"person:{person_id}", at=at)
    return new


@transaction.atomic
def correct_person(
    *,
    person_id: int,
    by: str,
    at: datetime,
    full_name: str | None = None,
    date_of_birth: date | None = None,
    gender: str | None = None,
    citizen_id: str | None = None,
    ward: str | None = None,
    address: str | None = None,
) -> InsuredPerson:
    """Write the new values that are given, already in canonical form, into the record. Raises NumberTaken.

    What the record says already changes nothing and leaves no entry.
    """
    person = InsuredPerson.objects.select_for_update().get(pk=person_id)
    before = _facts(person)
    if full_name is not None:
        person.full_name = full_name
    if date_of_birth is not None:
        person.date_of_birth, person.birth_year_only = date_of_birth, False
    if gender is not None:
        person.gender = gender
    if citizen_id is not None:
        if InsuredPerson.objects.with_citizen_id(citizen_id).exclude(pk=person_id).exists():
            raise NumberTaken
        person.set_citizen_id(citizen_id)
    if ward is not None and address is not None:
        person.ward, person.address = Ward.objects.get(pk=ward), address
    if _facts(person) == before:
        return person
    person.updated_at = at
    person.save()
    record(Event.RECORD_CORRECTED, actor=by, subject=f"person:{person_id}", at=at)
    return person


def _facts(person: InsuredPerson) -> tuple[object, ...]:
    born = (person.date_of_birth, person.birth_year_only)
    return (person.full_name, *born, person.gender, person.citizen_id, person.ward_id, person.address)


@transaction.atomic
def change_payment(*, person_id: int, method: str, bank: str, account: str, place: str, by: str, at: datetime) -> int:
    """Have every benefit that is paid monthly paid in another way from now on; return how many there are.

    `method` is a value of Benefit.Method; `bank` and `account`, or the `place` of cash, are empty for the other one.
    """
    running = Benefit.objects.filter(
        person=person_id, monthly=True, status__in=(Benefit.Status.PAYING, Benefit.Status.PAUSED)
    )
    facts = {"method": method, "bank": bank, "account": account or None}
    changed = running.update(**facts, **({"place": place} if place else {}))
    record(Event.RECORD_CORRECTED, actor=by, subject=f"person:{person_id}", at=at, what="payment", count=changed)
    return changed
