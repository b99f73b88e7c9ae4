"""Several dossiers at once: chosen in the queue, looked through on a page of its own, approved, told one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.admin.queue import Desk
from accounts.dossiers.bulk import Candidate, Outcome
from accounts.models import User
from accounts.permissions import may_decide
from vssid.errors import DomainError

CHOSEN = re.compile(r"(\d{1,18})\.(\d{1,9})")
RESULT = "bulk_result"


class Bulk(Protocol):
    """What is done with the chosen dossiers of one kind."""

    def look_through(self, *, keys: Sequence[int], by: User, at: datetime) -> list[Candidate[Any]]: ...
    def approve_chosen(self, *, chosen: Sequence[tuple[int, int]], by: User, at: datetime) -> list[Outcome]: ...


@dataclass(frozen=True)
class BulkPages:
    """The pages of one kind of dossier; `name` begins the names of its routes, `desk` is its list."""

    actions: Bulk
    desk: Desk[Any]
    name: str

    def urls(self) -> list[URLPattern]:
        """Return the pages' addresses, behind the back office's door."""
        wrap = admin.site.admin_view
        return [
            path("bulk/", wrap(require_POST(self.look_through)), name=f"{self.name}_bulk"),
            path("bulk/approve/", wrap(require_POST(self.approve)), name=f"{self.name}_bulk_approve"),
            path("bulk/result/", wrap(require_safe(self.result)), name=f"{self.name}_bulk_result"),
        ]

    def look_through(self, request: HttpRequest) -> HttpResponse:
        """Show how many of the chosen dossiers can be approved together, and why the others cannot."""
        staff, chosen = _decider(request), _chosen(request)
        if chosen is None:
            return HttpResponseBadRequest()
        try:
            keys = [key for key, _version in chosen]
            candidates = self.actions.look_through(keys=keys, by=staff, at=timezone.now())
        except DomainError as error:
            return self._refused(request, error)
        good = [(one.dossier, self.desk.cells(one.dossier)) for one in candidates if not one.why_not]
        left = [one for one in candidates if one.why_not]
        return self._page(request, "admin/bulk.html", good=good, left=left)

    def approve(self, request: HttpRequest) -> HttpResponse:
        """Approve what was looked through; the result is a page of its own, so that a reload does nothing."""
        staff, chosen = _decider(request), _chosen(request)
        if not chosen:
            return HttpResponseBadRequest()
        try:
            outcomes = self.actions.approve_chosen(chosen=chosen, by=staff, at=timezone.now())
        except DomainError as error:
            return self._refused(request, error)
        request.session[RESULT] = [[one.key, one.number, one.error] for one in outcomes]
        return HttpResponseRedirect(reverse(f"admin:{self.name}_bulk_result"))

    def result(self, request: HttpRequest) -> HttpResponse:
        """Tell what became of each dossier of the last approval."""
        _decider(request)
        outcomes = request.session.get(RESULT, [])
        done = sum(not error for _key, _number, error in outcomes)
        return self._page(request, "admin/bulk_result.html", outcomes=outcomes, done=done)

    def _refused(self, request: HttpRequest, error: DomainError) -> HttpResponse:
        if error.status == 404:
            raise Http404 from error
        return self._page(request, "admin/bulk.html", status=error.status, error=str(error))

    def _page(self, request: HttpRequest, template: str, status: int = 200, **more: Any) -> HttpResponse:
        routes = {name: f"admin:{self.name}_{name}" for name in ("changelist", "change", "bulk_approve")}
        context = {**admin.site.each_context(request), "desk": self.desk, "route": routes, **more}
        return TemplateResponse(request, template, context, status=status)


def _chosen(request: HttpRequest) -> list[tuple[int, int]] | None:
    """Return key and version of each dossier that was ticked, None when they were not written by the queue."""
    matches = [CHOSEN.fullmatch(value) for value in request.POST.getlist("chosen")]
    if None in matches:
        return None
    return [(int(match[1]), int(match[2])) for match in matches if match]


def _decider(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not may_decide(user):
        raise Http404
    return user
