"""The officer's queue and the page of one registration. Every dossier outside the officer's offices is a 404."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import bulk, reopening, resending, review
from accounts.admin import citizens, merging, vneid_cases
from accounts.admin.bulk import Bulk
from accounts.admin.desk import DossierDesk, Resending
from accounts.admin.dossier_page import context_of, photo_response
from accounts.admin.registration_queue import REGISTRATIONS
from accounts.dossiers.models import DossierStatus
from accounts.forms.review import PHOTO_WORDS, IdentityForm, RejectForm, ReturnForm
from accounts.kept_forms import kept_fields
from accounts.models import IdPhoto, RegistrationDossier, User
from accounts.models.registration import Kind, Mark
from accounts.permissions import may_decide
from accounts.rules.comparison import obstacles
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError

SAID = {
    DossierStatus.APPROVED: gettext_lazy("%(number)s is approved. The login data goes out by SMS."),
    DossierStatus.RETURNED: gettext_lazy("%(number)s was returned. A message tells the citizen."),
    DossierStatus.REJECTED: gettext_lazy("%(number)s was refused. A message tells the citizen."),
}


@admin.register(RegistrationDossier)
class RegistrationDossierAdmin(DossierDesk):
    """Registration dossiers of the officer's offices."""

    desk = REGISTRATIONS
    bulk: ClassVar[Bulk] = bulk
    resending: ClassVar[Resending] = resending
    reopening = staticmethod(reopening.reopen)
    said = SAID
    related: ClassVar[tuple[str, ...]] = (
        "person__ward__province", "office", "province", "ward", "decided_by", "holder",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """Add the photos, the identity, the login data; what only Django's own forms need is left out."""
        wrap = self.admin_site.admin_view
        return [
            *self.desk_urls(),
            path("<int:pk>/identity/", wrap(self.posted(self.identity)), name=f"{self.name}_identity"),
            path("<int:pk>/credentials/", wrap(self.posted(self.reissue)), name=f"{self.name}_credentials"),
            path("anh/<uuid:photo>/", wrap(self.photo), name=f"{self.name}_photo"),
            *citizens.urls(),
            *vneid_cases.urls(),
            *merging.urls(),
        ]

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show one dossier; each view is written down."""
        dossier, staff = self._dossier(request, pk), self._staff(request)
        review.note_view(dossier=dossier, by=staff, at=timezone.now())
        context = {
            **self.shared_context(request, dossier),
            **context_of(dossier, staff, timezone.now()),
            "may_reissue": may_decide(staff),
            "identity_form": IdentityForm(dossier=dossier),
            "identity_proved": review.identity_proved(dossier),
        }
        return TemplateResponse(request, "admin/dossier.html", context)

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
        form = ReturnForm(request.POST or None, initial=kept_fields(request), dossier=dossier)
        if form.is_valid():
            return self._decide(request, pk, lambda **facts: review.return_for_changes(**facts, **form.cleaned_data))
        return self._reasons(
            request, pk, "admin/dossier_return.html", form, photo_words=PHOTO_WORDS[Kind(dossier.kind)]
        )

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse with a reason of the catalogue, which a page of its own asks for."""
        likely = {"reason": self._likely_reason(request, pk)}
        form = RejectForm(request.POST or None, initial={**likely, **kept_fields(request)})
        if form.is_valid():
            return self._decide(request, pk, lambda **facts: review.reject(**facts, **form.cleaned_data))
        return self._reasons(request, pk, "admin/dossier_reject.html", form)

    def reissue(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the login data again."""
        user = self._decider(request)
        try:
            review.resend_credentials(dossier_id=pk, by=user, at=timezone.now())
        except DomainError as error:
            return self._refused(request, pk, error)
        messages.success(request, _("New login data goes out by SMS. The password there was no longer works."))
        return self._back(pk)

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

    def _likely_reason(self, request: HttpRequest, pk: int) -> str:
        dossier = self._dossier(request, pk)
        if dossier.person is None:
            return "unknown_code"
        if Mark.HAS_ACCOUNT in dossier.marks:
            return "has_account"
        return "record_differs" if obstacles(review.verdicts(dossier)) else ""
