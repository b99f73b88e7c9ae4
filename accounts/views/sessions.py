"""One's own sessions: ending one or all others, and staying when the time runs out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import sessions as actions
from accounts.sessions import end_of_session, logged_in, stay
from vssid.errors import NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """End the session of the button, or all others; both are free of a further proof."""
    if request.method == "POST":
        user, at = logged_in(request), timezone.now()
        if handle := request.POST.get("session", ""):
            try:
                actions.end_session(user=user, handle=handle, at=at)
            except NotFound:
                messages.info(request, _("That session had ended already."))
            else:
                messages.success(request, _("The session is ended."))
        else:
            count = actions.end_others(user=user, keep=request.session.session_key, at=at)
            text = ngettext("%(count)d other session is ended.", "%(count)d other sessions are ended.", count)
            messages.success(request, text % {"count": count} if count else _("There was no other session."))
    return redirect(reverse("accounts:account") + "#sessions")


@require_POST
def extend(request: HttpRequest) -> JsonResponse:
    """Count as activity, ten times a session; answer the seconds that are left now."""
    more = stay(request, at=timezone.now())
    left = int((end_of_session(request, logged_in(request)) - timezone.now()).total_seconds())
    return JsonResponse({"left": left, "more": more}, status=200 if more is not None else 409)
