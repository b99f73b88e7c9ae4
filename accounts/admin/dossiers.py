"""The officer's queue and the page of one dossier. Every dossier outside the officer's offices is a 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.actions import review
from accounts.admin.dossier_page import context_of, photo_response
from accounts.dossiers.models import DossierStatus
from accounts.forms.review import RejectForm, ReturnForm
from accounts.models import IdPhoto, RegistrationDossier, User
from accounts.models.registration import Mark
from accounts.permissions import may_decide, may_see_dossiers
from insurance.models import Office
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError
from vssid.templatetags.portal import state_tag

STATES = {
    DossierStatus.SUBMITTED: "received",
    DossierStatus.RETURNED: "waiting",
    DossierStatus.APPROVED: "done",
    DossierStatus.REJECTED: "refused",
    DossierStatus.CANCELLED: "withdrawn",
    DossierStatus.WITHDRAWN: "withdrawn",
}


class StateFilter(admin.SimpleListFilter):
    """By state; the queue opens on what waits for an officer."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states; "all" shows every one."""
        return [("all", _("All")), *((state, DossierStatus(state).label) for state in STATES if state != "submitted")]

    def choices(self, changelist: Any) -> Any:
        """Name the choice that is made when nothing is chosen."""
        for choice in super().choices(changelist):
            yield {**choice, "display": _("To be decided")} if choice["query_string"] == "?" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[RegistrationDossier]) -> QuerySet[RegistrationDossier]:
        """Return the dossiers of the chosen state."""
        if self.value() == "all":
            return queryset
        return queryset.filter(status=self.value() or DossierStatus.SUBMITTED)


