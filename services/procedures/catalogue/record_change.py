"""Điều chỉnh thông tin (TK1-TS): something in the record is wrong or has changed."""

from django.utils.translation import gettext_lazy as _

from services.procedures.definition import Answers, Kind, Paper, Procedure
from services.procedures.definition import Field as F
from services.procedures.effects import change_record
from services.procedures.known import Known
from services.procedures.parts import CHANGED, OTHER_CHANGES, check_change, contact_fields, new_value_fields


def _opens(answers: Answers, known: Known) -> tuple[str, Answers] | None:
    """A new name, sex or birth date makes the book wrong: 608A follows by itself."""
    if answers["change"] not in {value for value, _label in CHANGED}:
        return None
    kept = {name: value for name, value in answers.items() if name in {"change", "new_name", "new_birth", "new_gender"}}
    return "book-changed", {**kept, "delivery": "digital"}


PROCEDURE = Procedure(
    code="record-change",
    name=_("Correcting your record (TK1-TS)"),
    summary=_("Name, birth date, sex, identity number, address or contact that is wrong or has changed."),
    legal_basis="QĐ 490/QĐ-BHXH 2023 (TK1-TS); QĐ 863/QĐ-BNV 2025",
    form="TK1-TS",
    term_days=5,
    fee=_("Free of charge"),
    result=_("Corrected record"),
    fields=(
        F("change", _("What is to be corrected?"), Kind.CHOICE, choices=(*CHANGED, *OTHER_CHANGES)),
        *new_value_fields(),
        *contact_fields(),
        F("why", _("What is wrong now?"), Kind.PARAGRAPH, longest=600, required=False),
    ),
    papers=(
        Paper(
            "proof",
            _("Paper that proves the change"),
            help=_("Extract of the civil register, decision, ID card."),
            required=False,
        ),
        Paper("second", _("Another paper"), required=False),
    ),
    check=check_change,
    opens=_opens,
    effect=change_record,
)
