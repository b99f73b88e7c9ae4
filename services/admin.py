"""The officer's desk for requests: those that wait, one on a page, the decisions. Other offices' requests are a 404."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.admin import queue
from accounts.admin.dossier_page import STATES
from accounts.dossiers import leases
from accounts.dossiers.models import DossierStatus
from accounts.models import User
from accounts.permissions import may_decide, may_see_dossiers
from insurance.actions import authorisations
from insurance.models import Authorisation
from services import admin_help as admin_help
from services import payments_admin as payments_admin
from services.actions import requests as request_actions
from services.actions import review
from services.models import RequestPaper, ServiceRequest
from services.words import answered
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.documents import storage
from vssid.errors import DomainError

NAME = "services_servicerequest"
LIST, PAGE = f"admin:{NAME}_changelist", f"admin:{NAME}_change"
Status = DossierStatus
TABS = {
    "": (gettext_lazy("To be decided"), Status.SUBMITTED),
    "returned": (gettext_lazy("Waiting for the citizen"), Status.RETURNED),
    "approved": (gettext_lazy("Granted"), Status.APPROVED),
    "rejected": (gettext_lazy("Refused"), Status.REJECTED),
}
SAID = {
    Status.SUBMITTED: gettext_lazy("The term of %(number)s is prolonged. A message tells the citizen."),
    Status.APPROVED: gettext_lazy("%(number)s is granted. A message tells the citizen."),
    Status.RETURNED: gettext_lazy("%(number)s was returned. A message tells the citizen."),
    Status.REJECTED: gettext_lazy("%(number)s was refused. A message tells the citizen."),
}
TYPES = {"jpeg": "image/jpeg", "pdf": "application/pdf"}


class ReturnForm(forms.Form):
    """Words beside the answers and papers that are to be changed."""

    def __init__(self, request: ServiceRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in (*request.procedure.fields, *request.procedure.papers):
            self.fields[item.name] = forms.CharField(label=str(item.label), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """At least one is said."""
        self.reasons = [{"field": name, "text": text} for name, text in self.cleaned_data.items() if text]
        if not self.reasons:
            raise forms.ValidationError(_("Say what is to be changed."))
        return self.cleaned_data


class RejectForm(forms.Form):
    """A reason of the catalogue and words of one's own."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Explanation"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, request: ServiceRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, refusal.title) for key, refusal in review.catalogue(request).items()]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]


