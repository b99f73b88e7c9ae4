"""The words of each kind of notice: a title and a sentence that says what to do, filled with the notice's facts.

Facts whose name ends in `_on` (ISO date), `_at` (ISO moment) or `_month` (YYYY-MM) are shown as people write them.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext_lazy as _

from vssid.notices.kinds import Kind

Fact = str | int | bool | None

NOT_YOU = _("If this was not you, open your account and say so: that ends every session.")
TEXTS: dict[Kind, tuple[Promise, Promise]] = {
    Kind.SECURITY_NEW_BROWSER: (_("Somebody logged in on a new browser"), NOT_YOU),
    Kind.SECURITY_PASSWORD_CHANGED: (_("Your password was changed"), NOT_YOU),
    Kind.SECURITY_PASSKEY_ADDED: (_("The passkey “%(name)s” was added"), NOT_YOU),
    Kind.SECURITY_PASSKEY_REMOVED: (_("The passkey “%(name)s” was removed"), NOT_YOU),
    Kind.SECURITY_PHONE_CHANGED: (_("Your phone number was changed"), NOT_YOU),
    Kind.SECURITY_EMAIL_CHANGED: (_("Your email address was changed"), NOT_YOU),
    Kind.SECURITY_VNEID_LINKED: (_("A VNeID account was linked"), NOT_YOU),
    Kind.SECURITY_VNEID_UNLINKED: (_("Your VNeID account is no longer linked"), NOT_YOU),
    Kind.SECURITY_FROZEN: (_("Your account was frozen"), _("Nobody could log in from then on.")),
    Kind.SECURITY_UNFROZEN: (_("Your account is open again"), NOT_YOU),
    Kind.SECURITY_NOT_ME: (
        _("Every session was ended and the password disabled"),
        _("You said that something in your history was not you. Set a new password to log in with one again."),
    ),
    Kind.SECURITY_APPLICATION_ALLOWED: (
        _("You allowed the application “%(name)s” to read your data"),
        _("It may until %(until_on)s. You can end this at any time on your account page."),
    ),
    Kind.SECURITY_ARCHIVE_READY: (
        _("The archive of your data is ready"),
        _("Download it until %(until_at)s. If you did not ask for it, open your account and say that it was not you."),
    ),
    Kind.SECURITY_INCIDENT: (
        _("Your data may have been seen without right"),
        _("It began at %(began_at)s. We ended it and are looking into it. Here you can see and ask what was seen."),
    ),
    Kind.CARD_NEW: (_("You have a new health insurance card"), _("Check its dates and the facility of first care.")),
    Kind.CONTRIBUTION_NEW: (
        _("Your contributions were recorded"),
        _("Check whether the months, the employer and the salary are right."),
    ),
    Kind.BENEFIT_NEW: (_("A benefit of yours was recorded"), _("Check the amount and how it is paid.")),
    Kind.REQUEST_PAID: (
        _("Your payment for %(number)s has arrived"),
        _("Open it to see from when it counts."),
    ),
    Kind.REQUEST_CHANGED: (
        _("There is news of your request %(number)s"),
        _("Open it to see whether it is done, or what is still needed."),
    ),
    Kind.AUTHORISATION_OFFERED: (
        _("Somebody asks you to collect for them (%(number)s)"),
        _("Read for what and how long, then accept or decline. Nothing happens before you answer."),
    ),
    Kind.AUTHORISATION_CHANGED: (
        _("There is news of the authorisation %(number)s"),
        _("Open it to see who answered or ended it."),
    ),
    Kind.AUTHORISATION_USED: (
        _("The authorisation %(number)s was used at an office"),
        _("If you know nothing of it, end the authorisation and call the hotline."),
    ),
    Kind.DOSSIER_CHANGED: (
        _("There is news of your declaration %(number)s"),
        _("Open it to see whether it is done, or what is still needed."),
    ),
    Kind.ANSWER_GIVEN: (_("Your question was answered"), _("Open it to read the answer.")),
    Kind.REMINDER_CARD: (
        _("The health insurance card ends on %(last_on)s"),
        _("Once the next contribution is paid, the new date shows on the card. If you change your job, ask there."),
    ),
    Kind.REMINDER_HOUSEHOLD: (
        _("The health insurance card of the household ends on %(last_on)s"),
        _("Renew it before: a break of more than 3 months ends the count of five years in a row."),
    ),
    Kind.REMINDER_VOLUNTARY: (
        _("Voluntary social insurance is paid until %(last_month)s"),
        _("Pay for the months after it, so that your time goes on without a gap."),
    ),
    Kind.REMINDER_OF_AGE: (
        _("18 years old on %(birthday_on)s"),
        _("From that day the account is the holder's alone. Have the holder's own phone number entered before."),
    ),
    Kind.VISIT_NEW: (
        _("A medical visit of yours was recorded"),
        _("If you were not there, say so on the page of the visit."),
    ),
}


def title(kind: str, facts: Mapping[str, Fact]) -> str:
    """Return the notice's first line, in the reader's language."""
    return _filled(TEXTS[Kind(kind)][0], facts)


def body(kind: str, facts: Mapping[str, Fact]) -> str:
    """Return the sentence under it."""
    return _filled(TEXTS[Kind(kind)][1], facts)


def _filled(text: Promise, facts: Mapping[str, Fact]) -> str:
    return str(text % {name: _shown(name, fact) for name, fact in facts.items()})


def _shown(name: str, fact: Fact) -> Fact:
    if not isinstance(fact, str):
        return fact
    if name.endswith("_on"):
        return f"{date.fromisoformat(fact):%d/%m/%Y}"
    if name.endswith("_at"):
        moment = datetime.fromisoformat(fact)
        return f"{localtime(moment) if is_aware(moment) else moment:%H:%M, %d/%m/%Y}"
    if name.endswith("_month"):
        return f"{fact[5:7]}/{fact[:4]}"
    return fact
