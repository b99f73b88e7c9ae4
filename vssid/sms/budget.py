"""How many messages may leave in an hour and a day (SMS_BUDGET_HOUR, SMS_BUDGET_DAY): a flood of codes costs money.

A fifth is kept for login data: when the rest is spent no code is sent and notices wait. At 70 % somebody is called.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from vssid.errors import DomainError
from vssid.sms.models import Spent

logger = logging.getLogger(__name__)

ALARM_AT = 0.7
KEPT_FOR_CREDENTIALS = 0.2


class BudgetSpent(DomainError):
    """No more codes can be sent for now."""

    code = "sms_budget_spent"
    status = 503
    message = _("We cannot send codes for now. Try again in a few minutes.")


def left(at: datetime, *, credentials: bool = False) -> int | None:
    """Return how many more messages may leave now, None without a budget."""
    limits = _limits()
    if not limits:
        return None
    spans = _spans(at)
    spent = {
        row.span: row.messages for row in Spent.objects.filter(since__in=spans.values()) if spans[row.span] == row.since
    }
    share = 1.0 if credentials else 1.0 - KEPT_FOR_CREDENTIALS
    return max(0, min(int(limit * share) - spent.get(span, 0) for span, limit in limits.items()))


def check(at: datetime) -> None:
    """Raise BudgetSpent when no code may be sent now."""
    if left(at) == 0:
        raise BudgetSpent


def spend(messages: int, at: datetime) -> None:
    """Count messages that are handed over, in the transaction that claims them; past 70 % an alarm is logged once."""
    limits = _limits()
    for span, since in _spans(at).items() if limits else ():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO sms_spent AS spent (span, since, messages) VALUES (%s, %s, %s) ON CONFLICT (span, since) "
                "DO UPDATE SET messages = spent.messages + excluded.messages RETURNING messages",
                [span, since, messages],
            )
            (total,) = cursor.fetchone()
        threshold = limits[span] * ALARM_AT if span in limits else total + 1
        if total - messages < threshold <= total:
            logger.critical("sms.budget", extra={"span": span, "spent": total, "limit": limits[span]})


def clear_old(at: datetime) -> None:
    """Forget counts that no budget needs any more."""
    Spent.objects.filter(since__lt=at - timedelta(days=35)).delete()


def _limits() -> dict[str, int]:
    named = {"hour": settings.SMS_BUDGET_HOUR, "day": settings.SMS_BUDGET_DAY}
    return {span: limit for span, limit in named.items() if limit}


def _spans(at: datetime) -> dict[str, datetime]:
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return {"hour": hour, "day": hour.replace(hour=0)}
