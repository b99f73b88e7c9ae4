"""The estimators anybody can use: questions as data, as for a procedure, and the rule that answers line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from insurance import parameters
from insurance.parameters import Parameters
from insurance.rules.contributions import first_day, month_number
from insurance.rules.estimates import (
    Estimate,
    contribution,
    household,
    lump_sum,
    maternity,
    pension,
    sickness,
    unemployment,
    voluntary,
)
from insurance.rules.estimates.counting import Paid, average_of_last, by_month
from insurance.rules.estimates.lines import floored
from services.procedures.catalogue.lump_sum import CASES
from services.procedures.catalogue.voluntary_payment import GROUPS, MONTHS
from services.procedures.definition import Answers, Group, Kind, Procedure, when
from services.procedures.definition import Field as F
from services.procedures.known import Known
from services.procedures.parts import lump_sum_of

MOST_PERIODS = 15
RECORD, TYPED = "record", "typed"
GENDERS = (("female", _("Female")), ("male", _("Male")))
CAUSES = (
    ("10", _("A long illness, or two and more children at one birth")),
    ("7", _("An operation")),
    ("5", _("Another illness, or another birth")),
)
REGIONS = (("I", _("Region I")), ("II", _("Region II")), ("III", _("Region III")), ("IV", _("Region IV")))
PERIODS = Group(
    "periods",
    _("When you paid, and on which salary"),
    (
        F("first", _("From month"), Kind.MONTH),
        F("last", _("To month"), Kind.MONTH),
        F("salary", _("Monthly salary"), Kind.MONEY, least=1),
    ),
    most=MOST_PERIODS,
    help=_("A line for each salary. Months in several lines count once."),
)


def _month(text: str) -> int:
    year, number = text.split("-")
    return int(year) * 12 + int(number) - 1


def _paid(answers: Answers, known: Known) -> Sequence[Paid]:
    if answers.get("counted") == RECORD:
        return known.paid
    return [Paid(_month(line["first"]), _month(line["last"]), line["salary"]) for line in answers["periods"]]


def _order(answers: Answers, known: Known) -> Mapping[str, Any]:
    wrong = any(line["first"] > line["last"] for line in answers.get("periods", ()))
    return {"periods": _("A line ends before it begins.")} if wrong else {}


def _last_months(salary: int, count: int, before: date) -> dict[int, int]:
    end = month_number(before)
    return {end - step: salary for step in range(1, count + 1)}


def _holding(on: date, known: Known) -> tuple[Parameters, tuple[Any, ...]]:
    """The amounts of a day, and a note when that day is to come and they may change."""
    held = parameters.at(min(on, known.at))
    return held, (_("Calculated with today's amounts; they may change by then."),) if on > known.at else ()


def _noted(found: Estimate, notes: tuple[Any, ...]) -> Estimate:
    return replace(found, notes=(*found.notes, *notes))


def _lump_sum(answers: Answers, known: Known) -> Estimate:
    return lump_sum_of(_paid(answers, known), lump_sum.Reason(answers["case"]), known)


def _pension(answers: Answers, known: Known) -> Estimate:
    born, retires = date.fromisoformat(answers["born"]), _month(answers["retires"])
    begins = date(retires // 12, retires % 12 + 1, 1)
    normal = pension.retirement_month(born, answers["gender"], known.retirement_ages)
    paid = _paid(answers, known)
    claim = pension.Claim(
        answers["gender"],
        begins,
        months_early=max(normal - retires, 0),
        months_late=max(retires - normal, 0),
        joined_before_2025_07=min(period.first for period in paid) < month_number(pension.LAW_2024_FROM),
        compulsory_months=sum(period.last - period.first + 1 for period in paid),
    )
    held, notes = _holding(begins, known)
    earlier = begins.year < known.at.year
    coefficients = parameters.coefficients(begins.year) if earlier else known.coefficients
    return _noted(pension.estimate(paid, coefficients, claim, reference=held.reference), notes)


def _pension_raise(answers: Answers, known: Known) -> Estimate:
    return pension.raise_2026(answers["monthly"], retired_before_1995=answers["before_1995"])


def _maternity(answers: Answers, known: Known) -> Estimate:
    on = date.fromisoformat(answers["born"])
    birth = maternity.Birth(on, answers["children"], second=answers["second"], operation=answers["operation"])
    salaries = _last_months(answers["salary"], answers["months"], on)
    held, notes = _holding(on, known)
    if answers["who"] == "father":
        insured = answers["mother_insured"]
        return _noted(maternity.father(salaries, birth, mother_insured=insured, reference=held.reference), notes)
    return _noted(maternity.mother(salaries, birth, reference=held.reference), notes)


def _voluntary_maternity(answers: Answers, known: Known) -> Estimate:
    on = date.fromisoformat(answers["born"])
    return maternity.voluntary(_last_months(1, answers["months"], on), maternity.Birth(on, answers["children"]))


def _sickness(answers: Answers, known: Known) -> Estimate:
    return sickness.estimate(
        answers["salary"],
        Decimal(answers["days"]),
        years_paid=answers["years"],
        heavy=answers["heavy"],
        used=Decimal(answers.get("used", 0)),
        long_illness=answers["long"],
    )


def _sick_child(answers: Answers, known: Known) -> Estimate:
    used = Decimal(answers.get("used", 0))
    return sickness.child(answers["salary"], Decimal(answers["days"]), age=answers["age"], used=used)


def _recovery(answers: Answers, known: Known) -> Estimate:
    return maternity.recovery(known.reference, answers["days"], most=int(answers["cause"]))


def _unemployment(answers: Answers, known: Known) -> Estimate:
    ended = date.fromisoformat(answers["ended"])
    held, notes = _holding(ended, known)
    wage = held.minimum_wages.get(answers["region"])
    salary = answers["salary"] if wage is None else unemployment.base(answers["salary"], wage)
    salaries = _last_months(salary, answers["months"], ended)
    return _noted(unemployment.estimate(salaries, ended, minimum_wage=wage, received=answers.get("received")), notes)


def _contribution(answers: Answers, known: Known) -> Estimate:
    wage = known.minimum_wages.get(answers["region"])
    return contribution.estimate(answers["salary"], reference=known.reference, minimum_wage=wage)


def _household(answers: Answers, known: Known) -> Estimate:
    return household.estimate(answers["members"], int(answers["months"]), base_salary=known.base_salary)


def _voluntary(answers: Answers, known: Known) -> Estimate:
    group = voluntary.Group(answers["group"])
    months = int(answers["months"])
    return voluntary.estimate(answers["income"], months, group, at=known.at, reference=known.reference)


def _last_salary(known: Known) -> str:
    """The salary of the last paid month of the record, "" without one."""
    return str(known.paid[-1].salary) if known.paid else ""


def _average_salary(known: Known) -> str:
    """The mean of the last six paid months of the record, "" without one."""
    salaries = {month: period.salary for month, period in by_month(known.paid).items()}
    return str(floored(average_of_last(salaries))) if salaries else ""


def _recent_months(known: Known) -> str:
    """How many of the twelve months before this one are paid in the record, "" for nobody's."""
    now = month_number(known.at)
    return str(sum(now - 12 <= month < now for month in by_month(known.paid))) if known.person_id else ""


