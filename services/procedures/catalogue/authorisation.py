"""Ủy quyền lĩnh thay các chế độ BHXH, trợ cấp thất nghiệp [652]: somebody else collects (13-HSB)."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.rules.refusals import Refusal
from insurance.models import Authorisation
from services.procedures.definition import Answers, Kind, Procedure, Words
from services.procedures.definition import Field as F
from services.procedures.effects import offer_authorisation
from services.procedures.known import Known

LONGEST = timedelta(days=366)


def _check(answers: Answers, known: Known) -> Mapping[str, Words]:
    begin, end = date.fromisoformat(answers["from_day"]), date.fromisoformat(answers["to_day"])
    if answers["agent_id"] == known.citizen_id:
        return {"agent_id": _("This is your own number. Enter the number of the person who acts for you.")}
    if begin < known.at:
        return {"from_day": _("It cannot begin in the past.")}
    if not begin <= end <= begin + LONGEST:
        return {"to_day": _("The end lies at most one year after the beginning.")}
    return {}


PROCEDURE = Procedure(
    code="authorisation",
    reference="652",
    name=_("Authorising somebody to collect for you"),
    summary=_("For benefits you name and a time you set. The other person accepts it, and you can end it at any time."),
    section="benefits",
    legal_basis="QĐ 636/QĐ-BHXH 2016 (13-HSB); BLDS 2015, Điều 562 đến Điều 569",
    form="13-HSB",
    term_days=2,
    fee=_("Free of charge"),
    result=_("Authorisation with its end date"),
    fields=(
        F("agent_name", _("Name of the person who acts for you"), Kind.NAME),
        F("agent_id", _("Personal ID number of that person"), Kind.PERSONAL_ID, sensitive=True),
        F("agent_phone", _("Mobile phone of that person"), Kind.PHONE, sensitive=True),
        F(
            "benefit",
            _("What may be collected?"),
            Kind.CHOICE,
            choices=Authorisation.Benefit.choices,
        ),
        F(
            "scope",
            _("What may the person do?"),
            Kind.CHOICE,
            choices=Authorisation.Scope.choices,
        ),
        F("from_day", _("From"), Kind.DATE),
        F("to_day", _("Until"), Kind.DATE, help=_("At most one year.")),
        F("reason", _("Why?"), required=False, longest=300),
    ),
    refusals={
        "agent_unknown": Refusal(
            _("The person who is to act for you cannot be found under this name and number"),
            _("Ask again with the name and the number on their ID card."),
            "BLDS 2015, Điều 562",
        ),
        "not_to_be_given": Refusal(
            _("This benefit cannot be collected by somebody else in this way"),
            _("The explanation says which way is open."),
            "BLDS 2015, Điều 562 đến Điều 569",
        ),
    },
    check=_check,
    effect=offer_authorisation,
    then=(_("See the authorisation"), "services:authorisations"),
    proof_minutes=20,
    for_child=False,
)
