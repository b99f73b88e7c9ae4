"""Rounds of the schedule; two at once share the work."""

from celery import shared_task
from django.utils import timezone

from vssid.webhooks import delivery, log


@shared_task(name="webhooks.deliver")
def deliver() -> int:
    """Send what is due."""
    return delivery.deliver(at=timezone.now())


@shared_task(name="webhooks.forget")
def forget() -> int:
    """Erase old events."""
    return log.forget(at=timezone.now())
