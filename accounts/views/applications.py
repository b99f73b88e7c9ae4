"""Ending what one allowed an application; the list is a section of the account page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import consents
from accounts.sessions import logged_in
from vssid.errors import NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest) -> HttpResponse:
    """End the consent of the button; no further proof is asked for taking something away."""
    if request.method != "POST":  # after a login in between
        return _back_to_the_list()
    try:
        key = str(UUID(request.POST.get("consent", "")))
    except ValueError:
        raise Http404 from None
    try:
        ended = consents.end(user=logged_in(request), key=key, at=timezone.now())
    except NotFound:
        messages.info(request, _("The access of this application had ended already."))
    else:
        messages.success(
            request, _("“%(name)s” can read nothing of yours any more.") % {"name": ended.application.name}
        )
    return _back_to_the_list()


def _back_to_the_list() -> HttpResponse:
    return redirect(reverse("accounts:account") + "#applications")
