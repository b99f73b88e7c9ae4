"""Filing a request: the questions, the papers, and the code that signs it. One draft a service and account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import otp
from accounts.forms.children import CodeForm
from accounts.models import OneTimeCode, User
from accounts.sessions import browser_key, logged_in
from accounts.stepup import has_fresh_proof
from accounts.views.photo_pages import takes_photos
from insurance.models import InsuredPerson
from services import procedures
from services.actions import papers as paper_actions
from services.actions import requests as actions
from services.forms.procedures import ProcedureForm, initial_of, typed_of
from services.models import ServiceRequest
from services.procedures.definition import Procedure
from services.procedures.known import Known
from services.reads import known_of, office_for
from services.words import answered
from vssid.errors import DomainError, with_wait
from vssid.identifiers import mask_phone
from vssid.templatetags.portal import phone

WAYS = require_http_methods(["GET", "HEAD", "POST"])
Status = ServiceRequest.Status
CORRECTING = "request_correcting"


@WAYS
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Tell what the service is and ask its questions; what was answered is kept as a draft."""
    procedure, person, known, draft = _about(request, code)
    if procedure.for_child is False and request.child is not None:  # type: ignore[attr-defined]
        why: Any = _("This service is for your own record. Go back to it first.")
    else:
        why = procedure.may_file(known) if procedure.may_file else ""
    if why:
        return _page(request, "file", procedure, why=why, status=200)
    if procedure.proof_minutes is not None and not has_fresh_proof(request, procedure.proof_minutes):
        address = f"{reverse('accounts:step-up')}?{urlencode({'next': request.path})}"
        return redirect(address) if request.method != "POST" else _page(request, "file", procedure, why="", status=403)
    if request.method != "POST":
        start = typed_of(procedure, draft.answers) if draft else {**initial_of(procedure, known), **_asked(request)}
        form = ProcedureForm(procedure, known, initial=start)
        return _page(request, "file", procedure, form=form, draft=draft, asked=_returned(draft))
    form = ProcedureForm(procedure, known, data=request.POST)
    if request.POST.get("action") == "more":
        again = ProcedureForm(procedure, known, initial={**request.POST.dict()})
        return _page(request, "file", procedure, form=again, draft=draft, asked=_returned(draft))
    if not form.is_valid():
        return _page(request, "file", procedure, form=form, draft=draft, asked=_returned(draft), status=400)
    actions.keep(
        procedure=procedure,
        person=person,
        account=logged_in(request),
        office=office_for(person),
        answers=form.answers,
        known=known,
        request=draft,
        at=timezone.now(),
    )
    return redirect("services:papers" if procedure.papers_for(form.answers) else "services:confirm", code)


@WAYS
@takes_photos
def papers(request: HttpRequest, code: str) -> HttpResponse:
    """Add the papers, one file each; what came before stays."""
    procedure, _person, _known, draft = _about(request, code)
    if draft is None:
        return redirect("services:file", code)
    wanted = procedure.papers_for(draft.answers)
    errors: dict[str, str] = {}
    status, refused = 200, None
    if request.method == "POST":
        for paper in wanted:
            upload = request.FILES.get(paper.name)
            try:
                if upload is not None:
                    paper_actions.keep(request=draft, name=paper.name, upload=upload, at=timezone.now())
                elif request.POST.get("remove") == paper.name:
                    paper_actions.remove(request=draft, name=paper.name)
            except DomainError as error:
                errors[paper.name], status, refused = str(error), error.status, error
        missing = actions.missing_papers(draft)
        if not errors and request.POST.get("action") == "next":
            if not missing:
                return redirect("services:confirm", code)
            errors, status = dict.fromkeys(missing, _("Add this paper.")), 400
    there = {paper.name: paper for paper in draft.papers.all()}
    said = _returned(draft)
    rows = [
        {
            "paper": paper,
            "there": there.get(paper.name),
            "error": errors.get(paper.name),
            "said": said.get(paper.name),
        }
        for paper in wanted
    ]
    failed = [row for row in rows if row["error"]]
    page = _page(request, "papers", procedure, rows=rows, failed=failed, draft=draft, asked=said, status=status)
    return with_wait(page, refused)


