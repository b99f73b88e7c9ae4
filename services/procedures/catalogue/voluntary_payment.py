"""Đóng tiếp BHXH tự nguyện: going on paying, with the state's share taken off."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.rules.refusals import Refusal
from insurance.rules.contributions import month_number
from insurance.rules.estimates import Estimate, voluntary
from insurance.rules.estimates.counting import by_month
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


# How far back the first month may lie: months are paid within the quarter, the first four of six, the first seven of
# twelve (NĐ 134/2015/NĐ-CP Điều 12; unverified against NĐ 159/2025/NĐ-CP, which follows it).
BACK = {"1": 0, "3": 2, "6": 3, "12": 6}
AHEAD = 12


def _check(answers: Answers, known: Known) -> Mapping[str, Words]:
    return {**_check_income(answers, known), **_check_months(answers, known)}


def _check_months(answers: Answers, known: Known) -> Mapping[str, Words]:
    year, month = answers["first_month"].split("-")
    first, now = int(year) * 12 + int(month) - 1, month_number(known.at)
    if not now - BACK[answers["months"]] <= first <= now + AHEAD:
        return {"first_month": _("Months long past, or more than a year ahead, cannot be paid here.")}
    if any(first <= paid < first + int(answers["months"]) for paid in by_month(known.paid)):
        return {"first_month": _("Some of these months are already in the record.")}
    return {}


def _next_month(known: Known) -> str:
    """The month after the last paid one, at the earliest this one."""
    following = max([month_number(known.at), *(paid + 1 for paid in by_month(known.paid))])
    return f"{following % 12 + 1:02d}/{following // 12:04d}"


def _check_income(answers: Answers, known: Known) -> Mapping[str, Words]:
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
        F("first_month", _("From which month?"), Kind.MONTH, prefill=_next_month),
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
    refusals={
        "compulsory": Refusal(
            _("In these months social insurance is compulsory for you"),
            _("Choose months in which no employer pays. What was paid comes back."),
            "Luật BHXH 41/2024/QH15, Điều 2, Điều 3",
        ),
        "no_such_support": Refusal(
            _("The state's higher share is not proved"),
            _("Ask again without it, or with the certificate of this year. What was paid comes back."),
            "NĐ 159/2025/NĐ-CP, Điều 5",
        ),
    },
    check=_check,
    estimate=_estimate,
    paid_first=True,
    # Who asks for more of the state's help shows a paper, which an officer reads.
    automatic=lambda answers, _known: answers["group"] not in SUPPORTED,
    effect=add_voluntary_months,
    then=(_("See the months in your history"), "insurance:history"),
    for_child=False,
)
