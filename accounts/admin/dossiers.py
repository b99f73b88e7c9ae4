"""The officer's queue and the page of one dossier. Every dossier outside the officer's offices is a 404."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

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

from accounts.actions import reopening, review
from accounts.admin import bulk, citizens, merging, queue, vneid_cases
from accounts.admin.dossier_page import STATES, context_of, photo_response
from accounts.dossiers import leases
from accounts.dossiers.models import DossierStatus
from accounts.forms.review import PHOTO_WORDS, IdentityForm, NoteForm, RejectForm, ReturnForm
from accounts.models import IdPhoto, RegistrationDossier, User
from accounts.models.registration import DossierNote, Kind, Mark
from accounts.permissions import may_decide, may_see_dossiers, may_supervise
from accounts.rules.comparison import obstacles
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError, TooMany

NAME = "accounts_registrationdossier"
LIST, PAGE = f"admin:{NAME}_changelist", f"admin:{NAME}_change"
SAID = {
    DossierStatus.APPROVED: gettext_lazy("%(number)s is approved. The login data goes out by SMS."),
    DossierStatus.RETURNED: gettext_lazy("%(number)s was returned. A message tells the citizen."),
    DossierStatus.REJECTED: gettext_lazy("%(number)s was refused. A message tells the citizen."),
}


@admin.register(RegistrationDossier)
class RegistrationDossierAdmin(admin.ModelAdmin):
    """Registration dossiers of the officer's offices: list, look, decide; nothing is edited."""

    change_list_template = "admin/queue.html"
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

    def get_urls(self) -> list[URLPattern]:
        """Add the decisions and the photos; what only Django's own forms need is left out."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name=f"{NAME}_changelist"),
            path("<int:pk>/approve/", wrap(require_POST(self.approve)), name=f"{NAME}_approve"),
            path("<int:pk>/identity/", wrap(require_POST(self.identity)), name=f"{NAME}_identity"),
            path("<int:pk>/return/", wrap(self.give_back), name=f"{NAME}_return"),
            path("<int:pk>/reject/", wrap(self.reject), name=f"{NAME}_reject"),
            *citizens.urls(),
            *vneid_cases.urls(),
            *bulk.urls(),
            *merging.urls(),
            path("<int:pk>/reopen/", wrap(require_POST(self.reopen)), name=f"{NAME}_reopen"),
            path("<int:pk>/take/", wrap(require_POST(self.take)), name=f"{NAME}_take"),
            path("<int:pk>/release/", wrap(require_POST(self.release)), name=f"{NAME}_release"),
            path("<int:pk>/note/", wrap(require_POST(self.note)), name=f"{NAME}_note"),
            path("<int:pk>/credentials/", wrap(require_POST(self.resend)), name=f"{NAME}_credentials"),
            path("anh/<uuid:photo>/", wrap(self.photo), name=f"{NAME}_photo"),
            path("<int:pk>/change/", wrap(self.page), name=f"{NAME}_change"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue."""
        assert isinstance(request.user, User)
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked, now = queue.Asked.of(request.GET), timezone.now()
        offices = queue.own_offices(request.user)
        codes = [code for code, _name in offices]
        page = queue.page_of(asked, request.user, codes, now)
        context = {
            **self.admin_site.each_context(request),
            "asked": asked,
            "rows": [_row(dossier, request.user, now) for dossier in page.rows],
            "page": page,
            "tabs": queue.tab_links(asked, codes),
            "offices": offices,
            "mark_choices": Mark.choices,
            "holder_choices": queue.HOLDERS.items(),
            "term_choices": queue.TERMS.items(),
            "may_choose": may_decide(request.user) and not asked.tab,
            "empty_words": queue.empty_words(asked),
        }
        return TemplateResponse(request, self.change_list_template, context)

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show one dossier; each view is written down."""
        assert isinstance(request.user, User)
        dossier = self._dossier(request, pk)
        review.note_view(dossier=dossier, by=request.user, at=timezone.now())
        shown = context_of(dossier, request.user, timezone.now())
        waits = may_decide(request.user) and dossier.status == DossierStatus.SUBMITTED
        context = {
            **self.admin_site.each_context(request),
            **shown,
            "may_decide": waits and shown["other_holder"] is None,
            "may_take": waits,
            "may_note": may_decide(request.user),
            "note_form": NoteForm(),
            "may_resend": may_decide(request.user),
            "may_supervise": may_supervise(request.user),
            "reopen_minutes": reopening.minutes_left(dossier, at=timezone.now()) if may_supervise(request.user) else 0,
            "identity_form": IdentityForm(dossier=dossier),
            "identity_proved": review.identity_proved(dossier),
        }
        return TemplateResponse(request, self.change_form_template, context)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve and go back to the queue."""
        shown = IdentityForm(request.POST).document
        return self._decide(request, pk, lambda **facts: review.approve(**facts, document=shown))

    def identity(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that the applicant was here, and stay on the dossier."""
        shown, said = IdentityForm(request.POST).document, _("The identity of the applicant of %(number)s is recorded.")
        return self._decide(request, pk, lambda **facts: review.record_identity(**facts, document=shown), said)

    def give_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return with reasons on fields or photos, which a page of its own asks for."""
        dossier = self._dossier(request, pk)
        form = ReturnForm(request.POST or None, dossier=dossier)
        if form.is_valid():
            return self._decide(request, pk, lambda **facts: review.return_for_changes(**facts, **form.cleaned_data))
        return self._reasons(
            request, pk, "admin/dossier_return.html", form, photo_words=PHOTO_WORDS[Kind(dossier.kind)]
        )

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse with a reason of the catalogue, which a page of its own asks for."""
        form = RejectForm(request.POST or None, initial={"reason": self._likely_reason(request, pk)})
        if form.is_valid():
            return self._decide(request, pk, lambda **facts: review.reject(**facts, **form.cleaned_data))
        return self._reasons(request, pk, "admin/dossier_reject.html", form)

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a return or refusal back, for supervisors, before the citizen is told."""
        if not may_supervise(self._decider(request)):
            raise Http404
        said = _("The decision on %(number)s is taken back, and its message too. It waits for a new decision.")
        return self._decide(request, pk, reopening.reopen, said)

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hold a dossier for this officer; a supervisor may take it from another one."""
        user, over = self._decider(request), "over" in request.POST
        if over and not may_supervise(user):
            raise Http404
        try:
            leases.take(dossier=self._dossier(request, pk), by=user, at=timezone.now(), over=over)
        except DomainError as error:
            return self._refused(request, pk, error)
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the dossier up and go back to the queue."""
        user = self._decider(request)
        leases.release(dossier=self._dossier(request, pk), by=user, at=timezone.now())
        return HttpResponseRedirect(reverse(LIST))

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep words for the other officers."""
        user, form = self._decider(request), NoteForm(request.POST)
        dossier = self._dossier(request, pk)
        if form.is_valid():
            DossierNote.objects.create(dossier=dossier, author=user, created_at=timezone.now(), **form.cleaned_data)
            leases.extend(dossier=dossier, by=user, at=timezone.now())
        else:
            messages.error(request, _("Write something, at most 1,000 letters."))
        return HttpResponseRedirect(f"{reverse(PAGE, args=[pk])}#notes")

    def resend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the login data again."""
        user = self._decider(request)
        try:
            review.resend_credentials(dossier_id=pk, by=user, at=timezone.now())
        except DomainError as error:
            return self._refused(request, pk, error)
        messages.success(request, _("New login data goes out by SMS. The password there was no longer works."))
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))

    def photo(self, request: HttpRequest, photo: str) -> HttpResponse:
        """Serve one photo of a dossier the officer may see; each view is written down."""
        found = IdPhoto.objects.filter(pk=photo, dossier__in=self.get_queryset(request), erased_at=None)
        picture = found.select_related("dossier").first()
        if picture is None or not self.has_view_permission(request):
            raise Http404
        assert isinstance(request.user, User)
        dossier, now = picture.dossier, timezone.now()
        record(
            Event.PHOTO_VIEWED,
            actor=f"staff:{request.user.pk}",
            subject=f"dossier:{dossier.pk}",
            at=now,
            office=dossier.office_id,
            slot=picture.slot,
        )
        return photo_response(picture, request.user, now)

    def _dossier(self, request: HttpRequest, pk: int) -> RegistrationDossier:
        if not self.has_view_permission(request):
            raise Http404
        found = self.get_queryset(request).select_related(
            "person__ward__province", "office", "province", "ward", "decided_by", "holder"
        )
        dossier = found.filter(pk=pk).first()
        if dossier is None:
            raise Http404
        return dossier

    def _reasons(self, request: HttpRequest, pk: int, template: str, form: Any, **more: Any) -> HttpResponse:
        self._decider(request)
        dossier = self._dossier(request, pk)
        if dossier.status != DossierStatus.SUBMITTED:
            messages.info(request, _("This dossier does not wait for a decision any more."))
            return HttpResponseRedirect(reverse(PAGE, args=[pk]))
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

    def _likely_reason(self, request: HttpRequest, pk: int) -> str:
        dossier = self._dossier(request, pk)
        if dossier.person is None:
            return "unknown_code"
        if Mark.HAS_ACCOUNT in dossier.marks:
            return "has_account"
        return "record_differs" if obstacles(review.verdicts(dossier)) else ""

    def _decider(self, request: HttpRequest) -> User:
        user = request.user
        if not isinstance(user, User) or not may_decide(user):
            raise Http404
        return user

    def _decide(
        self, request: HttpRequest, pk: int, act: Callable[..., RegistrationDossier], said: str = ""
    ) -> HttpResponse:
        """Act on the version the officer saw; a decision leads to the queue, all else (`said`) back to the page."""
        user = self._decider(request)
        version = request.POST.get("version", "")
        try:
            dossier = act(dossier_id=pk, version=int(version) if version.isdecimal() else 0, by=user, at=timezone.now())
        except DomainError as error:
            return self._refused(request, pk, error)
        messages.success(request, (said or SAID[DossierStatus(dossier.status)]) % {"number": dossier.number})
        return HttpResponseRedirect(reverse(PAGE, args=[pk]) if said else reverse(LIST))

    def _refused(self, request: HttpRequest, pk: int, error: DomainError) -> HttpResponse:
        """Go back to the dossier, which says why nothing was done."""
        if error.status == 404:
            raise Http404 from error
        tell = messages.warning if isinstance(error, TooMany) else messages.error
        tell(request, str(error))
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))


def _row(dossier: RegistrationDossier, staff: User, now: datetime) -> dict[str, Any]:
    """Return what a line of the queue shows."""
    holder, waits = leases.holder_of(dossier, now), dossier.status == DossierStatus.SUBMITTED
    return {
        "dossier": dossier,
        "age": queue.age(dossier.submitted_at, now) if waits and dossier.submitted_at else "",
        "term": queue.term(dossier, timezone.localdate(now)),
        "marks": [Mark(mark).label for mark in dossier.marks],
        "state": STATES[DossierStatus(dossier.status)],
        "holder": _("you") if holder == staff else holder,
    }
