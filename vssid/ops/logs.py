"""Logs: one JSON line a record, joined by the request's id, without personal data.

What is logged: route names, statuses, durations, counts, opaque ids. Never: paths with their parameters, query strings,
user names, form data. `redact` is the last net under that rule, not the rule.
"""

import logging
import re
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter as BaseFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")

# BHXH codes, personal and telephone numbers, cards: 9 to 15 digits, maybe grouped by single spaces or no-break spaces.
_NUMBER = re.compile(r"(?<!\d)\d(?:[ \u00a0]?\d){8,14}(?!\d)")
_OWN = {"time", "level", "logger", "request_id", "route"}


def redact(text: str) -> str:
    """Return `text` with every run of 9 to 15 digits replaced by `[number]`."""
    return _NUMBER.sub("[number]", text)


class JsonFormatter(BaseFormatter):
    """Writes a record as one line of JSON. Line breaks and control characters inside values come out escaped."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", rename_fields={"levelname": "level", "name": "logger"})
        self.json_ensure_ascii = False

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; Django's and gunicorn's own messages lose the path they quote."""
        if record.name.startswith("django.request") or "request %s" in str(record.msg):
            record = logging.makeLogRecord({**record.__dict__, "msg": _without_path(str(record.msg)), "args": ()})
        return super().format(record)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Add time and request id; keep plain values only (a request or a form must not be written out)."""
        log_data["time"] = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z"
        super().add_fields(log_data, record, message_dict)
        if current := request_id.get():
            log_data["request_id"] = current
        for name, value in list(log_data.items()):
            if isinstance(value, str):
                log_data[name] = value if name in _OWN else redact(value)
            elif type(value) is int and abs(value) >= 10**8:
                log_data[name] = "[number]"
            elif not (value is None or isinstance(value, bool | int | float)):
                del log_data[name]

    @staticmethod
    def converter(seconds: float | None) -> Any:
        """Times of log lines are UTC."""
        import time

        return time.gmtime(seconds)


def _without_path(message: str) -> str:
    return message.replace(": %s", "").replace(" %s", "").replace("(%s)", "").strip()
