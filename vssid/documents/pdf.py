"""Printable documents: a Django template rendered as tagged PDF (variant PDF/UA-1) by WeasyPrint.

Templates extend `documents/base.html`, which sets language, title and the print style sheet.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from vssid.errors import DomainError

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse


class PdfUnavailable(DomainError):
    """The system library that draws text (Pango) is missing on this machine."""

    code = "pdf_unavailable"
    status = 503
    message = _("The PDF cannot be made at the moment. You can print this page instead.")


def render_pdf(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """Return `template` filled with `context` as PDF, its text and /Lang in `language` (`vi` or `en`).

    Reads static files only; anything else the template points at raises `ValueError`.
    Raises `PdfUnavailable` when Pango is not installed.
    """
    # Pango and the package's 0.4 s are loaded where a PDF is wanted, not at the start of every process.
    try:
        from weasyprint import HTML
        from weasyprint.urls import FatalURLFetchingError
    except OSError as missing:
        raise PdfUnavailable from missing
    with translation.override(language):
        facts = {"language": language, "operator_name": settings.OPERATOR_NAME, **context}
        html = render_to_string(template, facts)
    document = HTML(string=html, base_url=f"{settings.PUBLIC_BASE_URL}/", url_fetcher=_static_only())
    try:
        pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as outside:  # no Exception: it would end the web process
        raise ValueError(str(outside)) from None
    return pdf


def _static_only() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    root = urljoin(f"{settings.PUBLIC_BASE_URL}/", settings.STATIC_URL)

    class StaticOnly(URLFetcher):
        """Answers addresses below STATIC_URL from disk; never opens a connection."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> "URLFetcherResponse":
            path = _static_path(unquote(url.removeprefix(root))) if url.startswith(root) else None
            if path is None:
                raise FatalURLFetchingError("A document may use static files only")
            kinds = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}
            return URLFetcherResponse(
                url, path.read_bytes(), {"Content-Type": kinds.get(path.suffix, "application/octet-stream")}
            )

    return StaticOnly()


def _static_path(name: str) -> Path | None:
    """Return the file of a static name: collected (production, hashed name) or beside the sources."""
    try:
        if staticfiles_storage.exists(name):
            return Path(staticfiles_storage.path(name))
        found = finders.find(name)
    except SuspiciousFileOperation:
        return None
    return Path(found) if isinstance(found, str) else None