@admin.register(ServiceRequest)
class ServiceRequestAdmin(admin.ModelAdmin):
    """Requests of the officer's offices: list, look, talk, decide; nothing is edited."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceRequest]:
        """Return the requests of the officer's offices, without drafts."""
        assert isinstance(request.user, User)
        return ServiceRequest.objects.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the requests are on this person's start page."""
        return isinstance(request.user, User) and may_see_dossiers(request.user)

    def has_view_permission(self, request: HttpRequest, obj: ServiceRequest | None = None) -> bool:
        """Tell whether requests may be seen; which ones is the queryset's affair."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Citizens make requests."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ServiceRequest | None = None) -> bool:
        """Nothing is edited by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ServiceRequest | None = None) -> bool:
        """Retention deletes, not people."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """The list, the page, the decisions, the papers."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name=f"{NAME}_changelist"),
            path("<int:pk>/change/", wrap(self.page), name=f"{NAME}_change"),
            path("<int:pk>/approve/", wrap(require_POST(self.approve)), name=f"{NAME}_approve"),
            path("<int:pk>/return/", wrap(self.give_back), name=f"{NAME}_return"),
            path("<int:pk>/reject/", wrap(self.reject), name=f"{NAME}_reject"),
            path("<int:pk>/extend/", wrap(require_POST(self.extend)), name=f"{NAME}_extend"),
            path("<int:pk>/take/", wrap(require_POST(self.take)), name=f"{NAME}_take"),
            path("<int:pk>/used/", wrap(require_POST(self.used)), name=f"{NAME}_used"),
            path("<int:pk>/write/", wrap(require_POST(self.write)), name=f"{NAME}_write"),
            path("giay-to/<uuid:paper>/", wrap(self.paper), name=f"{NAME}_paper"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show what waits, the longest waiting first; each office's first rows come from an index."""
        assert isinstance(request.user, User)
        if not self.has_view_permission(request):
            raise PermissionDenied
        tab = request.GET.get("state", "")
        tab = tab if tab in TABS else ""
        offices = [code for code, _name in queue.own_offices(request.user)]
        waiting = ServiceRequest.objects.filter(status=TABS[tab][1])
        now = timezone.now()
        rows = [
            {
                "one": one,
                "age": queue.age(one.submitted_at, now) if one.submitted_at else "",
                "holder": leases.holder_of(one, now),
            }
            for one in queue.first(waiting, offices, ("submitted_at", "pk"), queue.ROWS)
        ]
        tabs = [{"url": f"?state={key}", "word": word, "current": key == tab} for key, (word, _s) in TABS.items()]
        context = {**self.admin_site.each_context(request), "rows": rows, "tabs": tabs}
        return TemplateResponse(request, "admin/requests.html", context)

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show one request; each view is written down, the citizen can see that somebody looked."""
        found, user, now = self._found(request, pk), self._staff(request), timezone.now()
        facts: dict[str, Any] = {"actor": user.actor, "at": now, "office": found.office_id}
        record(Event.DOSSIER_VIEWED, subject=found.subject, **facts)
        record(Event.RECORD_VIEWED, subject=f"person:{found.person_id}", purpose="request", **facts)
        holder = leases.holder_of(found, now)
        waits = may_decide(user) and found.status == Status.SUBMITTED
        authorisation = _authorisation(found)
        power = authorisation and authorisation.state(timezone.localdate(now))
        context = {
            **self.admin_site.each_context(request),
            "one": found,
            "procedure": found.procedure,
            "facts": answered(found.procedure, found.answers),
            "papers": found.papers.all(),
            "talk": found.messages.select_related("author"),
            "authorisation": authorisation,
            "authorisation_state": power and power.label,
            "may_note_use": may_decide(user) and power == Authorisation.State.IN_FORCE,
            "history": AuditEvent.objects.filter(subject=found.subject).order_by("-pk")[:30],
            "state": STATES[Status(found.status)],
            "holder": holder,
            "extension": found.procedure.extension_days if waits and found.extended_at is None else 0,
            "may_take": waits and (holder is None or holder == user),
            "may_decide": waits and holder in {None, user},
        }
        return TemplateResponse(request, "admin/request.html", context)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Grant, with an answer in words."""
        outcome = request.POST.get("outcome", "")[:3000]
        return self._decide(request, pk, lambda **facts: review.approve(**facts, outcome=outcome))

    def give_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return with words beside answers and papers, which a page of its own asks for."""
        found = self._found(request, pk)
        form = ReturnForm(found, request.POST or None)
        if form.is_valid():
            return self._decide(request, pk, lambda **facts: review.return_for_changes(**facts, reasons=form.reasons))
        return self._reasons(request, found, form, "return")

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse with a reason of the catalogue, which a page of its own asks for."""
        found = self._found(request, pk)
        form = RejectForm(found, request.POST or None)
        if form.is_valid():
            return self._decide(request, pk, lambda **facts: review.reject(**facts, **form.cleaned_data))
        return self._reasons(request, found, form, "reject")

    def extend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Prolong the term once, with the reason as a message to the citizen."""
        text = request.POST.get("text", "")
        return self._decide(request, pk, lambda **facts: review.extend_term(**facts, text=text))

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hold a request for this officer."""
        try:
            leases.take(dossier=self._found(request, pk), by=self._decider(request), at=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))

    def used(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write down that the agent of an authorisation acted with it here."""
        user, found = self._decider(request), _authorisation(self._found(request, pk))
        if found is None:
            raise Http404
        try:
            authorisations.use(authorisation_id=found.pk, by=user.actor, at=timezone.now())
            messages.success(request, _("It is written down. Both persons are told."))
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))

    def write(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write to the citizen."""
        user, found = self._decider(request), self._found(request, pk)
        try:
            text = request.POST.get("text", "")
            request_actions.write(request=found, author=user, text=text, at=timezone.now())
            messages.success(request, _("The citizen reads it on the page of the request."))
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))

    def paper(self, request: HttpRequest, paper: str) -> HttpResponse:
        """Serve one paper of a request the officer may see; each view is written down."""
        found = RequestPaper.objects.filter(pk=paper, request__in=self.get_queryset(request)).select_related("request")
        one = found.first()
        if one is None or not one.readable or not self.has_view_permission(request):
            raise Http404
        record(
            Event.PHOTO_VIEWED,
            actor=self._staff(request).actor,
            subject=one.request.subject,
            at=timezone.now(),
            office=one.request.office_id,
            slot=one.name,
        )
        return paper_response(one)

    def _found(self, request: HttpRequest, pk: int) -> ServiceRequest:
        if not self.has_view_permission(request):
            raise Http404
        one = self.get_queryset(request).select_related("person", "account", "office", "holder").filter(pk=pk).first()
        if one is None:
            raise Http404
        return one

    def _staff(self, request: HttpRequest) -> User:
        assert isinstance(request.user, User)
        return request.user

    def _decider(self, request: HttpRequest) -> User:
        user = self._staff(request)
        if not may_decide(user):
            raise Http404
        return user

    def _reasons(self, request: HttpRequest, found: ServiceRequest, form: forms.Form, kind: str) -> HttpResponse:
        self._decider(request)
        version = request.POST.get("version") or request.GET.get("version") or found.version
        context = {
            **self.admin_site.each_context(request),
            "one": found,
            "form": form,
            "version": version,
            "kind": kind,
        }
        return TemplateResponse(request, "admin/request_reasons.html", context, status=400 if form.errors else 200)

    def _decide(self, request: HttpRequest, pk: int, act: Callable[..., ServiceRequest]) -> HttpResponse:
        user, version = self._decider(request), request.POST.get("version", "")
        moment: datetime = timezone.now()
        try:
            found = act(dossier_id=pk, version=int(version) if version.isdecimal() else 0, by=user, at=moment)
        except DomainError as error:
            if error.status == 404:
                raise Http404 from error
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse(PAGE, args=[pk]))
        messages.success(request, SAID[Status(found.status)] % {"number": found.number})
        return HttpResponseRedirect(reverse(LIST))


def _authorisation(found: ServiceRequest) -> Authorisation | None:
    """The authorisation that came of a request."""
    return Authorisation.objects.filter(source_key=found.number or "").select_related("agent").first()


def paper_response(paper: RequestPaper) -> HttpResponse:
    """The file, for this page only, never run by a browser."""
    answer = HttpResponse(storage.open(paper.stored_name, context="paper"), content_type=TYPES[paper.kind])
    answer["Content-Disposition"] = "attachment"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
