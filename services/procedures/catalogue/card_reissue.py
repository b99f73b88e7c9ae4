"""Cấp lại thẻ BHYT do hỏng, mất: the card once more, with nothing changed on it (NĐ 188/2025 Mẫu số 2)."""

from django.utils.translation import gettext_lazy as _

from accounts.rules.refusals import Refusal
from services.procedures.definition import Answers, Kind, Procedure, Words, when
from services.procedures.definition import Field as F
from services.procedures.effects import reissue_card
from services.procedures.known import Known
from services.procedures.parts import BY_POST, DELIVERY, post_fields


def _may_file(known: Known) -> Words:
    return (
        ""
        if known.card is not None and known.card.usable
        else _("There is no health insurance card in force to issue again.")
    )


def _digital_only(answers: Answers, known: Known) -> bool:
    return answers.get("delivery") == "digital"


PROCEDURE = Procedure(
    code="card-reissue",
    name=_("Reissue of a health insurance card that is damaged or lost"),
    summary=_(
        "The digital card is correct at once. A paper card is issued only to those who can use neither the app nor an"
        " ID card."
    ),
    legal_basis="NĐ 188/2025/NĐ-CP; Luật BHYT, Điều 18",
    form="Mẫu số 2",
    topic="bhyt",
    term_days=5,
    fee=_("None. Postage is paid by the receiver."),
    result=_("Health insurance card"),
    fields=(
        F(
            "reason",
            _("What happened to the card?"),
            Kind.CHOICE,
            choices=(
                ("lost", _("Lost")),
                ("damaged", _("Damaged or unreadable")),
                ("misused", _("Somebody else uses it")),
            ),
        ),
        F("delivery", _("How do you want the card?"), Kind.CHOICE, choices=DELIVERY),
        F(
            "why_paper",
            _("Why do you need it on paper?"),
            Kind.CHOICE,
            choices=(("no_phone", _("No phone that shows it")), ("no_chip", _("No ID card with a chip"))),
            only=when("delivery", "counter", BY_POST),
        ),
        *post_fields(),
    ),
    refusals={
        "paper_not_needed": Refusal(
            _("A paper card is issued only to those who can show no other"),
            _("Show the digital card here or in VNeID, or your ID card with a chip: each is enough for care."),
            "NĐ 188/2025/NĐ-CP",
        ),
    },
    may_file=_may_file,
    automatic=_digital_only,
    effect=reissue_card,
    then=(_("See your card"), "insurance:card"),
    routine=True,
)
