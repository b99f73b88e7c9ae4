"""The portal as an app on a telephone: its manifest, its service worker, the page for no network."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# What every page is drawn with, and the pages that work without network.
FILES = (
    "css/portal.css",
    "js/portal.js",
    "js/card-check.js",
    "js/keep-card.js",
    "img/icons.svg",
    "img/mark.svg",
    "img/app-192.png",
)
LIGHT = "#f2f7fb"
BLUE = "#0a5da5"


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C). Browsers ask for it without cookies, so its address names the language."""
    language = "en" if request.GET.get("lang") == "en" else "vi"
    with override(language):
        said = _manifest(language)
    return JsonResponse(said, content_type="application/manifest+json")


def _manifest(language: str) -> dict[str, object]:
    name = _("Social insurance portal") if settings.OPERATOR_NAME else _("Social insurance portal (demonstration)")
    png = {"type": "image/png", "purpose": "any"}
    return {
        "id": "/",
        "name": name,
        "short_name": "Cổng BHXH",
        "description": _("Your health insurance card, contributions, benefits and requests."),
        "lang": language,
        "dir": "ltr",
        "start_url": reverse(settings.LOGIN_REDIRECT_URL),
        "scope": "/",
        "display": "standalone",
        "background_color": LIGHT,
        "theme_color": BLUE,
        "icons": [
            {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            {"src": static("img/app-192.png"), "sizes": "192x192", **png},
            {"src": static("img/app-512.png"), "sizes": "512x512", **png},
            {"src": static("img/app-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
        "shortcuts": [
            {"name": _("Health insurance card"), "url": reverse("insurance:card")},
            {"name": _("Notices"), "url": reverse("accounts:notices")},
            {"name": _("Check a health insurance card"), "url": reverse("services:card-check")},
        ],
    }


@login_not_required
@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of all pages: what it keeps, then static/js/worker.js. It changes when any of that does."""
    return HttpResponse(_worker(), content_type="text/javascript")


@lru_cache(maxsize=1)
def _worker() -> str:
    """Return the script; made once a process."""
    files = [static(name) for name in FILES]
    script = static("js/worker.js")
    drawn = [_offline(language) for language, _name in settings.LANGUAGES]
    version = hashlib.sha256("\n".join([*files, script, *map(_changed, FILES), *drawn]).encode()).hexdigest()[:16]
    shell = {
        "version": version,
        "files": files,
        "pages": {"offline": reverse("offline"), "check": reverse("services:card-check")},
        "data": [reverse("insurance:jwks"), reverse("insurance:revoked")],
        "icon": static("img/app-192.png"),
    }
    return f"self.SHELL = {json.dumps(shell)};\nimportScripts({json.dumps(script)});\n"


def _changed(name: str) -> str:
    """When a file under a name that does not change with it was written; "" for hashed names."""
    if name in static(name):
        found = finders.find(name)
        return str(Path(found).stat().st_mtime_ns) if found else ""
    return ""


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page a browser shows when it reaches no network; the service worker fetched it before."""
    return HttpResponse(_offline(get_language() or "vi"))


def _offline(language: str) -> str:
    """Draw it without the request: it is kept, so it holds nothing of anybody."""
    with override(language):
        return loader.render_to_string("offline.html", {})
