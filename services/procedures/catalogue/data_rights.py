"""Quyền của chủ thể dữ liệu: what everybody may ask about their personal data, with the clocks of the law."""

from django.utils.translation import gettext_lazy as _

from accounts.rules.refusals import Refusal
from services.procedures.definition import Answers, Kind, Paper, Procedure, when
from services.procedures.definition import Field as F
from services.procedures.effects import exercise_right

# Days of the calendar; Luật 91/2025/QH15 and NĐ 356/2025/NĐ-CP as law firms sum them up. An office can prolong once.
DAYS = {"see": 10, "erase": 20, "withdraw": 15, "object": 15, "close": 15, "death": 15}


def _days(answers: Answers) -> int:
    return DAYS[answers["right"]]


PROCEDURE = Procedure(
    code="data-rights",
    name=_("Rights over my data"),
    summary=_("See, erase, object, withdraw consent, close the account, or report that somebody has died."),
    section="account",
    legal_basis="Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15; NĐ 356/2025/NĐ-CP",
    topic="account",
    calendar_days=_days,
    extension_days=15,
    fee=_("Free of charge"),
    result=_("Answer in writing; what was asked is done"),
    proof_minutes=20,
    for_child=False,
    fields=(
        F(
            "right",
            _("What do you ask for?"),
            Kind.CHOICE,
            choices=(
                ("see", _("See everything that is kept of me")),
                ("erase", _("Erase the photos of my ID card and portrait")),
                ("withdraw", _("Withdraw a consent")),
                ("object", _("Object to a use of my data, or limit it")),
                ("close", _("Close my account")),
                ("death", _("A relative has died: close the account")),
            ),
            help=_("Insurance records are kept by law. They can be corrected, not erased."),
        ),
        F(
            "consent",
            _("Which consent?"),
            Kind.CHOICE,
            choices=(
                ("applications", _("Access of every application I allowed")),
                ("photos", _("Keeping the photos of my registration")),
                ("account", _("The account itself: it is closed")),
            ),
            only=when("right", "withdraw"),
        ),
        F("use", _("Which use do you mean?"), Kind.PARAGRAPH, longest=1000, only=when("right", "object")),
        F("deceased_code", _("Social insurance code of the deceased"), Kind.BHXH_CODE, only=when("right", "death")),
        F("deceased_name", _("Full name of the deceased"), Kind.NAME, only=when("right", "death")),
        F("died_on", _("Day of death"), Kind.DATE, only=when("right", "death")),
        F("relation", _("What were they to you?"), longest=60, only=when("right", "death")),
        F("why", _("Anything we should know"), Kind.PARAGRAPH, longest=1000, required=False),
    ),
    papers=(
        Paper(
            "death_extract",
            _("Extract of the death register"),
            help=_("From the commune."),
            only=when("right", "death"),
        ),
    ),
    refusals={
        "kept_by_law": Refusal(
            _("The law has us keep or use these data"),
            _("What is wrong in them can be corrected, and you see who reads them."),
            "Luật BHXH 41/2024/QH15; Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15",
        ),
    },
    automatic=lambda answers, _known: answers["right"] == "see",
    effect=exercise_right,
)
