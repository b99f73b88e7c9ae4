"""Dossiers of every kind whose citizen no message reaches, for the officers of their offices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.admin.desk import DossierDesk
from accounts.models import User
from accounts.permissions import may_see_dossiers


def rows(staff: User, *, at: datetime) -> list[dict[str, Any]]:
    """Return what `DossierDesk.not_arrived` says, over all desks, the newest message first."""
    desks = [desk for desk in admin.site._registry.values() if isinstance(desk, DossierDesk)]
    found = [row for desk in desks for row in desk.not_arrived(staff, at=at)]
    return sorted(found, key=lambda row: row["message"].created_at, reverse=True)


def page(request: HttpRequest) -> HttpResponse:
    """List them."""
    if not isinstance(request.user, User) or not may_see_dossiers(request.user):
        raise PermissionDenied
    context = {**admin.site.each_context(request), "rows": rows(request.user, at=timezone.now())}
    return TemplateResponse(request, "admin/unreachable.html", context)
