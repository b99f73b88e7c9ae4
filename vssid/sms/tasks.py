"""Celery's part: wake-ups that find their work in the outbox, safe to run twice; `wakeup` names their queues."""

import time

from celery import shared_task
from django.utils import timezone

from vssid.sms import delivery, wakeup

DRAIN_SECONDS = 10.0  # well inside the tasks' time limit


@shared_task(name="sms.send_code")
def send_code(message_id: int) -> None:
    """Send one code, if nobody has."""
    delivery.deliver(message_id, at=timezone.now())


@shared_task(name="sms.drain")
def drain() -> None:
    """Send what is due except codes; what is left after some seconds gets another turn behind other tasks."""
    until = time.monotonic() + DRAIN_SECONDS
    while delivery.drain(delivery.NOTICES, at=timezone.now()):
        if time.monotonic() > until:
            wakeup.publish("sms.drain", queue="notify")
            return


@shared_task(name="sms.reconcile")
def reconcile() -> None:
    """Ask about messages whose answer is missing."""
    delivery.reconcile(at=timezone.now())
