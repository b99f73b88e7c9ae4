"""The closed list of what a notice can be about; its words are in texts.py, one entry each."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """The thing, a dot, what happened to it. Kinds under `security` are private (models.py)."""

    SECURITY_NEW_BROWSER = "security.new_browser", _("Login on a new browser")
    SECURITY_PASSWORD_CHANGED = "security.password_changed", _("Password changed")
    SECURITY_PASSKEY_ADDED = "security.passkey_added", _("Passkey added")
    SECURITY_PASSKEY_REMOVED = "security.passkey_removed", _("Passkey removed")
    SECURITY_PHONE_CHANGED = "security.phone_changed", _("Phone number changed")
    SECURITY_EMAIL_CHANGED = "security.email_changed", _("Email address changed")
    SECURITY_VNEID_LINKED = "security.vneid_linked", _("VNeID linked")
    SECURITY_VNEID_UNLINKED = "security.vneid_unlinked", _("VNeID unlinked")
    SECURITY_FROZEN = "security.frozen", _("Account frozen")
    SECURITY_UNFROZEN = "security.unfrozen", _("Account open again")
    SECURITY_NOT_ME = "security.not_me", _("Sessions ended, password disabled")
    SECURITY_APPLICATION_ALLOWED = "security.application_allowed", _("Application allowed to read your data")
    SECURITY_ARCHIVE_READY = "security.archive_ready", _("Archive of your data ready")
    SECURITY_INCIDENT = "security.incident", _("Your data in an incident")
    CARD_NEW = "card.new", _("New health insurance card")
    CONTRIBUTION_NEW = "contribution.new", _("Contributions recorded")
    BENEFIT_NEW = "benefit.new", _("New benefit")
    VISIT_NEW = "visit.new", _("New medical visit")
    AUTHORISATION_OFFERED = "authorisation.offered", _("Somebody asks you to act for them")
    AUTHORISATION_CHANGED = "authorisation.changed", _("News of an authorisation")
    AUTHORISATION_USED = "authorisation.used", _("An authorisation was used")
    REQUEST_PAID = "request.paid", _("Payment arrived")
    REQUEST_CHANGED = "request.changed", _("News of a request")
    DOSSIER_CHANGED = "dossier.changed", _("News of a declaration")
    ANSWER_GIVEN = "answer.given", _("Answer to a question")
    REMINDER_CARD = "reminder.card", _("Health insurance card about to end")
    REMINDER_HOUSEHOLD = "reminder.household", _("Household health insurance about to end")
    REMINDER_VOLUNTARY = "reminder.voluntary", _("Voluntary social insurance paid until soon")
    REMINDER_OF_AGE = "reminder.of_age", _("Child about to come of age")


SECURITY = "security."
