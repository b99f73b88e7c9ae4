"""Thay đổi hình thức lĩnh hoặc thông tin người hưởng [639]: cash or account, and which account (14-HSB part III)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.rules.refusals import Refusal
from services.procedures.definition import Field as F
from services.procedures.definition import Kind, Procedure, when
from services.procedures.effects import change_payment
from services.procedures.parts import account_fields, needs_monthly_benefit, own_account
from services.procedures.refusals import NO_MONTHLY_BENEFIT

PROCEDURE = Procedure(
    code="payee-change",
    reference="639",
    name=_("Changing how a pension or allowance is paid"),
    summary=_(
        "Cash or bank account. To protect you, a new account takes effect after 72 hours, and your phone gets a"
        " message at once."
    ),
    section="benefits",
    legal_basis="QĐ 2222/QĐ-BHXH 2025; Luật BHXH 41/2024/QH15, Điều 80",
    form="14-HSB",
    term_days=5,
    fee=_("Free of charge"),
    result=_("Confirmation, from the next payment on"),
    fields=(
        F(
            "method",
            _("How do you want to be paid?"),
            Kind.CHOICE,
            choices=(("account", _("To a bank account")), ("cash", _("In cash at the pay point"))),
        ),
        *account_fields(when("method", "account")),
        F(
            "pay_point",
            _("Pay point"),
            help=_("Post office or commune where you collect."),
            longest=160,
            only=when("method", "cash"),
        ),
    ),
    may_file=needs_monthly_benefit,
    check=own_account,
    effect=change_payment,
    refusals={
        "account_of_another": Refusal(
            _("The account is not in your name, or does not exist"),
            _("Ask again with an account of your own, or choose cash. An authorisation lets somebody else collect."),
            "Luật BHXH 41/2024/QH15, Điều 80",
        ),
        **NO_MONTHLY_BENEFIT,
    },
    hold=timedelta(hours=72),
    proof_minutes=5,
    for_child=False,
)
