"""Telling a worker that there is something to send. A dead broker costs one time limit, then nothing for 30 s."""

import logging
import time

from celery import current_app

from vssid.sms.models import Purpose

logger = logging.getLogger(__name__)

BREAKER_SECONDS = 30.0
_closed_until = 0.0


def wake(message_id: int, purpose: Purpose) -> None:
    """Ask for delivery: a code by a task of its own, everything else by one that drains what is due."""
    if purpose == Purpose.OTP:
        publish("sms.send_code", queue="otp", args=[message_id])
    else:
        publish("sms.drain", queue="notify")


def publish(task: str, *, queue: str, args: list[int] | None = None) -> bool:
    """Publish a task; return False if the broker did not take it. The sweeper finds whatever was not announced."""
    global _closed_until
    if time.monotonic() < _closed_until:
        return False
    try:
        current_app.send_task(task, args=args or [], queue=queue, retry=False, ignore_result=True)
    except Exception as error:  # the message is safe in the outbox, whatever the broker's client raises
        _closed_until = time.monotonic() + BREAKER_SECONDS
        logger.warning("sms.broker_down", extra={"error": type(error).__name__})
        return False
    return True


def reset() -> None:
    """Forget that the broker was down."""
    global _closed_until
    _closed_until = 0.0
