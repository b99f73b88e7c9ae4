"""What any kind of dossier is in the back office: its queue, its holder, its notes, decisions and their taking back.

A kind subclasses `DossierDesk` and adds its page and its decisions. What is outside the officer's offices is a 404.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import queue
from accounts.admin.bulk import Bulk, BulkPages
from accounts.dossiers import leases, reopening, resending
from accounts.dossiers.models import DossierStatus
from accounts.dossiers.resending import Told
from accounts.forms.review import NoteForm
from accounts.models import User
from accounts.permissions import may_decide, may_see_dossiers, may_supervise
from vssid.errors import DomainError, TooMany

STATES = {
    DossierStatus.SUBMITTED: ("reviewing", gettext_lazy("To be decided")),
    DossierStatus.RETURNED: ("waiting", gettext_lazy("Waiting for the citizen")),
    DossierStatus.APPROVED: ("done", gettext_lazy("Approved")),
    DossierStatus.REJECTED: ("refused", gettext_lazy("Refused")),
    DossierStatus.CANCELLED: ("withdrawn", gettext_lazy("Cancelled")),
    DossierStatus.WITHDRAWN: ("withdrawn", gettext_lazy("Withdrawn")),
}
ROUTES = (
    "changelist", "change", "approve", "return", "reject", "take", "release", "note", "resend", "reopen", "bulk",
)  # fmt: skip


class Resending(Protocol):
    """How one kind sends a message again: a module with these functions."""

    def resend(self, *, dossier_id: int, by: User, at: datetime) -> None:
        """Send the newest message about a dossier once more."""

    def told(self, dossier: Any, /) -> Told | None:
        """Return what is said of a dossier as it stands; None when nothing is."""


class DossierDesk(admin.ModelAdmin):
    """Dossiers of the officer's offices: list, look, decide; nothing is edited."""

    desk: ClassVar[queue.Desk[Any]]
    bulk: ClassVar[Bulk]
    resending: ClassVar[Resending]
    # The action that puts a decided dossier back into the queue, a static method.
    reopening: ClassVar[Callable[..., Any]]
    # What is said after a decision, by the state it led to.
    said: ClassVar[Mapping[DossierStatus, Any]]
    related: ClassVar[tuple[str, ...]] = ("person", "office", "holder")

    @property
    def name(self) -> str:
        """How the names of its routes begin."""
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def route(self, action: str) -> str:
        """The name of one of its routes."""
        return f"admin:{self.name}_{action}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the dossiers of the officer's offices, without drafts."""
        assert isinstance(request.user, User)
        return self.model._default_manager.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the queue is on this person's start page."""
        return isinstance(request.user, User) and may_see_dossiers(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether dossiers may be seen; which ones is the queryset's affair."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Citizens make dossiers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is edited by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Retention deletes, not people."""
        return False

    def desk_urls(self) -> list[URLPattern]:
        """What every kind has; `page`, `approve`, `give_back` and `reject` are the kind's own."""
        wrap = self.admin_site.admin_view
        acts: dict[str, Callable[..., HttpResponse]] = {
            "approve": self.posted(self.approve),
            "return": self.give_back,
            "reject": self.reject,
            "take": self.posted(self.take),
            "release": self.posted(self.release),
            "note": self.posted(self.note),
            "resend": self.posted(self.resend),
            "reopen": self.posted(self.reopen),
        }
        return [
            path("", wrap(self.changelist_view), name=f"{self.name}_changelist"),
            path("<int:pk>/change/", wrap(self.page), name=f"{self.name}_change"),
            *(path(f"<int:pk>/{act}/", wrap(view), name=f"{self.name}_{act}") for act, view in acts.items()),
            *BulkPages(self.bulk, self.desk, self.name).urls(),
        ]

    def posted(self, act: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Take an act by POST alone; who only opens its address, as after a login in between, sees the dossier."""

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            return act(request, pk) if request.method == "POST" else self._back(pk)

        return view

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue; a search is a POST that leads to its address."""
        assert isinstance(request.user, User)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return HttpResponseRedirect(f"?{queue.address_of(request.POST)}")
        asked, now = queue.Asked.of(request.GET, self.desk), timezone.now()
        offices = queue.own_offices(request.user)
        codes = [code for code, _name in offices]
        page = queue.page_of(self.desk, asked, request.user, codes, now)
        context = {
            **self.admin_site.each_context(request),
            "desk": self.desk,
            "route": self._routes(),
            "asked": asked,
            "rows": [self._row(dossier, request.user, now) for dossier in page.rows],
            "page": page,
            "tabs": queue.tab_links(self.desk, asked, codes),
            "offices": offices,
            "sort_choices": self.desk.sorts(),
            "holder_choices": queue.HOLDERS.items(),
            "term_choices": queue.TERMS.items(),
            "may_choose": may_decide(request.user) and not asked.tab,
            "empty_words": queue.empty_words(asked),
        }
        return TemplateResponse(request, "admin/queue.html", context)

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show one dossier; each view is written down."""
        raise NotImplementedError

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve and go back to the queue."""
        raise NotImplementedError

    def give_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return with reasons, which a page of its own asks for."""
        raise NotImplementedError

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse with a reason of the catalogue, which a page of its own asks for."""
        raise NotImplementedError

    def not_arrived(self, staff: User, *, at: datetime) -> list[dict[str, Any]]:
        """Return the dossiers whose newest message did not arrive: dossier, address of its page, message, cells."""
        visible = self.model._default_manager.visible_to(staff).select_related(*self.related, "person__user")
        found = resending.not_arrived(visible, at=at)
        return [
            {"dossier": dossier, "url": reverse(self.route("change"), args=[dossier.pk]), "message": message,
             **self.desk.cells(dossier)}
            for dossier, message in found
        ]  # fmt: skip

    def shared_context(self, request: HttpRequest, dossier: Any) -> dict[str, Any]:
        """What the pages of all kinds say of holder, term, notes, decisions and the time to take one back."""
        staff, now = self._staff(request), timezone.now()
        holder = leases.holder_of(dossier, now)
        waits = may_decide(staff) and dossier.status == DossierStatus.SUBMITTED
        sent = list(resending.messages_about(dossier).order_by("-created_at", "-pk"))
        return {
            **self.admin_site.each_context(request),
            "route": self._routes(),
            "dossier": dossier,
            "title": dossier.number,
            "mine": holder == staff,
            "other_holder": holder if holder != staff else None,
            "term": queue.term(dossier, timezone.localdate(now)),
            "notes": list(dossier.notes.select_related("author").order_by("created_at", "pk")),
            "note_form": NoteForm(),
            "may_take": waits,
            "may_decide": waits and holder in {None, staff},
            "may_note": may_decide(staff),
            "may_supervise": may_supervise(staff),
            "messages_sent": sent,
            "not_arriving": resending.is_lost(sent[0]) if sent else False,
            "may_send_again": may_decide(staff) and self.resending.told(dossier) is not None,
            **queue.place_of(dossier, staff, now),
            "reopen_minutes": reopening.minutes_left(dossier, at=now) if may_supervise(staff) else 0,
        }

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hold a dossier for this officer; a supervisor may take it from another one."""
        user, over = self._decider(request), "over" in request.POST
        if over and not may_supervise(user):
            raise Http404
        try:
            leases.take(dossier=self._dossier(request, pk), by=user, at=timezone.now(), over=over)
        except DomainError as error:
            return self._refused(request, pk, error)
        return self._back(pk)

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the dossier up and go back to the queue."""
        user = self._decider(request)
        leases.release(dossier=self._dossier(request, pk), by=user, at=timezone.now())
        return HttpResponseRedirect(reverse(self.route("changelist")))

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep words for the other officers."""
        user, form = self._decider(request), NoteForm(request.POST)
        dossier = self._dossier(request, pk)
        if form.is_valid():
            dossier.notes.create(author=user, created_at=timezone.now(), **form.cleaned_data)
            leases.extend(dossier=dossier, by=user, at=timezone.now())
        else:
            messages.error(request, _("Write something, at most 1,000 letters."))
        return self._back(pk, "#notes")

    def resend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the newest message about the dossier again."""
        user = self._decider(request)
        try:
            self.resending.resend(dossier_id=pk, by=user, at=timezone.now())
        except DomainError as error:
            return self._refused(request, pk, error)
        messages.success(request, _("The message goes out again."))
        return self._back(pk)

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a return or refusal back, for supervisors, before the citizen is told."""
        if not may_supervise(self._decider(request)):
            raise Http404
        said = _("The decision on %(number)s is taken back, and its message too. It waits for a new decision.")
        return self._decide(request, pk, self.reopening, said)

    def _routes(self) -> dict[str, str]:
        return {action: self.route(action) for action in ROUTES}

    def _row(self, dossier: Any, staff: User, now: datetime) -> dict[str, Any]:
        """Return what a line of the queue shows."""
        holder, waits = leases.holder_of(dossier, now), dossier.status == DossierStatus.SUBMITTED
        return {
            "dossier": dossier,
            "age": queue.age(dossier.submitted_at, now) if waits and dossier.submitted_at else "",
            "term": queue.term(dossier, timezone.localdate(now)),
            "state": STATES[DossierStatus(dossier.status)],
            "holder": _("you") if holder == staff else holder,
            **self.desk.cells(dossier),
        }

    def _dossier(self, request: HttpRequest, pk: int) -> Any:
        if not self.has_view_permission(request):
            raise Http404
        dossier = self.get_queryset(request).select_related(*self.related).filter(pk=pk).first()
        if dossier is None:
            raise Http404
        return dossier

    def _staff(self, request: HttpRequest) -> User:
        assert isinstance(request.user, User)
        return request.user

    def _decider(self, request: HttpRequest) -> User:
        user = self._staff(request)
        if not may_decide(user):
            raise Http404
        return user

    def _reasons(self, request: HttpRequest, pk: int, template: str, form: Any, **more: Any) -> HttpResponse:
        self._decider(request)
        dossier = self._dossier(request, pk)
        if dossier.status != DossierStatus.SUBMITTED:
            messages.info(request, _("This dossier does not wait for a decision any more."))
            return self._back(pk)
        # The version the officer saw travels with the form, so that a later change is noticed.
        version = request.POST.get("version") or request.GET.get("version") or dossier.version
        context = {
            **self.admin_site.each_context(request),
            "dossier": dossier,
            "form": form,
            "version": version,
            **more,
        }
        return TemplateResponse(request, template, context, status=400 if form.errors else 200)

    def _decide(self, request: HttpRequest, pk: int, act: Callable[..., Any], said: str = "") -> HttpResponse:
        """Act on the version the officer saw; a decision leads to the next dossier, all else back to the page."""
        user = self._decider(request)
        version = request.POST.get("version", "")
        try:
            dossier = act(dossier_id=pk, version=int(version) if version.isdecimal() else 0, by=user, at=timezone.now())
        except DomainError as error:
            return self._refused(request, pk, error)
        messages.success(request, (said or self.said[DossierStatus(dossier.status)]) % {"number": dossier.number})
        if said or dossier.status == DossierStatus.SUBMITTED:
            return self._back(pk)
        offices = [code for code, _name in queue.own_offices(user)]
        following = queue.following(dossier, user, offices, timezone.now(), around=True)
        return self._back(following) if following else HttpResponseRedirect(reverse(self.route("changelist")))

    def _refused(self, request: HttpRequest, pk: int, error: DomainError) -> HttpResponse:
        """Go back to the dossier, which says why nothing was done."""
        if error.status == 404:
            raise Http404 from error
        tell = messages.warning if isinstance(error, TooMany) else messages.error
        tell(request, str(error))
        return self._back(pk)

    def _back(self, pk: int, place: str = "") -> HttpResponse:
        return HttpResponseRedirect(f"{reverse(self.route('change'), args=[pk])}{place}")
