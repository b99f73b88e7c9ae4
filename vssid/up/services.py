"""The portal's processes and their command lines, the same for `make run` and for the tests."""

from __future__ import annotations

import sys
from collections.abc import Mapping

WEB, WORKER, CODES, BEAT, SWEEPER, VNEID = "web", "worker", "codes", "beat", "sweeper", "vneid"
# Ctrl-C ends them in this order; PostgreSQL comes last.
STOP_ORDER = (WEB, WORKER, CODES, BEAT, SWEEPER, VNEID)
CODE_QUEUES, QUEUES = "otp", "notify,default"  # codes wait for no other work
WORKING = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def commands(variables: Mapping[str, str]) -> dict[str, list[str]]:
    """Command by process name. `variables` gives HOST, PORT, VNEID_PORT, VAR_DIR and REDIS_URL."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "vssid"]
    return {
        WEB: [python, "-m", "gunicorn", "vssid.wsgi", *_gunicorn(variables)],
        WORKER: [*celery, "worker", "--queues", QUEUES, "--concurrency", "2", "--hostname", "worker@%h", *WORKING],
        CODES: [*celery, "worker", "--queues", CODE_QUEUES, "--pool", "threads", "--concurrency", "8",
                "--hostname", "codes@%h", *WORKING],
        BEAT: [*celery, "beat", "--schedule", f"{variables['VAR_DIR']}/beat-schedule", "--pidfile="],
        SWEEPER: [python, "manage.py", "sweep"],
        VNEID: [python, "-m", "vssid.demo.vneid", "--port", variables["VNEID_PORT"]],
    }  # fmt: skip


def _gunicorn(variables: Mapping[str, str]) -> list[str]:
    # Without Redis the limits per address live in the process: one of them, with threads.
    processes = variables.get("WEB_CONCURRENCY") or ("2" if variables.get("REDIS_URL") else "1")
    return [
        "--bind", f"{variables['HOST']}:{variables['PORT']}",
        "--worker-class", "gthread",
        "--workers", processes,
        "--threads", "8",
        "--keep-alive", "5",
        "--timeout", "60",
        "--graceful-timeout", "8",
        "--no-control-socket",
        "--log-level", "warning",
    ]  # fmt: skip
