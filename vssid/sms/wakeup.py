"""Telling a worker that there is something to send. A dead broker costs one time limit, then nothing for 30 s.

The broker's clients retry inside themselves (redis-py thrice, each with all time limits), so the limit is kept from
outside: the publishing happens in a thread that is left behind when it takes too long.
"""

import logging
import threading
import time

from celery import Celery, current_app

from vssid.sms.models import Purpose

logger = logging.getLogger(__name__)

BREAKER_SECONDS = 30.0
LONGEST_PUBLISH = 4.0
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
    app, problems = current_app._get_current_object(), ["timeout"]
    work = threading.Thread(target=_publish, args=(app, task, args or [], queue, problems), daemon=True)
    work.start()
    work.join(LONGEST_PUBLISH)
    if problems:
        _closed_until = time.monotonic() + BREAKER_SECONDS
        logger.warning("sms.broker_down", extra={"error": problems[-1]})
    return not problems


def _publish(app: Celery, task: str, args: list[int], queue: str, problems: list[str]) -> None:
    """Empty `problems` once the broker has the task, or say there what went wrong."""
    try:
        app.send_task(task, args=args, queue=queue, retry=False, ignore_result=True)
        problems.clear()
    except Exception as error:  # the message is safe in the outbox, whatever the broker's client raises
        problems.append(type(error).__name__)


def reset() -> None:
    """Forget that the broker was down."""
    global _closed_until
    _closed_until = 0.0
