"""What a paid request changes in the records; each runs in the transaction of the decision."""

from datetime import date

from django.utils import timezone

from insurance.actions import enrolment
from insurance.models import Office
from services.procedures.definition import Decision
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
