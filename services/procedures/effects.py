"""What granting a request changes in the records; each runs in the transaction of the decision."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.actions import data_rights
from accounts.actions.archives import TooManyArchives, ask_for_archive
from accounts.models import User
from insurance.actions import authorisations, corrections
from insurance.models import InsuredPerson
from services.procedures.definition import Decision
from vssid.errors import Conflict


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


class NobodyOfThatCode(Conflict):
    """The request is about somebody whom the records do not hold."""

    code = "nobody_of_that_code"
    message = _("No record has this social insurance code with this name. Refuse the request, or ask for a correction.")


def exercise_right(decision: Decision) -> None:
    """Do what somebody may ask about their own data; what only an officer can judge is answered in words."""
    person, by, at = decision.person_id, decision.by, decision.at
    match decision.answers["right"], decision.answers.get("consent"):
        case ("see", _):
            _make_archive(decision)
        case ("erase", _) | ("withdraw", "photos"):
            data_rights.erase_photos_of(person_id=person, by=by, at=at)
        case ("withdraw", "applications"):
            data_rights.shut_out_applications(person_id=person, by=by, at=at)
        case ("close", _) | ("withdraw", "account"):
            data_rights.close_account(person_id=person, reason="asked", by=by, at=at)
        case ("death", _):
            data_rights.close_account(person_id=_deceased(decision), reason="death", by=by, at=at)


def _make_archive(decision: Decision) -> None:
    user = User.objects.get(person=decision.person_id)
    try:
        ask_for_archive(user=user, language="vi", at=decision.at)
    except TooManyArchives:
        return  # two of today are there to download


def _deceased(decision: Decision) -> int:
    answers = decision.answers
    found = InsuredPerson.objects.filter(bhxh_code=answers["deceased_code"]).first()
    if found is None or found.full_name.casefold() != answers["deceased_name"].casefold():
        raise NobodyOfThatCode
    return found.pk
