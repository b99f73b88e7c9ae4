"""What granting a request changes in the records; each runs in the transaction of the decision."""

from datetime import date

from insurance.actions import authorisations, corrections
from services.procedures.definition import Decision


def reissue_card(decision: Decision) -> None:
    """The card in force becomes a new one with the same facts; codes of the old one are refused from now on."""
    corrections.reissue_card(person_id=decision.person_id, key=decision.number, by=decision.by, at=decision.at)


def change_record(decision: Decision) -> None:
    """The record takes the new value; what has no field of its own is changed by the officer by hand."""
    answers, born = decision.answers, decision.answers.get("new_birth")
    corrections.correct_person(
        person_id=decision.person_id,
        full_name=answers.get("new_name"),
        date_of_birth=date.fromisoformat(born) if born else None,
        gender=answers.get("new_gender"),
        citizen_id=answers.get("new_citizen_id"),
        ward=answers.get("ward"),
        address=answers.get("new_address"),
        by=decision.by,
        at=decision.at,
    )


def change_payment(decision: Decision) -> None:
    """Pensions and allowances are paid in the new way."""
    answers = decision.answers
    corrections.change_payment(
        person_id=decision.person_id,
        method=answers["method"],
        bank=answers.get("bank", ""),
        account=answers.get("account", ""),
        place=answers.get("pay_point", ""),
        by=decision.by,
        at=decision.at,
    )


def offer_authorisation(decision: Decision) -> None:
    """The agent finds the authorisation among their own and answers it."""
    answers = decision.answers
    authorisations.offer(
        principal_id=decision.person_id,
        agent_id=answers["agent_id"],
        agent_name=answers["agent_name"],
        benefit=answers["benefit"],
        scope=answers["scope"],
        from_day=date.fromisoformat(answers["from_day"]),
        to_day=date.fromisoformat(answers["to_day"]),
        key=decision.number,
        by=decision.by,
        at=decision.at,
    )