@WAYS
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Read everything again, see what it costs or brings, receive the code, sign and send."""
    procedure, _person, known, draft = _about(request, code)
    if draft is None:
        return redirect("services:file", code)
    if actions.missing_papers(draft):
        return redirect("services:papers", code)
    user = logged_in(request)
    context: dict[str, Any] = {
        "facts": answered(procedure, draft.answers),
        "papers": draft.papers.all(),
        "estimate": procedure.estimate(draft.answers, known) if procedure.estimate else None,
        "phone_masked": phone(mask_phone(user.phone or "")),
    }
    if request.method != "POST":
        return _confirm_page(request, procedure, draft, user, CodeForm(), **context)
    form, sending = CodeForm(request.POST), request.POST.get("action") != "send_otp"
    form.is_valid()
    if sending and not form.cleaned_data.get("otp"):
        form.add_error("otp", _("Enter the code from the message."))
        return _confirm_page(request, procedure, draft, user, form, status=400, **context)
    challenge = _challenge(request, draft)
    now = timezone.now()
    try:
        if not sending:
            otp.issue(phone=user.phone or "", at=now, **challenge)
            return redirect("services:confirm", code)
        proof = otp.check(code=form.cleaned_data["otp"], at=now, **challenge)
        sent = actions.submit(request=draft, proof=proof, known=known, at=now)
    except DomainError as error:
        form.add_error("otp" if sending else None, str(error))
        answer = _confirm_page(request, procedure, draft, user, form, status=error.status, **context)
        return with_wait(answer, error)
    request.session.pop(CORRECTING, None)
    messages.success(request, _("The request is sent. Its number is %(number)s.") % {"number": sent.number})
    return redirect("services:request", sent.url_number)


def worked_on(request: HttpRequest, procedure: Procedure, person: InsuredPerson) -> ServiceRequest | None:
    """What this account writes in: the returned request that the session corrects, else its newest draft."""
    own = ServiceRequest.objects.filter(
        account=logged_in(request), person=person, procedure_code=procedure.code
    ).select_related("account", "office")
    key = request.session.get(CORRECTING)
    returned = own.filter(public_id=key, status=Status.RETURNED).first() if key else None
    begun = timezone.now() - actions.LIFE
    return returned or own.filter(status=Status.DRAFT, created_at__gt=begun).order_by("-pk").first()


def _about(request: HttpRequest, code: str) -> tuple[Procedure, InsuredPerson, Known, ServiceRequest | None]:
    """The service in the version of what is worked on, else the newest; the person, what is known, and that draft."""
    person: InsuredPerson | None = request.insured_person  # type: ignore[attr-defined]
    try:
        procedure = procedures.get(code)
    except procedures.UnknownProcedure as unknown:
        raise Http404 from unknown
    if person is None:
        raise Http404
    child = request.child is not None  # type: ignore[attr-defined]
    draft = worked_on(request, procedure, person)
    known = known_of(person, on=timezone.localdate(), for_child=child)
    return draft.procedure if draft else procedure, person, known, draft


def _asked(request: HttpRequest) -> dict[str, str]:
    """What another page asks to fill in: the topic of a report, months, a day. Nothing personal."""
    names = ("topic", "from_month", "to_month", "visit_day", "employer", "change", "right")
    return {name: request.GET[name][:120] for name in names if name in request.GET and "\0" not in request.GET[name]}


def _returned(draft: ServiceRequest | None) -> dict[str, str]:
    if draft is None or draft.status != Status.RETURNED:
        return {}
    return {item["field"]: item["text"] for item in draft.return_reasons}


def _challenge(request: HttpRequest, draft: ServiceRequest) -> dict[str, Any]:
    return {
        "purpose": OneTimeCode.Purpose.STEP_UP,
        "subject": actions.signed_as(draft),
        "browser_key": browser_key(request),
    }


def _confirm_page(
    request: HttpRequest,
    procedure: Procedure,
    draft: ServiceRequest,
    user: User,
    form: CodeForm,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    waiting = otp.waiting(**_challenge(request, draft), at=timezone.now())
    tries = waiting and otp.TRIES - waiting.tries
    context |= {"draft": draft, "form": form, "waiting": waiting, "tries_left": tries}
    return _page(request, "confirm", procedure, status=status, **context)


def _page(request: HttpRequest, name: str, procedure: Procedure, status: int = 200, **context: Any) -> HttpResponse:
    steps = [_("Questions"), *([_("Papers")] if procedure.papers else []), _("Sign and send")]
    step = {"file": 1, "papers": 2, "confirm": len(steps)}[name]
    if isinstance(form := context.get("form"), ProcedureForm):
        form.returned = context.get("asked", {})
    known = {"procedure": procedure, "steps": steps, "step": step, **context}
    return render(request, f"services/{name}.html", known, status=status)
