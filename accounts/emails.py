"""E-mails: the code that proves an address, and the notice to the old one. No address is ever logged."""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

log = logging.getLogger("vssid.emails")


def send_code(*, to: str, code: str, minutes: int) -> None:
    """Send the code that proves a new address; whoever gets none asks again."""
    body = _("%(code)s is your confirmation code. It works for %(minutes)d minutes. Never tell anyone this code.")
    _send(to, _("Confirmation code"), body % {"code": code, "minutes": minutes})


def tell_changed(*, to: str, at: datetime) -> None:
    """Tell the old address that another one has its place."""
    body = _("At %(time)s another e-mail address was entered in your account. If this was not you, call %(hotline)s.")
    time = f"{localtime(at):%H:%M %d/%m/%Y}"
    _send(to, _("Your e-mail address was changed"), body % {"time": time, "hotline": settings.OPERATOR_HOTLINE})


def _send(to: str, subject: str, body: str) -> None:
    """A server that is away must not undo what was done: the page says what to do when nothing comes."""
    try:
        send_mail(f"BHXHVN: {subject}", body, None, [to])
    except (OSError, SMTPException) as error:
        log.warning("an e-mail was not sent", extra={"error": type(error).__name__})
