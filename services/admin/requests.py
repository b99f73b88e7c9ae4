"""The officer's desk for requests: one on a page, its papers, the talk with the citizen, the decisions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.bulk import Bulk
from accounts.admin.desk import STATES, DossierDesk, Resending
from accounts.admin.dossier_page import PHOTO_HEADERS, history_of
from accounts.dossiers.models import OPEN, DossierStatus
from accounts.permissions import may_decide
from insurance.actions import authorisations
from insurance.models import Authorisation
from insurance.rules.estimates import Estimate
from services.actions import bulk, papers, resending, review
from services.actions import requests as request_actions
from services.admin.request_queue import REQUESTS
from services.forms.review import RejectForm, ReturnForm
from services.models import RequestPaper, ServiceRequest
from services.procedures.known import Known
from services.reads import known_of
from services.words import answered, record_facts
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError

Status = DossierStatus
SAID = {
    Status.SUBMITTED: gettext_lazy("The term of %(number)s is prolonged. A message tells the citizen."),
    Status.APPROVED: gettext_lazy("%(number)s is granted. A message tells the citizen."),
    Status.RETURNED: gettext_lazy("%(number)s was returned. A message tells the citizen."),
    Status.REJECTED: gettext_lazy("%(number)s was refused. A message tells the citizen."),
}
TYPES = {"jpeg": "image/jpeg", "pdf": "application/pdf"}


@admin.register(ServiceRequest)
class ServiceRequestAdmin(DossierDesk):
    """Requests of the officer's offices."""

    desk = REQUESTS
    bulk: ClassVar[Bulk] = bulk
    resending: ClassVar[Resending] = resending
    reopening = staticmethod(review.reopen)
    said = SAID
    related: ClassVar[tuple[str, ...]] = ("person__ward", "account", "office", "holder", "decided_by", "cause")

    def get_urls(self) -> list[URLPattern]:
        """Add the talk, the term, the papers; what only Django's own forms need is left out."""
        wrap = self.admin_site.admin_view
        own = {"extend": self.extend, "used": self.used, "write": self.write}
        acts = [
            path(f"<int:pk>/{act}/", wrap(self.posted(view)), name=f"{self.name}_{act}") for act, view in own.items()
        ]
        return [
            *self.desk_urls(),
            *acts,
            path("giay-to/<uuid:paper>/", wrap(self.paper), name=f"{self.name}_paper"),
        ]

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show one request; each view is written down, the citizen can see that somebody looked."""
        found, user, now = self._dossier(request, pk), self._staff(request), timezone.now()
        facts: dict[str, Any] = {"actor": user.actor, "at": now, "office": found.office_id}
        record(Event.DOSSIER_VIEWED, subject=found.subject, **facts)
        record(Event.RECORD_VIEWED, subject=f"person:{found.person_id}", purpose="request", **facts)
        authorisation = _authorisation(found)
        power = authorisation and authorisation.state(timezone.localdate(now))
        procedure, shared = found.procedure, self.shared_context(request, found)
        known = known_of(found.person, on=timezone.localdate(now))
        labels = {item.name: item.label for item in (*procedure.fields, *procedure.papers)}
        context = {
            **shared,
            "procedure": procedure,
            "facts": answered(procedure, found.answers),
            "record": record_facts(known),
            "estimate": _estimate(found, known),
            "papers": found.papers.all(),
            "talk": found.messages.select_related("author"),
            "authorisation": authorisation,
            "authorisation_state": power and power.label,
            "may_note_use": may_decide(user) and power == Authorisation.State.IN_FORCE,
            "history": history_of(found),
            "state": STATES[Status(found.status)],
            "returned": [(labels.get(item["field"], item["field"]), item["text"]) for item in found.return_reasons],
            "refusal": review.catalogue(found).get(found.reason),
            "extension": procedure.extension_days if shared["may_decide"] and found.extended_at is None else 0,
            "may_write": may_decide(user) and found.status in {Status.SUBMITTED, Status.RETURNED},
        }
        return TemplateResponse(request, "admin/request.html", context)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Grant, with an answer in words."""
        outcome = request.POST.get("outcome", "")[:3000]
        return self._decide(request, pk, lambda **facts: review.approve(**facts, outcome=outcome))

    def give_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return with words beside answers and papers, which a page of its own asks for."""
        form = ReturnForm(self._dossier(request, pk), request.POST or None)
        if form.is_valid():
            return self._decide(request, pk, lambda **facts: review.return_for_changes(**facts, reasons=form.reasons))
        return self._reasons(request, pk, "admin/request_reasons.html", form, kind="return")

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse with a reason of the catalogue, which a page of its own asks for."""
        form = RejectForm(self._dossier(request, pk), request.POST or None)
        if form.is_valid():
            return self._decide(request, pk, lambda **facts: review.reject(**facts, **form.cleaned_data))
        return self._reasons(request, pk, "admin/request_reasons.html", form, kind="reject")

    def extend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Prolong the term once, with the reason as a message to the citizen."""
        text = request.POST.get("text", "")
        return self._decide(request, pk, lambda **facts: review.extend_term(**facts, text=text))

    def used(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write down that the agent of an authorisation acted with it here."""
        user, found = self._decider(request), _authorisation(self._dossier(request, pk))
        if found is None:
            raise Http404
        try:
            authorisations.use(authorisation_id=found.pk, by=user.actor, at=timezone.now())
            messages.success(request, _("It is written down. Both persons are told."))
        except DomainError as error:
            messages.error(request, str(error))
        return self._back(pk)

    def write(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write to the citizen."""
        user, found = self._decider(request), self._dossier(request, pk)
        try:
            text = request.POST.get("text", "")
            request_actions.write(request=found, author=user, text=text, at=timezone.now())
            messages.success(request, _("The citizen reads it on the page of the request."))
        except DomainError as error:
            messages.error(request, str(error))
        return self._back(pk)

    def paper(self, request: HttpRequest, paper: str) -> HttpResponse:
        """Serve one paper of a request the officer may see, never run by a browser."""
        found = RequestPaper.objects.filter(pk=paper, request__in=self.get_queryset(request))
        one = found.select_related("request__account").first()
        if one is None or not one.readable or not self.has_view_permission(request):
            raise Http404
        content = papers.open_for_staff(one, by=self._staff(request), at=timezone.now())
        return HttpResponse(content, content_type=TYPES[one.kind], headers=PHOTO_HEADERS)


def _authorisation(found: ServiceRequest) -> Authorisation | None:
    """The authorisation that came of a request."""
    return Authorisation.objects.filter(source_key=found.number or "").select_related("agent").first()


def _estimate(found: ServiceRequest, known: Known) -> Estimate | None:
    """The amount as the record gives it today, of a request that is not decided."""
    reckon = found.procedure.estimate
    return reckon(found.answers, known) if reckon and found.status in OPEN else None
