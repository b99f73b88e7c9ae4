"""The sweeper: sends what no worker was woken for, without needing a broker."""

import logging
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from vssid.audit.chain import seal_events
from vssid.sms import delivery
from vssid.sms.clock import database_now
from vssid.sms.models import Purpose
from vssid.sms.reconcile import reconcile

logger = logging.getLogger(__name__)

# Touched each round: a container's health check looks at its age.
ALIVE = Path(tempfile.gettempdir()) / "vssid-sweeper.alive"
ALIVE_EVERY = 1.0
Work = Callable[[threading.Event], None]
SECONDS = 3.0  # of sending in one go, so that it ends soon when it is told to


class Command(BaseCommand):
    """Loops until SIGTERM or Ctrl-C; a fault of one round is logged and the next round comes."""

    help = "Sends due messages, asks about unclear ones and seals the audit log, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do everything once and end")
        parser.add_argument("--codes-every", type=float, default=5, help="seconds (default 5)")
        parser.add_argument("--notices-every", type=float, default=30, help="seconds (default 30)")
        parser.add_argument("--seal-every", type=float, default=60, help="seconds (default 60)")

    def handle(self, *args: Any, **options: Any) -> None:
        stop, notices = threading.Event(), threading.Event()

        def look_after_messages(stop: threading.Event) -> None:
            if look_after(stop):
                notices.set()  # some may have to be sent again

        def end(*_: Any) -> None:
            stop.set()
            notices.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        rounds: list[tuple[float, Work, threading.Event]] = [
            (options["codes_every"], send_codes, stop),
            (options["codes_every"], look_after_messages, stop),
            (options["notices_every"], send_notices, notices),
            (options["seal_every"], seal, stop),
        ]
        if options["once"]:
            for _, work, _ in rounds:
                work(stop)
            return
        # A thread for each: a gateway that hangs over notices keeps no code waiting.
        threads = [threading.Thread(target=_again_and_again, args=(*one, stop)) for one in rounds]
        for thread in threads:
            thread.start()
        while not stop.wait(ALIVE_EVERY) and all(thread.is_alive() for thread in threads):
            ALIVE.touch()
        stop.set()
        notices.set()
        for thread in threads:
            thread.join()


def send_codes(stop: threading.Event) -> None:
    """Send the codes that are due."""
    while not stop.is_set() and delivery.drain({Purpose.OTP}, at=database_now()):
        pass


def look_after(stop: threading.Event) -> int:
    """Ask about messages without an answer, take up reports that came too early, erase texts that have arrived."""
    looked_at = 0
    while not stop.is_set() and (number := reconcile(at=database_now())):
        looked_at += number
    return looked_at


def send_notices(stop: threading.Event) -> None:
    """Send everything else."""
    while not stop.is_set() and delivery.drain(delivery.NOTICES, at=database_now(), seconds=SECONDS):
        pass


def seal(stop: threading.Event) -> None:
    """Chain the audit events that wait."""
    while not stop.is_set() and seal_events(at=timezone.now()):
        pass


def _again_and_again(every: float, work: Work, sooner: threading.Event, stop: threading.Event) -> None:
    """Do the work every so many seconds, or at once when `sooner` is set."""
    while not stop.is_set():
        begun = time.monotonic()
        if sooner is not stop:
            sooner.clear()
            if stop.is_set():
                return
        _forgiving(work, stop)
        sooner.wait(max(0.05, begun + every - time.monotonic()))


def _forgiving(work: Work, stop: threading.Event) -> None:
    close_old_connections()
    try:
        work(stop)
    except Exception as error:  # the sweeper outlives a database restart and any bad row
        logger.error("sweep.failed", extra={"work": work.__name__, "error": type(error).__name__})
    finally:
        close_old_connections()
