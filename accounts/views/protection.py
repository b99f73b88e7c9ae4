"""The history of one's account, "this was not me", and freezing it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import credentials
from accounts.actions import own_account as actions
from accounts.rules.history_words import Line, line
from accounts.sessions import logged_in
from accounts.stepup import fresh_proof
from vssid.audit.models import AuditEvent

PAGE = 30


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Tell what happened with the account, newest first."""
    entries = actions.history_of(logged_in(request))
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/account/history_page.html", {"page": page, "history": lines(page)})


@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, key: int) -> HttpResponse:
    """Ask, then end everything that could be somebody else's, and say how to come back."""
    user = logged_in(request)
    entry = get_object_or_404(actions.history_of(user), pk=key)
    told = lines([entry])[0]
    if request.method != "POST" or not told.disputable:
        return render(request, "accounts/account/not_me.html", {"entry": told})
    linked = hasattr(user, "vneid_link")
    actions.disown(user=user, key=key, at=timezone.now())
    logout(request)
    cooling = credentials.is_cooling(user, at=timezone.now())  # the phone on file may be another's
    ways = {"linked": linked, "phone": bool(user.phone) and not cooling, "cooling": cooling}
    return render(request, "accounts/account/secured.html", ways)


@fresh_proof()
@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest) -> HttpResponse:
    """Ask, then freeze the account and say how it opens again."""
    user = logged_in(request)
    linked = hasattr(user, "vneid_link")
    if request.method != "POST":
        return render(request, "accounts/account/freeze.html", {"linked": linked})
    actions.freeze_own(user=user, at=timezone.now())
    logout(request)
    return render(request, "accounts/account/frozen.html", {"linked": linked})


def lines(entries: Iterable[AuditEvent]) -> list[Line]:
    """Return audit rows as sentences."""
    return [line(key=one.pk, at=one.at, event=one.event, actor=one.actor, facts=one.facts) for one in entries]
