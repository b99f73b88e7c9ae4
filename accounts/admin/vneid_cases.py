"""Log-ins with VNeID that only staff can put right: the open cases, and an account's link with what can be done."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import freezing
from accounts.actions import vneid_links as actions
from accounts.admin.citizens import page, supervisor
from accounts.forms.review import VNeIDCaseForm
from accounts.models import User, VNeIDCase, VNeIDLink
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError

CASES_SHOWN = 100
Kind = VNeIDCase.Kind
ADVICE = {
    Kind.MISMATCH: gettext_lazy(
        "What to do: compare the birth date with the identity card and have the record corrected with form TK1-TS. "
        "Then close the case; the citizen logs in again."
    ),
    Kind.TWO_MATCHES: gettext_lazy(
        "What to do: find out which record is the person's and have the other merged into it. Then close the case."
    ),
    Kind.OTHER_LINKED: gettext_lazy(
        "What to do: see the citizen with the identity card. Is the new VNeID account theirs, link it; is the linked "
        "one wrong, release it."
    ),
    Kind.SUBJECT_CHANGED: gettext_lazy(
        "What to do: VNeID names another person than before. Release the link unless the record has the wrong number."
    ),
}


def urls() -> list[URLPattern]:
    """Return the pages' addresses, behind the back office's door."""
    wrap = admin.site.admin_view
    return [
        path("vneid/", wrap(cases), name="vneid-cases"),
        path("tai-khoan/<int:pk>/vneid/", wrap(account), name="citizen-vneid"),
    ]


def cases(request: HttpRequest) -> HttpResponse:
    """List the open cases of accounts that were opened at the supervisor's offices."""
    found = actions.open_cases(supervisor(request))[:CASES_SHOWN]
    return page(request, "admin/vneid_cases.html", VNeIDCaseForm(), cases=found)


def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account's link and cases; release it, link anew, close a case. Each view is written down."""
    staff = supervisor(request)
    user = freezing.accounts_of(staff).select_related("person").filter(pk=pk).first()
    if user is None:
        raise Http404
    form = VNeIDCaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _act(request, user, staff, form)
    record(Event.RECORD_VIEWED, actor=staff.actor, subject=user.actor, at=timezone.now(), purpose="vneid")
    shown = [(case, ADVICE[Kind(case.kind)]) for case in actions.open_cases(staff).filter(user=user)]
    linked = VNeIDLink.objects.filter(user=user).first()
    return page(request, "admin/citizen_vneid.html", form, account=user, cases=shown, link=linked)


def _act(request: HttpRequest, user: User, staff: User, form: VNeIDCaseForm) -> HttpResponse:
    act, _colon, key = request.POST.get("action", "").partition(":")
    note, now = form.cleaned_data["note"], timezone.now()
    case = VNeIDCase.objects.filter(user=user, pk=key).first() if key.isdigit() else None
    try:
        if act == "release":
            actions.release_link(user=user, note=note, by=staff, at=now)
            messages.success(request, _("The link was released. A message tells the citizen."))
        elif act == "relink" and case is not None:
            actions.relink(case=case, note=note, by=staff, at=now)
            messages.success(request, _("The new VNeID account is linked. A message tells the citizen."))
        elif act == "dismiss" and case is not None:
            actions.dismiss_case(case=case, note=note, by=staff, at=now)
            messages.success(request, _("The case is closed."))
    except DomainError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("admin:citizen-vneid", args=[user.pk]))
