"""The catalogue of refusals: an officer chooses one, the citizen reads why, how to mend it and where to object.

Legal bases: NĐ 164/2025/NĐ-CP (electronic transactions in social insurance); Luật BHXH 41/2024/QH15; Luật Khiếu nại
02/2011/QH13 (objections). Editable texts come with a later catalogue in the database when offices need their own.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Refusal:
    """One reason: its title, what the citizen can do, and the rule it rests on."""

    title: str | Promise
    remedy: str | Promise
    basis: str


REFUSALS: dict[str, Refusal] = {
    "not_the_person": Refusal(
        _("The photos do not show the person of the declaration"),
        _("Register again with your own portrait and your own identity card, or come to the office with the original."),
        "NĐ 164/2025/NĐ-CP",
    ),
    "record_differs": Refusal(
        _("Name, date of birth or identity number differ from the insurance record"),
        _("Have the record corrected first (form TK1-TS, at any office), then register again."),
        "NĐ 164/2025/NĐ-CP; Luật BHXH 41/2024/QH15",
    ),
    "unknown_code": Refusal(
        _("There is no insurance record with this code"),
        _("Look up your social insurance code on your book or card, or call the hotline, then register again."),
        "NĐ 164/2025/NĐ-CP",
    ),
    "has_account": Refusal(
        _("There is already an account for this code"),
        _("Log in with it. If you forgot the password, set a new one; if the phone has changed, come to the office."),
        "NĐ 164/2025/NĐ-CP",
    ),
    "did_not_come": Refusal(
        _("The identity was not confirmed in time"),
        _("Register again and come to the office with your identity card, or use VNeID of level 2."),
        "NĐ 164/2025/NĐ-CP",
    ),
}
OBJECTION = _("If you disagree, you can object in writing to the office that decided (Luật Khiếu nại 02/2011/QH13).")
