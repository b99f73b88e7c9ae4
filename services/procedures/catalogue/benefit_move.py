"""Chuyển địa bàn hưởng lương hưu, trợ cấp BHXH [635]: the pension is paid somewhere else (14-HSB)."""

from django.utils.translation import gettext_lazy as _

from services.procedures.definition import Field as F
from services.procedures.definition import Kind, Procedure
from services.procedures.parts import needs_monthly_benefit
from services.procedures.refusals import NO_MONTHLY_BENEFIT

PROCEDURE = Procedure(
    code="benefit-move",
    reference="635",
    name=_("Moving the place where a pension or allowance is paid"),
    summary=_(
        "When you move to another province or want another pay point. Filed by the 20th, it counts from the next month."
    ),
    section="benefits",
    legal_basis="QĐ 2222/QĐ-BHXH 2025; Luật BHXH 41/2024/QH15, Điều 80",
    form="14-HSB",
    term_days=5,
    fee=_("Free of charge"),
    result=_("Notice of the transfer"),
    fields=(
        F("province", _("New province or city"), Kind.PROVINCE),
        F("ward", _("New ward or commune"), Kind.WARD),
        F("address", _("New address"), help=_("House number, street or hamlet.")),
        F("from_month", _("From which month?"), Kind.MONTH, help=_("For example 01/2027.")),
        F(
            "reason",
            _("Why?"),
            Kind.CHOICE,
            choices=(
                ("moved", _("I moved")),
                ("closer", _("Another pay point is closer")),
                ("family", _("To my family")),
            ),
        ),
        F("phone", _("Phone there"), Kind.PHONE, prefill=lambda known: known.phone),
    ),
    may_file=needs_monthly_benefit,
    refusals=NO_MONTHLY_BENEFIT,
    for_child=False,
    routine=True,
)