class OfficeFilter(admin.SimpleListFilter):
    """By office, among the officer's own."""

    title = gettext_lazy("office")
    parameter_name = "office"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the offices the officer is posted to."""
        assert isinstance(request.user, User)
        return list(Office.objects.filter(code__in=request.user.office_codes()).values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[RegistrationDossier]) -> QuerySet[RegistrationDossier]:
        """Return the dossiers of the chosen office."""
        return queryset.filter(office=self.value()) if self.value() else queryset


@admin.register(RegistrationDossier)
class RegistrationDossierAdmin(admin.ModelAdmin):
    """Registration dossiers of the officer's offices: list, look, decide; nothing is edited."""

    list_display = ("number_shown", "full_name", "code_shown", "submitted_at", "marks_shown", "state_shown")
    list_display_links = ("number_shown",)
    list_filter = (StateFilter, OfficeFilter)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("number", "bhxh_code", "full_name")
    search_help_text = gettext_lazy("Dossier number, BHXH code or name")
    ordering = ("submitted_at", "pk")
    actions = None
    change_form_template = "admin/dossier.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RegistrationDossier]:
        """Return the dossiers of the officer's offices, without drafts."""
        assert isinstance(request.user, User)
        return RegistrationDossier.objects.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the queue is on this person's start page."""
        return isinstance(request.user, User) and may_see_dossiers(request.user)

    def has_view_permission(self, request: HttpRequest, obj: RegistrationDossier | None = None) -> bool:
        """Tell whether dossiers may be seen; which ones is the queryset's affair."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Citizens make dossiers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: RegistrationDossier | None = None) -> bool:
        """Nothing is edited by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RegistrationDossier | None = None) -> bool:
        """Retention deletes, not people."""
        return False

    @admin.display(description=gettext_lazy("Number"), ordering="submitted_at")
    def number_shown(self, dossier: RegistrationDossier) -> str:
        """Return the number."""
        return dossier.number or ""

    @admin.display(description=gettext_lazy("BHXH code"))
    def code_shown(self, dossier: RegistrationDossier) -> str:
        """Return the code, as far as it is known."""
        return dossier.bhxh_code or "–"

    @admin.display(description=gettext_lazy("Look at"))
    def marks_shown(self, dossier: RegistrationDossier) -> SafeString | str:
        """Return how many marks the dossier carries, with their words for the pointer."""
        if not dossier.marks:
            return "–"
        words = "; ".join(str(Mark(mark).label) for mark in dossier.marks)
        return format_html('<span class="tag warn" title="{}">{}</span>', words, len(dossier.marks))

    @admin.display(description=gettext_lazy("State"))
    def state_shown(self, dossier: RegistrationDossier) -> SafeString:
        """Return the state's tag."""
        return state_tag(STATES[DossierStatus(dossier.status)], dossier.get_status_display())

    def get_urls(self) -> list[URLPattern]:
        """Add the decisions and the photos."""
        wrap = self.admin_site.admin_view
        name = "accounts_registrationdossier"
        return [
            path("<int:pk>/approve/", wrap(require_POST(self.approve)), name=f"{name}_approve"),
            path("<int:pk>/return/", wrap(require_POST(self.give_back)), name=f"{name}_return"),
            path("<int:pk>/reject/", wrap(require_POST(self.reject)), name=f"{name}_reject"),
            path("anh/<uuid:photo>/", wrap(self.photo), name=f"{name}_photo"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one dossier; each view is written down."""
        return self._page(request, self._dossier(request, int(object_id) if object_id.isdecimal() else 0))

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve and go back to the queue."""
        checked = request.POST.get("identity_checked") == "on"
        return self._decide(request, pk, lambda **facts: review.approve(**facts, identity_checked=checked))

    def give_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return with reasons on fields or photos."""
        form = ReturnForm(request.POST)
        if not form.is_valid():
            return self._page(request, self._dossier(request, pk), return_form=form)
        return self._decide(
            request, pk, lambda **facts: review.return_for_changes(**facts, reasons=[form.cleaned_data])
        )

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse with a reason of the catalogue."""
        form = RejectForm(request.POST)
        if not form.is_valid():
            return self._page(request, self._dossier(request, pk), reject_form=form)
        return self._decide(request, pk, lambda **facts: review.reject(**facts, **form.cleaned_data))

    def photo(self, request: HttpRequest, photo: str) -> HttpResponse:
        """Serve one photo of a dossier the officer may see; each view is written down."""
        found = IdPhoto.objects.filter(pk=photo, dossier__in=self.get_queryset(request), erased_at=None)
        picture = found.select_related("dossier").first()
        if picture is None or not self.has_view_permission(request):
            raise Http404
        dossier = picture.dossier
        record(
            Event.PHOTO_VIEWED,
            actor=f"staff:{request.user.pk}",
            subject=f"dossier:{dossier.pk}",
            at=timezone.now(),
            office=dossier.office_id,
            slot=picture.slot,
        )
        return photo_response(picture)

    def _dossier(self, request: HttpRequest, pk: int) -> RegistrationDossier:
        if not self.has_view_permission(request):
            raise Http404
        found = self.get_queryset(request).select_related(
            "person__ward__province", "office", "province", "ward", "decided_by"
        )
        dossier = found.filter(pk=pk).first()
        if dossier is None:
            raise Http404
        return dossier

    def _page(self, request: HttpRequest, dossier: RegistrationDossier, **forms: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        now = timezone.now()
        subject = f"dossier:{dossier.pk}"
        record(
            Event.DOSSIER_VIEWED, actor=f"staff:{request.user.pk}", subject=subject, at=now, office=dossier.office_id
        )
        if dossier.person_id:
            # The record beside the declaration is a reading of that person's data: the citizen can see who looked.
            record(
                Event.RECORD_VIEWED,
                actor=f"staff:{request.user.pk}",
                subject=f"person:{dossier.person_id}",
                at=now,
                office=dossier.office_id,
                purpose="registration",
            )
        context = {
            **self.admin_site.each_context(request),
            **context_of(dossier),
            "may_decide": may_decide(request.user) and dossier.status == DossierStatus.SUBMITTED,
            "return_form": ReturnForm(),
            "reject_form": RejectForm(),
            **forms,
        }
        return TemplateResponse(request, self.change_form_template, context)

    def _decide(self, request: HttpRequest, pk: int, act: Callable[..., RegistrationDossier]) -> HttpResponse:
        assert isinstance(request.user, User)
        if not may_decide(request.user):
            raise Http404
        version = request.POST.get("version", "")
        try:
            dossier = act(
                dossier_id=pk,
                version=int(version) if version.isdecimal() else 0,
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            if error.status == 404:
                raise Http404 from error
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:accounts_registrationdossier_change", args=[pk]))
        state = DossierStatus(dossier.status).label
        messages.success(request, _("%(number)s: %(state)s.") % {"number": dossier.number, "state": state})
        return HttpResponseRedirect(reverse("admin:accounts_registrationdossier_changelist"))
