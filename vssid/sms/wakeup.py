"""Telling workers that there is something to send. Whoever commits a message waits for nobody: a thread publishes.

A code gets a task of its own. Everything else is drained in batches, so one task a tenth of a second is enough. A dead
broker costs that thread one time limit, then nothing for 30 s; the sweeper finds whatever was not announced.
"""

import atexit
import logging
import math
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
    """Publishes wake-ups one after the other, in one thread: beginning one for each took twice as long as publishing.

    `None` in its queue stands for "there are notices".
    """

    def __init__(self) -> None:
        super().__init__(name="sms-wakeup", daemon=True)
        self.queue: SimpleQueue[tuple[Celery, int | None]] = SimpleQueue()
        self.idle = threading.Event()
        self.gathering = False
        self.busy_since = math.inf

    def is_stuck(self) -> bool:
        """Whether the broker keeps it for too long: it is left behind then, and the sweeper finds what it still had."""
        return time.monotonic() - self.busy_since > LONGEST_PUBLISH

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
        while self.busy_since == math.inf:
            try:
                app, code = self.queue.get(timeout=None if drain_at is None else max(0.0, drain_at - time.monotonic()))
            except Empty:
                self.gathering = False
                self._publish(app, "sms.drain", [], "notify")
                drain_at = None
            else:
                if code is not None:
                    self._publish(app, "sms.send_code", [code], "otp")
                elif drain_at is None:
                    drain_at = time.monotonic() + GATHER
            if drain_at is None and self.queue.empty():
                self.idle.set()

    def _publish(self, app: Celery, task: str, args: list[int], queue: str) -> None:
        if time.monotonic() < _closed_until:
            return
        self.busy_since = time.monotonic()
        error = _send(app, task, args, queue)
        stuck = self.is_stuck()  # then another stands in this place, and this one ends
        if (error or stuck) and self is _announcer:
            _close(error or "timeout")
        if not stuck:
            self.busy_since = math.inf


_announcer: _Announcer | None = None
_lock = threading.Lock()


def wake(message_id: int, purpose: Purpose) -> None:
    """Ask for delivery: a code by a task of its own, everything else by one that drains what is due."""
    global _announcer
    if not _stands(_announcer):  # the first time, in a process that was forked, and when the broker fell silent
        with _lock:
            if not _stands(_announcer):
                if _announcer is not None and _announcer.is_alive():
                    _close("timeout")
                _announcer = _Announcer()
                _announcer.start()
    assert _announcer is not None
    _announcer.announce(message_id if purpose == Purpose.OTP else None)


def _stands(announcer: _Announcer | None) -> bool:
    return announcer is not None and announcer.is_alive() and not announcer.is_stuck()


@atexit.register
def flush() -> None:
    """Give what is not announced yet a moment."""
    if _announcer is not None and _announcer.is_alive():
        _announcer.idle.wait(LAST_MOMENT)


def publish(task: str, *, queue: str, args: list[int] | None = None) -> bool:
    """Publish a task; return False if the broker did not take it. The sweeper finds whatever was not announced.

    The broker's clients retry inside themselves (redis-py thrice, each with all time limits), so the limit is kept
    from outside: the publishing happens in a thread that is left behind when it takes too long.
    """
    if time.monotonic() < _closed_until:
        return False
    problems = ["timeout"]
    app = _app()

    def work() -> None:
        error = _send(app, task, args or [], queue)
        problems[:] = [error] if error else []

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(LONGEST_PUBLISH)
    if problems:
        _close(problems[-1])
    return not problems


def _app() -> Celery:
    return current_app._get_current_object()


def _send(app: Celery, task: str, args: list[int], queue: str) -> str:
    """Give a task to the broker; return what went wrong, "" for nothing."""
    try:
        # Celery would draw its arguments for a monitor that nobody has: a seventh of the time of sending.
        app.send_task(task, args=args, queue=queue, retry=False, ignore_result=True, argsrepr="", kwargsrepr="")
    except Exception as error:  # the message is safe in the outbox, whatever the broker's client raises
        return type(error).__name__
    return ""


def _close(error: str) -> None:
    """Leave the broker alone for a while."""
    global _closed_until
    _closed_until = time.monotonic() + BREAKER_SECONDS
    logger.warning("sms.broker_down", extra={"error": error})


def reset() -> None:
    """Forget that the broker was down."""
    global _closed_until
    _closed_until = 0.0
