"""Checks of a deployment's settings: `manage.py check --deploy`, and two that hold for every start."""

import tempfile
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    # Names below .localhost stay on this machine too (RFC 6761).
    return host in _LOOPBACK or host.endswith(".localhost")


def outside_addresses() -> dict[str, str]:
    """Return the variables that name a gateway or an issuer, with their addresses, as far as they are in use."""
    backends = {settings.SMS_BACKEND, settings.SMS_FALLBACK_BACKEND}
    addresses = {"VNEID_ISSUER": settings.VNEID_ISSUER}
    if "http" in backends:
        addresses["SMS_HTTP_URL"] = settings.SMS_HTTP_URL
    if "twilio" in backends:
        addresses["TWILIO_API_BASE"] = settings.TWILIO_API_BASE or "https://api.twilio.com"
    return addresses


@register(Tags.security)
def outside_world(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A demonstration talks to this machine only; clear-text addresses outside it are refused."""
    found: list[CheckMessage] = []
    for name, url in outside_addresses().items():
        if _is_loopback(url):
            continue
        if settings.DEMO:
            found.append(Error(f"DEMO=1 beside a real {name}: made-up people must not reach it.", id="vssid.E001"))
        if urlsplit(url).scheme != "https":
            found.append(Error(f"{name} must be https:// (http:// is accepted on loopback only).", id="vssid.E002"))
    return found


@register(Tags.security)
def proxies(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """TRUSTED_PROXIES must be addresses or CIDRs."""
    try:
        for cidr in settings.TRUSTED_PROXIES:
            ip_network(cidr, strict=False)
    except ValueError:
        return [Error("TRUSTED_PROXIES must be a comma-separated list of addresses or CIDRs.", id="vssid.E003")]
    return []


@register(Tags.security, deploy=True)
def production(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """What a production deployment must have."""
    wanted = [
        (not settings.DEBUG, "DEBUG must be off.", "E010"),
        (settings.PUBLIC_BASE_URL.startswith("https://"), "PUBLIC_BASE_URL must be https://.", "E011"),
        (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE, "Cookies must be Secure.", "E012"),
        ("*" not in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS must name hosts.", "E013"),
        (_driver() == "psycopg2", "The database driver must be psycopg2.", "E014"),
        (_media_writable(), "MEDIA_STORAGE_URL: the folder cannot be written.", "E015"),
        (settings.SMS_BACKEND != "inbox" or settings.DEMO, "SMS_BACKEND=inbox sends nothing.", "E016"),
    ]
    # A demonstration may be looser: there is nobody whose data could leak.
    kind = Warning if settings.DEMO else Error
    found: list[CheckMessage] = [kind(text, id=f"vssid.{code}") for holds, text, code in wanted if not holds]
    if not settings.DATABASES["default"].get("CONN_MAX_AGE"):
        found.append(Warning("CONN_MAX_AGE is 0: each request opens a database connection.", id="vssid.W017"))
    if not settings.OPERATOR_NAME:
        found.append(Warning("OPERATOR_NAME is unset: each page says that this is a demonstration.", id="vssid.W018"))
    if settings.VNEID_DIALECT == "wrapped":
        text = "VNEID_DIALECT=wrapped: nobody signs the answers; each login by VNeID asks for a code by SMS as well."
        found.append(Warning(text, id="vssid.W019"))
    return found


def _media_writable() -> bool:
    """Return whether a file can be made in the folder; a bucket is asked at the first write, not here."""
    parts = urlsplit(settings.MEDIA_STORAGE_URL)
    if parts.scheme != "file":
        return parts.scheme == "s3"
    folder = Path(unquote(parts.path))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _driver() -> str:
    """Return the name of the driver in use: Django prefers psycopg 3 silently wherever it is installed."""
    return str(getattr(connections["default"], "Database").__name__)  # noqa: B009  (the stubs do not know it)
