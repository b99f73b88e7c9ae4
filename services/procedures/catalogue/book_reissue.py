"""Cấp lại sổ BHXH không thay đổi thông tin [607A]."""

from django.utils.translation import gettext_lazy as _

from services.procedures.definition import Field as F
from services.procedures.definition import Kind, Procedure
from services.procedures.parts import DELIVERY, post_fields

PROCEDURE = Procedure(
    code="book-reissue",
    reference="607A",
    name=_("Reissue of the social insurance book, nothing changed"),
    summary=_("The book is electronic; a paper copy is issued on request if yours was lost or damaged."),
    legal_basis="TT 09/2026/TT-BTC; Luật BHXH 41/2024/QH15, Điều 25",
    form="TK1-TS",
    term_days=10,
    fee=_("None. Postage is paid by the receiver."),
    result=_("Social insurance book"),
    fields=(
        F(
            "reason",
            _("What happened to the book?"),
            Kind.CHOICE,
            choices=(
                ("lost", _("Lost")),
                ("damaged", _("Damaged or unreadable")),
                ("merge", _("I have several books")),
            ),
        ),
        F(
            "book_places",
            _("Where did you work?"),
            Kind.PARAGRAPH,
            required=False,
            longest=600,
            help=_("Helps to find the book."),
        ),
        F("delivery", _("How do you want the book?"), Kind.CHOICE, choices=DELIVERY),
        *post_fields(),
    ),
    for_child=False,
    routine=True,
)
