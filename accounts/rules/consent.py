"""For what personal data are processed with the applicant's consent (Law 91/2025/QH15).

VERSION names the text that was read, templates/accounts/registration/consent/<VERSION>.html: other words, another
version; earlier ones stay.
"""

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext_lazy as _

VERSION = "2026-11-22"
# Without these there is no account: one box for both.
NEEDED = ("identity", "account")


class OptionalPurpose(models.TextChoices):
    """What can be left out; nothing else depends on it."""

    REMINDERS = "reminders", _("Remind me by message before my health insurance card ends.")


def purposes(chosen: Collection[str]) -> list[str]:
    """Return what is consented to when these optional purposes are chosen; anything unknown is left out."""
    return [*NEEDED, *(str(purpose) for purpose in OptionalPurpose if purpose in chosen)]
