"""The list of services and one's own requests, and the page of one request."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.dossiers import leases, reopening
from accounts.dossiers.models import CHANGEABLE, OPEN
from accounts.rules.refusals import OBJECTION
from accounts.sessions import logged_in
from services import procedures
from services.actions import payments
from services.actions import requests as actions
from services.actions.review import catalogue
from services.models import PaymentSlip, ServiceRequest
from services.views.filing import CORRECTING
from services.views.result import receipt_file, result_file
from services.words import answered
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent
from vssid.documents.qr import qr_png, qr_svg
from vssid.errors import DomainError

SHOWN = 50
# The name in the address that asks before a request is withdrawn.
WITHDRAW = "rut"
Status = ServiceRequest.Status
STATES = {
    Status.DRAFT: "received",
    Status.SUBMITTED: "reviewing",
    Status.RETURNED: "waiting",
    Status.APPROVED: "done",
    Status.REJECTED: "refused",
    Status.CANCELLED: "withdrawn",
    Status.WITHDRAWN: "withdrawn",
}
AWAITS_PAYMENT = gettext_lazy("Waiting for your payment")
STEPS = (
    Event.DOSSIER_SUBMITTED,
    Event.DOSSIER_RESUBMITTED,
    Event.DOSSIER_RETURNED,
    Event.DOSSIER_APPROVED,
    Event.DOSSIER_REJECTED,
    Event.DOSSIER_WITHDRAWN,
    Event.DOSSIER_CANCELLED,
)


def state_of(one: ServiceRequest) -> tuple[str, str | Promise]:
    """The mark of a request's state and its words."""
    if one.awaits_payment:
        return "waiting", AWAITS_PAYMENT
    return STATES[Status(one.status)], Status(one.status).label


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """List what can be asked for, and what this account asked for about the person looked at."""
    elsewhere = procedures.elsewhere() if request.child is None else ()  # type: ignore[attr-defined]
    context = {
        "sections": procedures.sections((*procedures.offered(), *elsewhere)),
        "own": [(one, state_of(one)) for one in _own(request).order_by("-created_at")[:SHOWN]],
        "tab": "own" if request.GET.get("muc") == "lich-su" else "services",
    }
    return render(request, "services/services.html", context)


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Lead from what looks odd in a record to the form that reports it, its topic chosen."""
    topic = "visit" if request.GET.get("about") == "visit" else "gap"
    return redirect(f"{reverse('services:file', args=['feedback'])}?topic={topic}")


@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one request: where it stands, what was answered, the talk; withdraw it, correct it, ask again."""
    found = _numbered(request, number)
    if request.method == "POST":
        return _act(request, found)
    reopening.note_reading(found, actor=logged_in(request).actor, at=timezone.now())
    procedure = found.procedure
    events = AuditEvent.objects.filter(subject=found.subject, event__in=STEPS).order_by("pk")
    labels = {item.name: item.label for item in (*procedure.fields, *procedure.papers)}
    refusal = catalogue(found).get(found.reason)
    payment = _payment(found)
    waits = found.status in OPEN or (found.status == Status.APPROVED and found.waits)
    may_withdraw = waits and not payment.get("slip_paid")
    if may_withdraw and WITHDRAW in request.GET:
        return render(request, "services/withdraw.html", {"one": found, "procedure": procedure})
    context = {
        "one": found,
        "procedure": procedure,
        "state": state_of(found),
        "facts": answered(procedure, found.answers),
        "papers": found.papers.all(),
        "talk": found.messages.select_related("author"),
        "held": leases.holder_of(found, timezone.now()) is not None,
        "steps": [(Event(event.event).label, event.at) for event in events],
        **payment,
        "returned": [(labels.get(item["field"], item["field"]), item["text"]) for item in found.return_reasons],
        "refusal": refusal,
        "objection": OBJECTION,
        "may_withdraw": may_withdraw,
        "may_correct": found.status == Status.RETURNED,
        "may_repeat": found.status in actions.REPEATABLE,
        "may_write": found.status in OPEN,
    }
    return render(request, "services/request.html", context)


@require_safe
def slip_picture(request: HttpRequest, number: str) -> HttpResponse:
    """The payment's code as a picture, for who pays on the telephone that shows it; 404 once nothing is to be paid."""
    found = _numbered(request, number)
    code = payments.code_of(found.slip) if found.awaits_payment else ""
    if not code:
        raise Http404
    headers = {"Content-Disposition": 'inline; filename="vietqr.png"', "Cache-Control": "no-store"}
    return HttpResponse(qr_png(code), content_type="image/png", headers=headers)


def _payment(found: ServiceRequest) -> dict[str, Any]:
    """The slip of a request that is paid first, with its code while it is not paid."""
    slip: PaymentSlip | None = getattr(found, "slip", None)
    if slip is None:
        return {}
    code = payments.code_of(slip) if found.awaits_payment else ""
    label = _("VietQR code of this payment")
    return {
        "slip": slip,
        "slip_open": found.awaits_payment,
        "slip_paid": slip.paid_on,
        "slip_code": qr_svg(code, label=label) if code else "",
        "slip_bank": settings.PAYMENT_BANK,
        "slip_account": settings.PAYMENT_ACCOUNT,
        "slip_owner": settings.PAYMENT_ACCOUNT_NAME,
    }


def _act(request: HttpRequest, found: ServiceRequest) -> HttpResponse:
    action, now = request.POST.get("action"), timezone.now()
    try:
        if action == "correct" and found.status in CHANGEABLE:
            request.session[CORRECTING] = str(found.public_id)
            return redirect("services:file", found.procedure_code)
        if action == "withdraw":
            actions.withdraw(request=found, at=now)
            messages.success(request, _("The request is withdrawn."))
        elif action == "again":
            actions.again(request=found, at=now)
            return redirect("services:file", found.procedure_code)
        elif action == "result" and found.status == Status.APPROVED:
            return result_file(request, found)
        elif action == "receipt":
            return receipt_file(request, found)
        elif action == "write":
            actions.write(request=found, author=logged_in(request), text=request.POST.get("text", ""), at=now)
            messages.success(request, _("Your message is with the office."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("services:request", found.url_number)


def _numbered(request: HttpRequest, number: str) -> ServiceRequest:
    asked = number.replace("-", "/") if "\0" not in number else ""
    found: ServiceRequest | None = _own(request).exclude(status=Status.DRAFT).filter(number=asked).first()
    if found is None:
        raise Http404
    return found


def _own(request: HttpRequest) -> Any:
    """Requests that this account filed about the person looked at."""
    person = request.insured_person  # type: ignore[attr-defined]
    own = ServiceRequest.objects.filter(account=logged_in(request), person=person)
    return own.select_related("office", "account", "person", "slip")
