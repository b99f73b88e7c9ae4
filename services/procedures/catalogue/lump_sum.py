"""Hưởng BHXH một lần: leaving the scheme with what was put in (14-HSB)."""

from django.utils.translation import gettext_lazy as _

from accounts.rules.refusals import Refusal
from insurance.rules.estimates import Estimate, lump_sum
from services.procedures.definition import Answers, Kind, Paper, Procedure, Words, when
from services.procedures.definition import Field as F
from services.procedures.known import Known
from services.procedures.parts import account_fields, lump_sum_of, own_account

CASES = (
    ("dd", _("Twelve months without social insurance, less than 20 years paid, paid before 1 July 2025")),
    ("a", _("Retirement age, less than 15 years paid")),
    ("b", _("I am settling abroad")),
    ("c", _("Cancer, polio, decompensated cirrhosis, severe tuberculosis, AIDS")),
    ("d", _("Loss of capacity of 81 percent, or a very severe disability")),
    ("e", _("Discharged from army or police")),
)


def _may_file(known: Known) -> Words:
    return "" if known.paid else _("There are no paid months in your record.")


def _estimate(answers: Answers, known: Known) -> Estimate:
    return lump_sum_of(known.paid, lump_sum.Reason(answers["case"]), known)


PROCEDURE = Procedure(
    code="lump-sum",
    name=_("Social insurance lump sum"),
    summary=_("Think twice: whoever takes it has no pension from these years. The amount is shown line by line first."),
    section="benefits",
    legal_basis="Luật BHXH 41/2024/QH15, Điều 70, Điều 102; NĐ 158/2025/NĐ-CP",
    form="14-HSB",
    term_days=7,
    fee=_("Free of charge"),
    result=_("Decision and payment"),
    fields=(
        F(
            "case",
            _("Why do you ask for it?"),
            Kind.CHOICE,
            choices=CASES,
        ),
        F("understood", _("I understand that these years no longer count for a pension."), Kind.BOX),
        *account_fields(),
    ),
    papers=(
        Paper("abroad", _("Visa or residence permit"), only=when("case", "b")),
        Paper("medical", _("Medical record or finding of the medical board"), only=when("case", "c", "d")),
    ),
    may_file=_may_file,
    check=own_account,
    estimate=_estimate,
    refusals={
        "too_early": Refusal(
            _("Twelve months without social insurance have not passed yet"),
            _("Ask again when they have. Until then every month paid counts on."),
            "Luật BHXH 41/2024/QH15, Điều 70 khoản 1",
        ),
        "pension_instead": Refusal(
            _("With these years there is a pension instead"),
            _("Ask for the pension when you reach the retirement age. The estimator shows how much it will be."),
            "Luật BHXH 41/2024/QH15, Điều 64, Điều 70",
        ),
        "case_not_met": Refusal(
            _("None of the cases of the law is met"),
            _("The years stay in your record. You can go on paying social insurance, also voluntarily."),
            "Luật BHXH 41/2024/QH15, Điều 70 khoản 1",
        ),
    },
    proof_minutes=5,
    for_child=False,
)
