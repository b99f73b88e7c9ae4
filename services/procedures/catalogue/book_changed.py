"""Cấp lại sổ BHXH do thay đổi thông tin [608A]: name, birth date or sex have changed, so the book is written anew."""

from django.utils.translation import gettext_lazy as _

from services.procedures.definition import Field as F
from services.procedures.definition import Kind, Paper, Procedure
from services.procedures.effects import change_record
from services.procedures.parts import CHANGED, DELIVERY, check_birth, new_value_fields, post_fields

PROCEDURE = Procedure(
    code="book-changed",
    reference="608A",
    name=_("Reissue of the social insurance book after a change of name, birth date or sex"),
    summary=_("Starts by itself when such a change is granted. File it here if the book is still out of date."),
    legal_basis="QĐ 863/QĐ-BNV 2025; TT 09/2026/TT-BTC",
    form="TK1-TS",
    term_days=5,
    fee=_("None. Postage is paid by the receiver."),
    result=_("Social insurance book"),
    fields=(
        F("change", _("What has changed?"), Kind.CHOICE, choices=CHANGED),
        *new_value_fields(),
        F("delivery", _("How do you want the book?"), Kind.CHOICE, choices=DELIVERY),
        *post_fields(),
    ),
    papers=(
        Paper(
            "proof",
            _("Paper that proves the change"),
            help=_("Extract of the civil register, decision, ID card."),
            required=False,
        ),
    ),
    check=check_birth,
    effect=change_record,
    for_child=False,
)
