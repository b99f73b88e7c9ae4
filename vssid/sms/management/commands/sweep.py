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
from vssid.sms.models import Purpose

logger = logging.getLogger(__name__)

# Touched each round: a container's health check looks at its age.
ALIVE = Path(tempfile.gettempdir()) / "vssid-sweeper.alive"


class Command(BaseCommand):
    """Loops until SIGTERM or Ctrl-C; a fault of one round is logged and the next round comes."""

    help = "Sends due messages, asks about unclear ones and seals the audit log, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do everything once and end")
        parser.add_argument("--codes-every", type=float, default=5, help="seconds (default 5)")
        parser.add_argument("--notices-every", type=float, default=30, help="seconds (default 30)")
        parser.add_argument("--seal-every", type=float, default=60, help="seconds (default 60)")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        rounds: list[tuple[float, Callable[[threading.Event], None]]] = [
            (options["codes_every"], send_codes),
            (options["notices_every"], send_notices),
            (options["seal_every"], seal),
        ]
        if options["once"]:
            for _, work in rounds:
                work(stop)
            return
        due = {work: time.monotonic() for _, work in rounds}
        while not stop.is_set():
            ALIVE.touch()
            for every, work in rounds:
                if time.monotonic() >= due[work] and not stop.is_set():
                    _forgiving(work, stop)
                    due[work] = time.monotonic() + every
            stop.wait(max(0.05, min(due.values()) - time.monotonic()))


def send_codes(stop: threading.Event) -> None:
    """Send the codes that are due and ask about those without an answer."""
    while not stop.is_set() and delivery.drain({Purpose.OTP}, at=timezone.now()):
        pass
    delivery.reconcile(at=timezone.now())


def send_notices(stop: threading.Event) -> None:
    """Send everything else, a batch at a time, with the codes that came in between first."""
    while not stop.is_set() and delivery.drain(delivery.NOTICES, at=timezone.now()):
        delivery.drain({Purpose.OTP}, at=timezone.now())


def seal(stop: threading.Event) -> None:
    """Chain the audit events that wait."""
    while not stop.is_set() and seal_events(at=timezone.now()):
        pass


def _forgiving(work: Callable[[threading.Event], None], stop: threading.Event) -> None:
    close_old_connections()
    try:
        work(stop)
    except Exception as error:  # the sweeper outlives a database restart and any bad row
        logger.error("sweep.failed", extra={"work": work.__name__, "error": type(error).__name__})
    finally:
        close_old_connections()
