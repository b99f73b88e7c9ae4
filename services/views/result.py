"""The receipt of a request and the answer to a granted one, as documents with the address that checks them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.sessions import logged_in
from insurance.actions.statements import issue_statement
from services.models import ServiceRequest
from services.words import answered
from vssid.documents.pdf import render_pdf
from vssid.documents.qr import qr_svg


def result_file(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """Return the result as a tagged PDF. Raises as `_file`."""
    return _file(request, found, "result")


def receipt_file(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    """Return the receipt as a tagged PDF: what was filed, with whom, and by when it is answered. Raises as `_file`."""
    return _file(request, found, "receipt", papers=[paper.original_name for paper in found.papers.all()])


def _file(request: HttpRequest, found: ServiceRequest, name: str, **facts: Any) -> HttpResponse:
    """Draw `documents/<name>.html`; its code is kept with its SHA-256. Raises TooManyStatements, PdfUnavailable."""
    now, language = timezone.now(), get_language() or "vi"

    def draw(code: str) -> bytes:
        address = settings.PUBLIC_BASE_URL + reverse("insurance:statement-check", args=[code])
        context = {
            **facts,
            "one": found,
            "person": found.person,
            "procedure": found.procedure,
            "facts": answered(found.procedure, found.answers, masked=True),
            "at": now,
            "address": address,
            "code": "-".join(code[place : place + 5] for place in range(0, len(code), 5)),
            "qr": qr_svg(address, label=_("Address of the page that checks this document")),
        }
        return render_pdf(f"documents/{name}.html", context, language=language)

    file = issue_statement(
        person_id=found.person_id, draw=draw, by=logged_in(request).actor, at=now, file=f"request-{name}.pdf"
    )
    response = HttpResponse(file, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.url_number}-{name}.pdf"'
    return response
