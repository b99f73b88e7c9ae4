"""The estimators anybody can use: questions as data, as for a procedure, and the rule that answers line by line."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from insurance.rules.contributions import month_number
from insurance.rules.estimates import (
    Estimate,
    household,
    lump_sum,
    maternity,
    pension,
    sickness,
    unemployment,
    voluntary,
)
from insurance.rules.estimates.counting import Paid
from services.procedures.catalogue.lump_sum import CASES
from services.procedures.catalogue.voluntary_payment import GROUPS, MONTHS
from services.procedures.definition import Answers, Group, Kind, Procedure
from services.procedures.definition import Field as F
from services.procedures.known import Known

MOST_PERIODS = 15
GENDERS = (("female", _("Female")), ("male", _("Male")))
REGIONS = (("I", _("Region I")), ("II", _("Region II")), ("III", _("Region III")), ("IV", _("Region IV")))
PERIODS = Group(
    "periods",
    _("When you paid, and on which salary"),
    (
        F("first", _("From month"), Kind.MONTH),
        F("last", _("To month"), Kind.MONTH),
        F("salary", _("Salary a month"), Kind.MONEY, least=1),
    ),
    most=MOST_PERIODS,
    help=_("A line for each salary. Months in several lines count once."),
)


def _month(text: str) -> int:
    year, number = text.split("-")
    return int(year) * 12 + int(number) - 1


def _paid(answers: Answers) -> list[Paid]:
    return [Paid(_month(line["first"]), _month(line["last"]), line["salary"]) for line in answers["periods"]]


def _order(answers: Answers, known: Known) -> Mapping[str, Any]:
    wrong = any(line["first"] > line["last"] for line in answers["periods"])
    return {"periods": _("A line ends before it begins.")} if wrong else {}


def _last_months(salary: int, count: int, before: date) -> dict[int, int]:
    end = month_number(before)
    return {end - step: salary for step in range(1, count + 1)}


def _lump_sum(answers: Answers, known: Known) -> Estimate:
    return lump_sum.estimate(_paid(answers), known.coefficients, reason=lump_sum.Reason(answers["case"]))


def _pension(answers: Answers, known: Known) -> Estimate:
    born, retires = date.fromisoformat(answers["born"]), _month(answers["retires"])
    normal = pension.retirement_month(born, answers["gender"], known.retirement_ages)
    paid = _paid(answers)
    claim = pension.Claim(
        answers["gender"],
        date(retires // 12, retires % 12 + 1, 1),
        months_early=max(normal - retires, 0),
        months_late=max(retires - normal, 0),
        joined_before_2025_07=min(period.first for period in paid) < month_number(pension.LAW_2024_FROM),
        compulsory_months=sum(period.last - period.first + 1 for period in paid),
    )
    return pension.estimate(paid, known.coefficients, claim, reference=known.reference)


def _maternity(answers: Answers, known: Known) -> Estimate:
    on = date.fromisoformat(answers["born"])
    birth = maternity.Birth(on, answers["children"], second=answers["second"], operation=answers["operation"])
    salaries = _last_months(answers["salary"], answers["months"], on)
    if answers["who"] == "father":
        return maternity.father(salaries, birth, mother_insured=answers["mother_insured"], reference=known.reference)
    return maternity.mother(salaries, birth, reference=known.reference)


def _sickness(answers: Answers, known: Known) -> Estimate:
    return sickness.estimate(
        answers["salary"],
        Decimal(answers["days"]),
        years_paid=answers["years"],
        heavy=answers["heavy"],
        used=Decimal(answers.get("used", 0)),
        long_illness=answers["long"],
    )


def _unemployment(answers: Answers, known: Known) -> Estimate:
    ended = date.fromisoformat(answers["ended"])
    salaries = _last_months(answers["salary"], answers["months"], ended)
    return unemployment.estimate(salaries, ended, minimum_wage=known.minimum_wages.get(answers["region"]))


def _household(answers: Answers, known: Known) -> Estimate:
    return household.estimate(answers["members"], int(answers["months"]), base_salary=known.base_salary)


def _voluntary(answers: Answers, known: Known) -> Estimate:
    group = voluntary.Group(answers["group"])
    months = int(answers["months"])
    return voluntary.estimate(answers["income"], months, group, at=known.at, reference=known.reference)


def _optional_box(name: str, label: Any) -> F:
    return F(name, label, Kind.BOX, required=False)


ESTIMATORS = (
    Procedure(
        code="bhxh-mot-lan",
        name=_("BHXH lump sum"),
        summary=_("What you would get, and what you would give up."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 70",
        fields=(F("case", _("Why do you ask for it?"), Kind.CHOICE, choices=CASES), PERIODS),
        check=_order,
        estimate=_lump_sum,
    ),
    Procedure(
        code="luong-huu",
        name=_("Pension"),
        summary=_("When you may retire, at which rate, and how much a month."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 64 đến Điều 72; NĐ 135/2020/NĐ-CP",
        fields=(
            F("gender", _("Sex"), Kind.CHOICE, choices=GENDERS, prefill=lambda known: known.gender),
            F("born", _("Date of birth"), Kind.DATE, prefill=lambda known: known.born),
            F("retires", _("From which month would you retire?"), Kind.MONTH),
            PERIODS,
        ),
        check=_order,
        estimate=_pension,
    ),
    Procedure(
        code="thai-san",
        name=_("Maternity"),
        summary=_("Leave and pay at a birth, for mothers and fathers."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 50 đến Điều 60",
        fields=(
            F("who", _("Who are you?"), Kind.CHOICE, choices=(("mother", _("Mother")), ("father", _("Father")))),
            F("born", _("Day of the birth"), Kind.DATE),
            F("children", _("How many children are born?"), Kind.NUMBER, least=1, most=6),
            _optional_box("second", _("It is the second child")),
            _optional_box("operation", _("By operation, or before week 32")),
            _optional_box("mother_insured", _("The mother is insured herself (for fathers)")),
            F("salary", _("Average salary of the last six months"), Kind.MONEY, least=1),
            F("months", _("Months paid of the last twelve"), Kind.NUMBER, most=12),
        ),
        estimate=_maternity,
    ),
    Procedure(
        code="om-dau",
        name=_("Sickness"),
        summary=_("Pay for days of sick leave."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 42 đến Điều 45",
        fields=(
            F("salary", _("Salary of the month before"), Kind.MONEY, least=1),
            F("days", _("Working days of leave"), Kind.NUMBER, least=1, most=366),
            F("years", _("Full years paid so far"), Kind.NUMBER, most=60),
            F("used", _("Sick days already taken this year"), Kind.NUMBER, required=False, most=366),
            _optional_box("heavy", _("Heavy or dangerous work")),
            _optional_box("long", _("An illness that needs long treatment")),
        ),
        estimate=_sickness,
    ),
    Procedure(
        code="that-nghiep",
        name=_("Unemployment benefit"),
        summary=_("How much a month, and for how many months."),
        legal_basis="Luật Việc làm 74/2025/QH15, Điều 38, Điều 39",
        fields=(
            F("salary", _("Average salary of the last six months"), Kind.MONEY, least=1),
            F("months", _("Months paid and not used yet"), Kind.NUMBER, most=600),
            F("ended", _("Last day of work"), Kind.DATE),
            F("region", _("Region of the place of work"), Kind.CHOICE, choices=REGIONS),
        ),
        estimate=_unemployment,
    ),
    Procedure(
        code="bhyt-ho-gia-dinh",
        name=_("BHYT for a household"),
        summary=_("What each member pays."),
        legal_basis="NĐ 188/2025/NĐ-CP; Luật BHYT, Điều 13",
        fields=(
            F("members", _("How many members join?"), Kind.NUMBER, least=1, most=20),
            F("months", _("For how long?"), Kind.CHOICE, choices=MONTHS[1:]),
        ),
        estimate=_household,
    ),
    Procedure(
        code="bhxh-tu-nguyen",
        name=_("Voluntary BHXH"),
        summary=_("What you pay and what the state adds."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 36; NĐ 159/2025/NĐ-CP",
        fields=(
            F("income", _("Monthly income you choose"), Kind.MONEY, least=1_000_000, most=100_000_000),
            F("months", _("For how many months?"), Kind.CHOICE, choices=MONTHS),
            F("group", _("Does the state support you more?"), Kind.CHOICE, choices=GROUPS),
        ),
        estimate=_voluntary,
    ),
)
TOPICS = {one.code: one for one in ESTIMATORS}


def start(topic: Procedure, known: Known) -> dict[str, Any]:
    """What the record gives to begin with: its paid periods and who the person is."""
    begun: dict[str, Any] = {item.name: item.prefill(known) for item in topic.flat() if item.prefill is not None}
    if PERIODS in topic.fields:
        for index, period in enumerate(known.paid[-MOST_PERIODS:]):
            begun[f"periods-{index}-first"] = f"{period.first % 12 + 1:02d}/{period.first // 12}"
            begun[f"periods-{index}-last"] = f"{period.last % 12 + 1:02d}/{period.last // 12}"
            begun[f"periods-{index}-salary"] = str(period.salary)
    return begun
