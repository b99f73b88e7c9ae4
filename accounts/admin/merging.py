"""Two insurance records of one person: the page where they stand side by side, are proposed and decided."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import merging
from accounts.forms.review import MergeForm
from accounts.models import RegistrationDossier, User
from accounts.permissions import may_decide, may_supervise
from vssid.audit.events import Event
from vssid.audit.log import record

PAGE = "admin:accounts_registrationdossier_change"


def urls() -> list[URLPattern]:
    """Return the page's address, behind the back office's door."""
    return [path("<int:pk>/merge/", admin.site.admin_view(page), name="dossier_merge")]


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the records that the dossier's numbers lead to; officers propose, a supervisor other than they decides."""
    staff = request.user
    if not isinstance(staff, User) or not may_decide(staff):
        raise Http404
    dossier = (
        RegistrationDossier.objects.visible_to(staff).open().select_related("person", "office").filter(pk=pk).first()
    )
    if dossier is None:
        raise Http404
    waiting, choices = merging.waiting(dossier), merging.choices(dossier)
    form = MergeForm(request.POST or None, choices=choices)
    action = request.POST.get("action")
    if action in ("approve", "refuse"):
        return _decide(dossier, staff, request, approved=action == "approve")
    if action == "propose" and form.is_valid():
        merging.propose(dossier_id=pk, by=staff, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("It is proposed. Another supervisor of the office decides."))
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))
    records = {person.pk: person for pair in choices for person in pair if person}
    if waiting:
        records |= {person.pk: person for person in (waiting.kept, waiting.duplicate) if person}
    _write_down_view(records, staff, dossier)
    context = {
        **admin.site.each_context(request),
        "dossier": dossier,
        "records": [{"person": one, "account": User.objects.filter(person=one).first()} for one in records.values()],
        "form": form,
        "waiting": waiting,
        "own": waiting is not None and waiting.proposed_by_id == staff.pk,
        "may_supervise": may_supervise(staff),
    }
    return TemplateResponse(request, "admin/merge.html", context, status=400 if form.errors else 200)


def _decide(dossier: RegistrationDossier, staff: User, request: HttpRequest, *, approved: bool) -> HttpResponse:
    if not may_supervise(staff):
        raise Http404
    merging.decide(dossier_id=dossier.pk, approved=approved, by=staff, at=timezone.now())
    said = _("The two are one person now.") if approved else _("The proposal is refused; nothing was changed.")
    messages.success(request, said)
    return HttpResponseRedirect(reverse(PAGE, args=[dossier.pk]))


def _write_down_view(records: Iterable[int], staff: User, dossier: RegistrationDossier) -> None:
    now = timezone.now()
    for key in records:
        facts = {"purpose": "merge", "office": dossier.office_id}
        record(Event.RECORD_VIEWED, actor=staff.actor, subject=f"person:{key}", at=now, **facts)
