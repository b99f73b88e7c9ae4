"""What a browser calls itself, in words: enough to recognise one's own telephone, no more is kept."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

# The first mark that occurs decides: many browsers also carry the names of others.
BROWSERS: tuple[tuple[str, str], ...] = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("coc_coc", "Cốc Cốc"),
    ("Zalo", "Zalo"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: tuple[tuple[str, str], ...] = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
UNKNOWN: Promise = gettext_lazy("A browser we do not know")


def device_of(user_agent: str) -> str:
    """Return "browser|system" from closed lists for a User-Agent header; either may be empty."""
    return f"{_first(BROWSERS, user_agent)}|{_first(SYSTEMS, user_agent)}"


def words_for(device: str) -> str:
    """Return a device as people say it: "Chrome on Android"."""
    browser, _bar, system = device.partition("|")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or str(UNKNOWN)


def way_in(method: str) -> str:
    """Return how somebody logged in, to stand after the time."""
    return str(WAYS.get(method, ""))


WAYS = {
    "password": _("with the password"),
    "vneid": _("with VNeID"),
    "passkey": _("with a passkey"),
    "totp": _("with the password and the authenticator"),
}


def _first(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in marks if mark in text), "")
