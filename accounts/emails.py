"""E-mails: the code that proves an address, and the notice to the old one. No address is ever logged."""

import logging
from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

log = logging.getLogger("vssid.emails")


def send_code(*, to: str, code: str, minutes: int) -> None:
    """Send the code that proves a new address; whoever gets none asks again."""
    body = _("%(code)s is your confirmation code. It works for %(minutes)d minutes. Never tell anyone this code.")
    _send(to, _("Confirmation code"), body % {"code": code, "minutes": minutes})


def tell_changed(*, to: str, at: datetime) -> None:
    """Tell the old address that another one has its place."""
    body = _("At %(time)s another email address was entered in your account. If this was not you, call %(hotline)s.")
    time = f"{localtime(at):%H:%M %d/%m/%Y}"
    _send(to, _("Your email address was changed"), body % {"time": time, "hotline": settings.OPERATOR_HOTLINE})


def told(*, to: str, titles: Sequence[str], reference: str) -> EmailMessage:
    """Return the e-mail that names new notices by their titles; what they say is read on the portal.

    The same `reference` gives the same Message-ID, so that a mailbox can tell a letter that was sent twice.
    """
    subject = titles[0] if len(titles) == 1 else _("You have %(count)d new notices") % {"count": len(titles)}
    subject = " ".join(subject.split())  # a title holds names that people chose
    where = _("Log in to the portal and open “Notices” to read more. We never ask for a code or password by email.")
    how = _("Which notices come by email is chosen there.")
    body = "\n\n".join(["\n".join(titles), where, how, settings.PUBLIC_BASE_URL])
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(f"BHXHVN: {subject}", body, None, [to], headers={"Message-ID": f"<{reference}@{host}>"})


def sent(mail: EmailMessage) -> bool:
    """Send an e-mail and tell whether the server took it."""
    try:
        mail.send()
    except (OSError, SMTPException, ValueError) as error:  # the last: what cannot be written as an e-mail
        log.warning("an e-mail was not sent", extra={"error": type(error).__name__})
        return False
    return True


def _send(to: str, subject: str, body: str) -> None:
    """A server that is away must not undo what was done: the page says what to do when nothing comes."""
    sent(EmailMessage(f"BHXHVN: {subject}", body, None, [to]))
