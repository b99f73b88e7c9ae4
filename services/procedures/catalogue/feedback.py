"""Phản ánh, kiến nghị: something is wrong, missing or should be better. Also from a gap in the history or a visit."""

from django.utils.translation import gettext_lazy as _

from accounts.rules.refusals import Refusal
from services.procedures.definition import Field as F
from services.procedures.definition import Kind, Paper, Procedure, when

PROCEDURE = Procedure(
    code="feedback",
    name=_("Feedback and complaints"),
    summary=_("A missing month, a visit that was not yours, bad service, an idea: you get a number and an answer."),
    section="account",
    legal_basis="NĐ 20/2008/NĐ-CP; Luật Khiếu nại 02/2011/QH13",
    topic="feedback",
    term_days=5,
    fee=_("Free of charge"),
    result=_("Answer in writing"),
    refusals={
        "cannot_be_checked": Refusal(
            _("Too little is said to look into it"),
            _("Write again with the day, the place, and the names or papers you have."),
            "NĐ 20/2008/NĐ-CP; Luật Khiếu nại 02/2011/QH13",
        ),
    },
    fields=(
        F(
            "topic",
            _("What is it about?"),
            Kind.CHOICE,
            choices=(
                ("gap", _("Months missing in my history")),
                ("owed", _("My employer owes contributions")),
                ("visit", _("A medical visit that was not mine")),
                ("viewed", _("Somebody looked at my data")),
                ("card", _("My health insurance card")),
                ("service", _("Service at an office")),
                ("portal", _("This portal")),
                ("other", _("Something else")),
            ),
        ),
        F("employer", _("Employer"), required=False, only=when("topic", "gap", "owed")),
        F("from_month", _("From month"), Kind.MONTH, required=False, only=when("topic", "gap", "owed")),
        F("to_month", _("To month"), Kind.MONTH, required=False, only=when("topic", "gap", "owed")),
        F("visit_day", _("Day of the visit"), Kind.DATE, required=False, only=when("topic", "visit")),
        F("text", _("Tell us"), Kind.PARAGRAPH, longest=3000),
    ),
    papers=(Paper("picture", _("Picture or document"), required=False),),
)
