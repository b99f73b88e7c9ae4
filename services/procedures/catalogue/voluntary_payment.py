"""Đóng tiếp BHXH tự nguyện: going on paying, with the state's share taken off."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from insurance.rules.estimates import Estimate, voluntary
from services.procedures.definition import Answers, Kind, Paper, Procedure, Words, when
from services.procedures.definition import Field as F
from services.procedures.known import Known
from services.procedures.paid import add_voluntary_months

MONTHS = (("1", _("1 month")), ("3", _("3 months")), ("6", _("6 months")), ("12", _("12 months")))
GROUPS = (
    ("other", _("No")),
    ("minority", _("Ethnic minority")),
    ("near_poor", _("Near-poor household")),
    ("poor", _("Poor household, or island commune")),
)
SUPPORTED = ("poor", "near_poor", "minority")


def _check(answers: Answers, known: Known) -> Mapping[str, Words]:
    low = voluntary.poverty_line(known.at)
    high = voluntary.most_income(known.reference) if known.reference else None
    if answers["income"] < low or (high is not None and answers["income"] > high):
        return {
            "income": _("The chosen income lies between the rural poverty line and twenty times the reference level.")
        }
    return {}


def _estimate(answers: Answers, known: Known) -> Estimate:
    return voluntary.estimate(
        answers["income"],
        int(answers["months"]),
        voluntary.Group(answers["group"]),
        at=known.at,
        reference=known.reference,
        supported_before=int(answers.get("supported", 0)),
    )


PROCEDURE = Procedure(
    code="voluntary-payment",
    name=_("Paying voluntary social insurance"),
    summary=_("Choose your income and for how many months you pay. The state's share is taken off."),
    section="paying",
    legal_basis="Luật BHXH 41/2024/QH15, Điều 36; NĐ 159/2025/NĐ-CP",
    form="TK1-TS",
    term_days=5,
    fee=_("The contribution"),
    result=_("Receipt and updated history"),
    fields=(
        F(
            "income",
            _("Monthly income you choose"),
            Kind.MONEY,
            least=1_000_000,
            most=100_000_000,
            help=_("At least 1,500,000 đồng."),
        ),
        F(
            "months",
            _("For how many months?"),
            Kind.CHOICE,
            choices=MONTHS,
        ),
        F("first_month", _("From which month?"), Kind.MONTH),
        F(
            "group",
            _("Does the state support you more?"),
            Kind.CHOICE,
            choices=GROUPS,
        ),
        F(
            "supported",
            _("Months the state has helped with so far"),
            Kind.NUMBER,
            required=False,
            most=120,
            help=_("It helps for 120 months in all."),
        ),
    ),
    papers=(Paper("group_proof", _("Certificate of the household"), only=when("group", *SUPPORTED)),),
    check=_check,
    estimate=_estimate,
    paid_first=True,
    # Who asks for more of the state's help shows a paper, which an officer reads.
    automatic=lambda answers, _known: answers["group"] not in SUPPORTED,
    effect=add_voluntary_months,
    for_child=False,
)