def _years_paid(known: Known) -> str:
    return str(len(by_month(known.paid)) // 12) if known.person_id else ""


def _optional_box(name: str, label: Any) -> F:
    return F(name, label, Kind.BOX, required=False)


ESTIMATORS = (
    Procedure(
        code="bhxh-mot-lan",
        name=_("Social insurance lump sum"),
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
        code="tang-luong-huu-2026",
        name=_("Pension increase of July 2026"),
        summary=_("What a pension of June 2026 becomes from July."),
        legal_basis="NĐ 162/2026/NĐ-CP, Điều 2",
        fields=(
            F("monthly", _("Pension or allowance of June 2026"), Kind.MONEY, least=1),
            _optional_box("before_1995", _("Paid since before 1995")),
        ),
        estimate=_pension_raise,
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
            F("salary", _("Average salary of the last six months"), Kind.MONEY, least=1, prefill=_average_salary),
            F("months", _("Months paid of the last twelve"), Kind.NUMBER, most=12, prefill=_recent_months),
        ),
        estimate=_maternity,
    ),
    Procedure(
        code="thai-san-tu-nguyen",
        name=_("Maternity grant of voluntary social insurance"),
        summary=_("Two million đồng for each child."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 94, Điều 95",
        fields=(
            F("born", _("Day of the birth"), Kind.DATE),
            F("children", _("How many children are born?"), Kind.NUMBER, least=1, most=6),
            F("months", _("Months paid of the last twelve"), Kind.NUMBER, most=12, prefill=_recent_months),
        ),
        estimate=_voluntary_maternity,
    ),
    Procedure(
        code="om-dau",
        name=_("Sickness"),
        summary=_("Pay for days of sick leave."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 42 đến Điều 45",
        fields=(
            F("salary", _("Salary of the month before"), Kind.MONEY, least=1, prefill=_last_salary),
            F("days", _("Working days of leave"), Kind.NUMBER, least=1, most=366),
            F("years", _("Full years paid so far"), Kind.NUMBER, most=60, prefill=_years_paid),
            F("used", _("Sick days already taken this year"), Kind.NUMBER, required=False, most=366),
            _optional_box("heavy", _("Heavy or dangerous work")),
            _optional_box("long", _("An illness that needs long treatment")),
        ),
        estimate=_sickness,
    ),
    Procedure(
        code="con-om",
        name=_("A sick child"),
        summary=_("Pay for days at home with a sick child."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 44, Điều 45",
        fields=(
            F("age", _("Age of the child in full years"), Kind.NUMBER, most=17),
            F("salary", _("Salary of the month before"), Kind.MONEY, least=1, prefill=_last_salary),
            F("days", _("Working days of leave"), Kind.NUMBER, least=1, most=366),
            F("used", _("Days already taken for this child this year"), Kind.NUMBER, required=False, most=366),
        ),
        estimate=_sick_child,
    ),
    Procedure(
        code="duong-suc",
        name=_("Recovery after illness or birth"),
        summary=_("Pay for days of recovery within 30 days of going back to work."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 46, Điều 60",
        fields=(
            F("cause", _("After what?"), Kind.CHOICE, choices=CAUSES),
            F("days", _("Days of recovery"), Kind.NUMBER, least=1, most=30),
        ),
        estimate=_recovery,
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
            F(
                "received",
                _("Months of benefit received, if it ended early"),
                Kind.NUMBER,
                required=False,
                most=12,
                help=_("Then you also see what is kept for the next time."),
            ),
        ),
        estimate=_unemployment,
    ),
    Procedure(
        code="dong-hang-thang",
        name=_("What an employee pays each month"),
        summary=_("The part of social, health and unemployment insurance that is taken off your pay."),
        legal_basis="Luật BHXH 41/2024/QH15, Điều 31, Điều 33; Luật BHYT, Điều 13, Điều 14; Luật Việc làm 74/2025/QH15",
        fields=(
            F("salary", _("Monthly salary"), Kind.MONEY, least=1, prefill=_last_salary),
            F("region", _("Region of the place of work"), Kind.CHOICE, choices=REGIONS),
        ),
        estimate=_contribution,
    ),
    Procedure(
        code="bhyt-ho-gia-dinh",
        name=_("Health insurance for a household"),
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
        name=_("Voluntary social insurance"),
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
SECTIONS = (
    (_("Pension and lump sum"), ("luong-huu", "tang-luong-huu-2026", "bhxh-mot-lan")),
    (
        _("Illness, birth, unemployment"),
        ("om-dau", "con-om", "thai-san", "thai-san-tu-nguyen", "duong-suc", "that-nghiep"),
    ),
    (_("Contributions"), ("dong-hang-thang", "bhyt-ho-gia-dinh", "bhxh-tu-nguyen")),
)
"""How the page lists them."""


def for_person(topic: Procedure, known: Known) -> Procedure:
    """The estimator as it asks somebody: whose record has paid months can count those, however many lines they are."""
    months = by_month(known.paid)
    if PERIODS not in topic.fields or not months:
        return topic
    first, last = first_day(min(months)), first_day(max(months))
    record = _("Those of my record: %(months)s months between %(first)s and %(last)s") % {
        "months": len(months),
        "first": f"{first:%m/%Y}",
        "last": f"{last:%m/%Y}",
    }
    counted = F(
        "counted",
        _("Which months are counted?"),
        Kind.CHOICE,
        choices=((RECORD, record), (TYPED, _("Those I enter below"))),
        prefill=lambda _known: RECORD,
    )
    typed = replace(PERIODS, only=when("counted", TYPED))
    asked = [item for item in topic.fields if item is not PERIODS]
    return replace(topic, fields=(*asked, counted, typed))


def start(topic: Procedure, known: Known) -> dict[str, Any]:
    """What the record gives to begin with: who the person is, and paid periods where they are few enough to edit."""
    begun: dict[str, Any] = {item.name: item.prefill(known) for item in topic.flat() if item.prefill is not None}
    if topic.groups() and len(known.paid) <= MOST_PERIODS:
        for index, period in enumerate(known.paid):
            begun[f"periods-{index}-first"] = f"{period.first % 12 + 1:02d}/{period.first // 12}"
            begun[f"periods-{index}-last"] = f"{period.last % 12 + 1:02d}/{period.last // 12}"
            begun[f"periods-{index}-salary"] = str(period.salary)
    return begun
