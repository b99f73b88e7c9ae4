"""Processes that send, for tests that end them: `python -m tests.faults.senders [--number 2] [--kill-every SECONDS]`.

Each child does without end what worker and sweeper do. With `--kill-every` one of them is killed with signal 9 every so
many seconds and another takes its place. SIGTERM ends them in order; then the number of kills is printed.
"""

import argparse
import os
import signal
import sys
import threading

SIDE_BY_SIDE = 16  # so many that a round takes some seconds


def send(stop: threading.Event) -> None:
    """Send what is due and look after what is unclear until told to end; a database that is away is waited for."""
    from django.db import InterfaceError, OperationalError, connections

    from vssid.sms import delivery
    from vssid.sms.clock import database_now
    from vssid.sms.models import Purpose
    from vssid.sms.reconcile import reconcile

    while not stop.is_set():
        try:
            delivery.drain({Purpose.OTP}, at=database_now(), limit=SIDE_BY_SIDE)
            delivery.drain(delivery.NOTICES, at=database_now(), limit=SIDE_BY_SIDE)
            reconcile(at=database_now())
        except (OperationalError, InterfaceError) as error:
            print(f"sender: {error}", file=sys.stderr, flush=True)  # noqa: T201
            connections.close_all()
        stop.wait(0.05)


def child() -> int:
    """Start a sender of its own; return its process id."""
    # A SIGTERM in the child's first moment would be taken by the parent's handler there, and be lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        return pid
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    try:
        send(stop)
    finally:
        os._exit(0)


def main() -> None:
    """Keep so many senders running."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=2)
    parser.add_argument("--kill-every", type=float)
    options = parser.parse_args()
    import django

    django.setup()
    from vssid.sms import twilio  # noqa: F401  # a child that has just begun sends at once

    stop = threading.Event()
    children = [child() for _ in range(options.number)]
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print("sending", flush=True)  # noqa: T201
    kills = 0
    while not stop.wait(options.kill_every or 1.0):
        if options.kill_every:
            killed = children.pop(0)
            os.kill(killed, signal.SIGKILL)
            os.waitpid(killed, 0)
            kills += 1
            children.append(child())
    for pid in children:
        os.kill(pid, signal.SIGTERM)
    for pid in children:
        os.waitpid(pid, 0)
    print(kills, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
