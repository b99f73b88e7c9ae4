"""My data: asking for an archive of everything, and downloading it for a day."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import archives as actions
from accounts.models import DataArchive
from accounts.sessions import logged_in
from accounts.stepup import fresh_proof
from vssid.errors import NotFound

SHOWN = 10


@fresh_proof()
@require_http_methods(["GET", "HEAD", "POST"])
def archives(request: HttpRequest) -> HttpResponse:
    """Show the archives with their state; a POST asks for another one."""
    user, at = logged_in(request), timezone.now()
    if user.person_id is None:
        raise Http404
    if request.method == "POST":
        try:
            actions.ask_for_archive(user=user, language=get_language() or "vi", at=at)
        except actions.TooManyArchives as refused:
            messages.error(request, str(refused))
        return redirect("accounts:archives")
    rows = [_shown(one, at) for one in DataArchive.objects.filter(user=user).order_by("-pk")[:SHOWN]]
    context = {"rows": rows, "working": any(state == "making" for _one, state in rows), "most": actions.MOST_A_DAY}
    response = render(request, "accounts/account/archives.html", context)
    response["Cache-Control"] = "no-store"
    return response


@fresh_proof()
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand the file to its owner; another's and one past its day are not there."""
    try:
        file = actions.open_archive(user=logged_in(request), pk=pk, at=timezone.now())
    except NotFound as missing:
        raise Http404 from missing
    response = HttpResponse(file, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="du-lieu-cua-toi.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _shown(archive: DataArchive, at: datetime) -> tuple[DataArchive, str]:
    """Return the archive and what is true of it now: one past its day is gone before its file is erased."""
    state = archive.state
    if state == "requested":
        state = "making"
    if archive.expires_at is not None and archive.expires_at <= at:
        state = "gone"
    if state == "gone" and archive.made_at is None:
        state = "failed"
    return archive, state
