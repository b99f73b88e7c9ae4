"""Gunicorn's settings for a deployment: `gunicorn --config python:vssid.ops.gunicorn vssid.wsgi`.

WEB_CONCURRENCY (gunicorn's own variable) says how many processes; each answers `threads` requests at a time.
"""

import os
import shutil
import tempfile
from typing import Any

worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 25
keepalive = 75  # longer than the proxy keeps an idle connection
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True  # the root file system is read-only
forwarded_allow_ips = ""  # forwarded headers are judged by TRUSTED_PROXIES in the application
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "vssid.ops.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["console"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True, "handlers": []}},
}

# Processes count into files, so that /metrics sums them up; set before the application is loaded.
_counts = tempfile.mkdtemp(prefix="vssid-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a process that ended."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Take the counts' files away."""
    shutil.rmtree(_counts, ignore_errors=True)
