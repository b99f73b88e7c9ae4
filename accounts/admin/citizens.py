"""Citizens' accounts that were opened at a supervisor's offices: found by the exact code, frozen, opened again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import freezing, recovery
from accounts.dossiers.models import DossierStatus
from accounts.forms.recovery import OfficePhoneForm
from accounts.forms.review import AccountForm, FreezeForm
from accounts.kept_forms import kept_fields
from accounts.models import RegistrationDossier, User
from accounts.permissions import may_supervise
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError
from vssid.ops import clock

FROZEN_SHOWN = 50


def urls() -> list[URLPattern]:
    """Return the pages' addresses, behind the back office's door."""
    wrap = admin.site.admin_view
    return [
        path("tai-khoan/", wrap(find), name="citizens"),
        path("tai-khoan/<int:pk>/", wrap(account), name="citizen"),
    ]


def find(request: HttpRequest) -> HttpResponse:
    """Find an account by its code; what is frozen is listed."""
    accounts = freezing.accounts_of(supervisor(request))
    form = AccountForm(request.POST or None)
    if form.is_valid():
        found = accounts.filter(username=form.cleaned_data["bhxh_code"]).first()
        if found is not None:
            return HttpResponseRedirect(reverse("admin:citizen", args=[found.pk]))
        form.add_error("bhxh_code", _("No account with this code was opened at your offices."))
    frozen = accounts.filter(frozen_at__isnull=False).order_by("-frozen_at")[:FROZEN_SHOWN]
    return page(request, "admin/citizens.html", form, frozen=frozen)


def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account, freeze it or open it again; each view is written down."""
    staff = supervisor(request)
    user = freezing.accounts_of(staff).select_related("person").filter(pk=pk).first()
    if user is None:
        raise Http404
    form = FreezeForm(request.POST if request.POST.get("action") == "freeze" else None, initial=kept_fields(request))
    phone_form = OfficePhoneForm(request.POST if request.POST.get("action") == "recover" else None)
    if request.POST.get("action") == "confirm_recovery" or (phone_form.is_bound and phone_form.is_valid()):
        return _recover(request, user, staff, phone_form)
    if request.method == "POST" and not phone_form.is_bound and (not form.is_bound or form.is_valid()):
        return _change(request, user, staff, form)
    now = timezone.now()
    record(Event.RECORD_VIEWED, actor=staff.actor, subject=user.actor, at=now, purpose="account")
    dossiers = RegistrationDossier.objects.visible_to(staff).filter(person=user.person_id)
    opened_by = dossiers.filter(status=DossierStatus.APPROVED).order_by("-decided_at").first()
    shown = {"account": user, "dossier": opened_by, "phone_form": phone_form, "waiting": recovery.waiting(user, at=now)}
    return page(request, "admin/citizen.html", phone_form if phone_form.is_bound else form, **shown)


def _recover(request: HttpRequest, user: User, staff: User, form: OfficePhoneForm) -> HttpResponse:
    """Ask for a new phone for somebody who is here, or confirm what another officer asked for."""
    at, key = clock.now(), request.POST.get("recovery", "")
    try:
        if form.is_bound:
            recovery.ask_for_recovery(user=user, by=staff, at=at, **form.cleaned_data)
            messages.success(request, _("Another officer must confirm the new phone within 8 hours, on this page."))
        else:
            recovery.confirm_recovery(recovery_id=int(key) if key.isdecimal() else 0, by=staff, at=at)
            messages.success(request, _("The new phone receives a code; the citizen enters it on the portal."))
    except DomainError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("admin:citizen", args=[user.pk]))


def _change(request: HttpRequest, user: User, staff: User, form: FreezeForm) -> HttpResponse:
    now = timezone.now()
    try:
        if form.is_bound:
            freezing.freeze_account(user=user, reason=form.cleaned_data["reason"], by=staff, at=now)
            messages.success(request, _("The account is frozen. Whoever was logged in is out; a message says so."))
        elif request.POST.get("action") == "end_sessions":
            freezing.end_sessions(user=user, by=staff, at=now)
            messages.success(request, _("Every session of this account is ended."))
        else:
            freezing.unfreeze_account(user=user, by=staff, at=now)
            messages.success(request, _("The account is open again. A message tells the citizen."))
    except DomainError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("admin:citizen", args=[user.pk]))


def supervisor(request: HttpRequest) -> User:
    """Return the supervisor who asks; for others the page is not there."""
    user = request.user
    if not isinstance(user, User) or not may_supervise(user):
        raise Http404
    return user


def page(request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    """Draw a page of the back office around a form."""
    context = {**admin.site.each_context(request), "form": form, **more}
    return TemplateResponse(request, template, context, status=400 if form.errors else 200)
