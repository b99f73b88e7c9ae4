"""The account: how the portal reaches and recognises its owner."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import VNeIDLink
from accounts.sessions import BEGAN, METHOD, logged_in
from vssid.identifiers import mask_phone

METHODS = {"password": _("with the password"), "vneid": _("with VNeID")}


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show contacts, ways of logging in and this session."""
    user, session = logged_in(request), request.session
    began = datetime.fromtimestamp(session[BEGAN], UTC)
    context = {
        "phone": mask_phone(user.phone or ""),
        "email": mask_email(user.email or ""),
        "link": VNeIDLink.objects.filter(user=user).first(),
        "began": began,
        "method": METHODS.get(session.get(METHOD, ""), ""),
        "idle_minutes": settings.IDLE_SECONDS // 60,
        "most_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "accounts/account/account.html", context)


def mask_email(email: str) -> str:
    """Return an address with its name hidden but for the first sign."""
    name, at_sign, domain = email.partition("@")
    return f"{name[:1]}•••{at_sign}{domain}" if at_sign else ""
