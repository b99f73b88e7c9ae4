"""Gia hạn thẻ BHYT hộ gia đình [603]: members, months, and what each pays (NĐ 188/2025 Mẫu số 2 and 4)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.rules.refusals import Refusal
from insurance.rules.estimates import Estimate, household
from services.procedures.definition import Answers, Group, Kind, Procedure, Words
from services.procedures.definition import Field as F
from services.procedures.known import Known
from services.procedures.paid import pay_as_household, renew_household_cards


def _check(answers: Answers, known: Known) -> Mapping[str, Words]:
    codes = [line["member_code"] for line in answers["members"]]
    return {} if len(codes) == len(set(codes)) else {"members": _("The same code is there twice.")}


def _estimate(answers: Answers, known: Known) -> Estimate:
    members, already = len(answers["members"]), int(answers.get("already", 0))
    return household.estimate(members, int(answers["months"]), base_salary=known.base_salary, already=already)


PROCEDURE = Procedure(
    code="household-card",
    reference="603",
    name=_("Renewing health insurance for a household"),
    summary=_("Each further member pays less than the one before. The amount is calculated before you pay."),
    section="paying",
    legal_basis="NĐ 188/2025/NĐ-CP; Luật BHYT, Điều 13, Điều 15",
    form="Mẫu số 2, Mẫu số 4",
    topic="bhyt",
    term_days=5,
    fee=_("The contribution of each member"),
    result=_("Health insurance cards with the new validity"),
    fields=(
        F(
            "months",
            _("For how long?"),
            Kind.CHOICE,
            choices=(("3", _("3 months")), ("6", _("6 months")), ("12", _("12 months"))),
        ),
        F(
            "already",
            _("Members of the household who joined earlier this year"),
            Kind.NUMBER,
            required=False,
            most=15,
            help=_("They count in the row, so the next ones pay less."),
        ),
        Group(
            "members",
            _("Who is insured"),
            (
                F("member_name", _("Full name"), Kind.NAME),
                F("member_code", _("Social insurance code"), Kind.BHXH_CODE, sensitive=True),
                F(
                    "relation",
                    _("Relation to the head of household"),
                    Kind.CHOICE,
                    choices=(
                        ("head", _("Head")),
                        ("spouse", _("Spouse")),
                        ("child", pgettext_lazy("relation", "Child")),
                        ("parent", _("Parent")),
                        ("other", _("Other")),
                    ),
                ),
            ),
            most=15,
            prefill=lambda known: [{"member_name": known.full_name, "member_code": known.bhxh_code}],
        ),
        F(
            "facility",
            _("Facility of first care"),
            Kind.FACILITY,
            prefill=lambda known: known.card.facility_code if known.card else "",
        ),
    ),
    refusals={
        "insured_elsewhere": Refusal(
            _("A member is insured in another group"),
            _("Ask again without this member. What was paid comes back."),
            "Luật BHYT, Điều 12, Điều 13",
        ),
    },
    check=_check,
    estimate=_estimate,
    paid_first=True,
    automatic=pay_as_household,
    effect=renew_household_cards,
    then=(_("See your card"), "insurance:card"),
    for_child=False,
)
