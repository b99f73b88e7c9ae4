"""Error reports to Sentry, when SENTRY_DSN is set: what broke and where, not for whom."""

from typing import Any

from vssid import environment as env
from vssid.ops.logs import redact


def start(dsn: str) -> None:
    """Begin reporting to `dsn`; ends the start with one line when the package (extra `deploy`) is missing."""
    try:
        import sentry_sdk
        from sentry_sdk.integrations.django import DjangoIntegration
    except ImportError:
        env.refuse("SENTRY_DSN", "needs the package sentry-sdk: pip install 'vssid-portal[deploy]'")
    sentry_sdk.init(
        dsn=dsn,
        integrations=[DjangoIntegration(transaction_style="function_name")],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        before_send=scrub,
    )


def scrub(event: Any, hint: Any = None) -> Any:
    """Return the event without request, user, host and extras, and with every long number of its texts replaced."""
    for part in ("request", "user", "server_name", "extra", "breadcrumbs"):
        event.pop(part, None)
    return _redacted(event)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _redacted(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(inner) for inner in value]
    return value
