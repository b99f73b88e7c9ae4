"""What a paid request changes in the records; each runs in the transaction of the decision."""

from datetime import date

from django.utils import timezone

from insurance.actions import enrolment
from insurance.models import HealthCard, Office
from services.procedures.definition import Answers, Decision
from services.procedures.known import Known
from vssid.templatetags.portal import day, month


def add_voluntary_months(decision: Decision) -> str:
    """The months that were paid stand in the history."""
    answers = decision.answers
    added = enrolment.add_voluntary_months(
        person_id=decision.person_id,
        office=Office.objects.get(pk=decision.office_id),
        first=date.fromisoformat(f"{answers['first_month']}-01"),
        months=int(answers["months"]),
        income=answers["income"],
        by=decision.by,
        at=decision.at,
    )
    return f"{month(added.from_month)} – {month(added.to_month)}"


def pay_as_household(answers: Answers, known: Known) -> bool:
    """Whether no member holds the card of another group today: who does pays there, so an officer looks (Luật BHYT
    Đ12, Đ13).
    """
    held = HealthCard.objects.filter(
        person__bhxh_code__in=[member["member_code"] for member in answers["members"]],
        revoked_at=None,
        valid_from__lte=known.at,
        valid_to__gte=known.at,
    )
    return not held.exclude(object_code=enrolment.HOUSEHOLD[:2]).exists()


def renew_household_cards(decision: Decision) -> str:
    """Each member of the household has a card for the months that were paid."""
    answers = decision.answers
    office = Office.objects.get(pk=decision.office_id)
    said = []
    for member in answers["members"]:
        card = enrolment.renew_household_card(
            bhxh_code=member["member_code"],
            full_name=member["member_name"],
            months=int(answers["months"]),
            facility=answers["facility"],
            office=office,
            paid_on=decision.paid_on or timezone.localdate(decision.at),
            key=decision.number,
            by=decision.by,
            at=decision.at,
        )
        said.append(f"{member['member_name']}: {day(card.valid_from)} – {day(card.valid_to)}")
    return "\n".join(said)
