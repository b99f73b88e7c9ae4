"""Celery's part: wake-ups that find their work in the outbox, safe to run twice; `wakeup` names their queues."""

import time

from celery import shared_task

from vssid.sms import authenticity, budget, delivery, wakeup
from vssid.sms.clock import database_now


@shared_task(name="sms.send_code")
def send_code(message_id: int) -> None:
    """Send one code, if nobody has."""
    delivery.deliver(message_id, at=database_now())


@shared_task(name="sms.drain")
def drain() -> None:
    """Send what is due except codes; what is left after some seconds gets another turn behind other tasks."""
    begun = time.monotonic()
    if delivery.drain(delivery.NOTICES, at=database_now()) and time.monotonic() - begun > delivery.DRAIN_SECONDS:
        wakeup.publish("sms.drain", queue="notify")


@shared_task(name="sms.forget_old")
def forget_old() -> None:
    """Erase what nobody needs any more: old reports of suspicious messages, counts of past budgets."""
    now = database_now()
    authenticity.forget(at=now)
    budget.clear_old(now)
