"""Telling workers that there is something to send. Whoever commits a message waits for nobody: a thread publishes.

A code gets a task of its own. Everything else is drained in batches, so one task a tenth of a second is enough. A dead
broker costs that thread one time limit, then nothing for 30 s; the sweeper finds whatever was not announced.
"""

import atexit
import logging
import threading
import time
from queue import Empty, SimpleQueue

from celery import Celery, current_app

from vssid.sms.models import Purpose

logger = logging.getLogger(__name__)

BREAKER_SECONDS = 30.0
LONGEST_PUBLISH = 4.0
GATHER = 0.1  # seconds in which notices share a task
LAST_MOMENT = 2.0  # seconds that a process which ends gives to what it has not announced yet
_closed_until = 0.0


class _Announcer(threading.Thread):
    """Publishes wake-ups one after the other. `None` in its queue stands for "there are notices"."""

    def __init__(self) -> None:
        super().__init__(name="sms-wakeup", daemon=True)
        self.queue: SimpleQueue[tuple[Celery, int | None]] = SimpleQueue()
        self.idle = threading.Event()
        self.gathering = False

    def announce(self, code: int | None) -> None:
        if code is None:
            if self.gathering:  # the task that is to come finds this one too; waking the thread costs 0.1 ms
                return
            self.gathering = True
        self.idle.clear()
        self.queue.put((_app(), code))  # Celery's current application belongs to the thread

    def run(self) -> None:
        drain_at: float | None = None
        app = _app()
        while True:
            try:
                app, code = self.queue.get(timeout=None if drain_at is None else max(0.0, drain_at - time.monotonic()))
            except Empty:
                self.gathering = False
                publish("sms.drain", queue="notify", app=app)
                drain_at = None
            else:
                if code is not None:
                    publish("sms.send_code", queue="otp", args=[code], app=app)
                elif drain_at is None:
                    drain_at = time.monotonic() + GATHER
            if drain_at is None and self.queue.empty():
                self.idle.set()


_announcer: _Announcer | None = None
_lock = threading.Lock()


def wake(message_id: int, purpose: Purpose) -> None:
    """Ask for delivery: a code by a task of its own, everything else by one that drains what is due."""
    global _announcer
    if _announcer is None or not _announcer.is_alive():  # the first time, and in a process that was forked
        with _lock:
            if _announcer is None or not _announcer.is_alive():
                _announcer = _Announcer()
                _announcer.start()
    _announcer.announce(message_id if purpose == Purpose.OTP else None)


@atexit.register
def flush() -> None:
    """Give what is not announced yet a moment."""
    if _announcer is not None and _announcer.is_alive():
        _announcer.idle.wait(LAST_MOMENT)


def publish(task: str, *, queue: str, args: list[int] | None = None, app: Celery | None = None) -> bool:
    """Publish a task; return False if the broker did not take it. The sweeper finds whatever was not announced.

    The broker's clients retry inside themselves (redis-py thrice, each with all time limits), so the limit is kept
    from outside: the publishing happens in a thread that is left behind when it takes too long.
    """
    global _closed_until
    if time.monotonic() < _closed_until:
        return False
    problems = ["timeout"]
    work = threading.Thread(target=_publish, args=(app or _app(), task, args or [], queue, problems), daemon=True)
    work.start()
    work.join(LONGEST_PUBLISH)
    if problems:
        _closed_until = time.monotonic() + BREAKER_SECONDS
        logger.warning("sms.broker_down", extra={"error": problems[-1]})
    return not problems


def _app() -> Celery:
    return current_app._get_current_object()


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
