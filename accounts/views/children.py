"""A parent's children: the list, the photos and the code of one that is registered, whose record the session looks at.

The declaration's page is `child_declaration`."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import children as actions
from accounts.actions import drafts, otp
from accounts.forms.children import ChildPhotosForm, CodeForm
from accounts.models import OneTimeCode, RegistrationDossier
from accounts.models.registration import Kind
from accounts.rules.children import is_child
from accounts.sessions import ACTING, browser_key, logged_in
from accounts.views import photo_pages
from accounts.views.photo_pages import takes_photos
from accounts.views.tracking import refusal
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError, with_wait
from vssid.identifiers import mask_phone
from vssid.ops import clock, gates
from vssid.templatetags.portal import code, day, phone

Dossier = RegistrationDossier
Status = RegistrationDossier.Status
# The returned dossier that this session corrects.
CORRECTING = "child_correcting"
SHOWN = 20
WAYS = require_http_methods(["GET", "HEAD", "POST"])


@WAYS
def children(request: HttpRequest) -> HttpResponse:
    """List the children under the account and the dossiers about them; a draft can be deleted, a return mended."""
    user, now = logged_in(request), timezone.now()
    if request.method == "POST":
        return _act(request, now)
    request.session.pop(CORRECTING, None)
    dossiers = _own(request).exclude(status=Status.DRAFT).order_by("-submitted_at")[:SHOWN]
    context = {
        "family": request.family,  # type: ignore[attr-defined]
        "draft": worked_on(request),
        "dossiers": [
            {"dossier": one, "state": _state(one, now), "refusal": refusal(one), "returned": _returned(one)}
            for one in dossiers
        ],
        "may_add": bool(user.person and not is_child(user.person.date_of_birth, timezone.localdate(now))),
    }
    return render(request, "accounts/children/list.html", context)


def _act(request: HttpRequest, now: datetime) -> HttpResponse:
    if request.POST.get("action") == "correct":
        asked = request.POST.get("number", "")
        returned = _own(request).filter(number=asked, status=Status.RETURNED).first() if "\0" not in asked else None
        if returned is None:
            raise Http404
        request.session[CORRECTING] = str(returned.public_id)
        return redirect("accounts:child-register")
    draft = worked_on(request)
    if request.POST.get("action") == "delete_draft" and draft and draft.status == Status.DRAFT:
        drafts.delete_draft(dossier=draft, by=logged_in(request).actor, at=now)
        messages.success(request, _("Your declaration and its photos are deleted."))
    return redirect("accounts:children")


@WAYS
def act_for(request: HttpRequest, person_id: int) -> HttpResponse:
    """Look at the records of a child under this account, or at one's own again; anybody else's are not there."""
    if request.method != "POST":  # after a login in between
        return redirect("insurance:home")
    user = logged_in(request)
    if user.person is not None and user.person.pk == person_id:
        request.session.pop(ACTING, None)
        return redirect("insurance:home")
    if not any(guardianship.child_id == person_id for guardianship in request.family):  # type: ignore[attr-defined]
        raise Http404
    request.session[ACTING] = person_id
    record(Event.CHILD_VIEWED, actor=user.actor, subject=f"person:{person_id}", at=timezone.now())
    return redirect("insurance:home")


@WAYS
@takes_photos
def photos(request: HttpRequest) -> HttpResponse:
    """Add the child's portrait and the birth certificate, and consent; what came before stays."""
    dossier = worked_on(request)
    if dossier is None:
        return redirect("accounts:child-register")
    if request.method != "POST":
        return _photos_page(request, dossier, ChildPhotosForm(initial={"consent": dossier.consented_at is not None}))
    form = ChildPhotosForm(request.POST, request.FILES)
    form.is_valid()
    if form.cleaned_data.get("consent") and dossier.consented_at is None:
        dossier = actions.consent(dossier=dossier, at=timezone.now())
    status, added = photo_pages.keep_uploads(request, dossier, form)
    photo_pages.ask_for(form, drafts.missing_photos(dossier))
    if not form.cleaned_data.get("consent"):
        form.add_error("consent", _("Tick this box to send the declaration."))
    if form.errors:
        return _photos_page(request, dossier, form, status=status)
    if photo_pages.doubtful(added):
        messages.warning(request, _("All photos are kept. One may be hard to read: take it again, or just continue."))
        return redirect("accounts:child-photos")
    return redirect("accounts:child-confirm")


def _photos_page(request: HttpRequest, dossier: Dossier, form: ChildPhotosForm, status: int = 200) -> HttpResponse:
    slots = photo_pages.slot_rows(dossier, form, url_name="accounts:child-photo")
    return show(request, "photos", 2, dossier, status=status, form=form, slots=slots)


@require_safe
def photo(request: HttpRequest, slot: str) -> HttpResponse:
    """Show a photo of the declaration that this parent works on; to anybody else there is none."""
    return photo_pages.photo_answer(worked_on(request), slot)


@WAYS
def confirm(request: HttpRequest) -> HttpResponse:
    """Read everything again, receive the code on the account's phone, send."""
    dossier = worked_on(request)
    if dossier is None:
        return redirect("accounts:children")
    if drafts.missing_photos(dossier) or dossier.consented_at is None:
        return redirect("accounts:child-photos")
    if request.method != "POST":
        return _confirm_page(request, dossier, CodeForm())
    form, sending = CodeForm(request.POST), request.POST.get("action") != "send_otp"
    form.is_valid()
    if sending and not form.cleaned_data.get("otp"):
        form.add_error("otp", _("Enter the code from the message."))
        return _confirm_page(request, dossier, form, status=400)
    try:
        return _send(request, dossier, form.cleaned_data["otp"]) if sending else _send_code(request, dossier)
    except DomainError as error:
        form.add_error("otp" if sending and _waiting_code(request, dossier) else None, str(error))
        response = _confirm_page(request, dossier, form, status=error.status)
        return with_wait(response, error)


def _send_code(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    otp.issue(
        phone=dossier.phone,
        at=clock.now(),
        owner=logged_in(request).username,
        visitor=gates.visitor(request, "otp"),
        **_challenge(request, dossier),
    )
    return redirect("accounts:child-confirm")


def _send(request: HttpRequest, dossier: Dossier, entered: str) -> HttpResponse:
    now = clock.now()
    proof = otp.check(code=entered, at=now, **_challenge(request, dossier))
    sent = actions.submit(dossier=dossier, proof=proof, at=now)
    request.session.pop(CORRECTING, None)
    said = _("The declaration is sent. Its dossier number is %(number)s.") % {"number": sent.number}
    messages.success(request, said)
    return redirect("accounts:children")


def _confirm_page(request: HttpRequest, dossier: Dossier, form: CodeForm, status: int = 200) -> HttpResponse:
    waiting = _waiting_code(request, dossier)
    born = str(dossier.date_of_birth.year) if dossier.birth_year_only else day(dossier.date_of_birth)
    context = {
        "form": form,
        "waiting": waiting,
        "tries_left": waiting and otp.TRIES - waiting.tries,
        "phone_masked": phone(mask_phone(dossier.phone)),
        "facts": [
            (_("The child's full name"), dossier.full_name, "wide"),
            (_("Social insurance code"), code(dossier.bhxh_code)),
            (_("Date of birth"), born),
            (_("Sex"), dossier.get_gender_display()),
            (_("You are the child's"), dossier.get_relation_display()),
            (_("Address"), f"{dossier.address}, {dossier.ward.name}, {dossier.province.name}", "wide"),
            (_("Social insurance office"), dossier.office.name, "wide"),
        ],
    }
    return show(request, "confirm", 3, dossier, status=status, **context)


def _challenge(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    return {
        "purpose": OneTimeCode.Purpose.REGISTRATION,
        "subject": f"dossier:{dossier.pk}",
        "browser_key": browser_key(request),
    }


def _waiting_code(request: HttpRequest, dossier: Dossier) -> OneTimeCode | None:
    return otp.waiting(**_challenge(request, dossier), at=clock.now())


def show(
    request: HttpRequest, page: str, step: int, dossier: Dossier | None, status: int = 200, **context: Any
) -> HttpResponse:
    """Answer with a page of a child's registration."""
    context |= {
        "dossier": dossier,
        "step": step,
        "step_words": (_("Child"), _("Photos and consent"), _("Confirm")),
        "ends": dossier and dossier.status == Status.DRAFT and dossier.created_at + drafts.LIFE,
    }
    return render(request, f"accounts/children/{page}.html", context, status=status)


def _own(request: HttpRequest) -> Any:
    """Return this parent's dossiers about children."""
    own = Dossier.objects.filter(kind=Kind.CHILD, parent_id=logged_in(request).pk)
    return own.select_related("office", "ward", "province")


def worked_on(request: HttpRequest) -> Dossier | None:
    """Return what this parent works on: the returned dossier that the session corrects, else the newest draft."""
    own, key = _own(request), request.session.get(CORRECTING)
    returned: Dossier | None = own.filter(public_id=key, status=Status.RETURNED).first() if key else None
    begun = timezone.now() - drafts.LIFE
    return returned or own.filter(status=Status.DRAFT, created_at__gt=begun).order_by("-pk").first()


def _returned(dossier: Dossier) -> list[str]:
    return [item["text"] for item in dossier.return_reasons] if dossier.status == Status.RETURNED else []


def _state(dossier: Dossier, now: datetime) -> tuple[str, str]:
    """Return the key of the tag and the word for where a dossier stands."""
    held = dossier.held_until is not None and dossier.held_until > now
    return {
        Status.SUBMITTED: ("reviewing", _("Being checked")) if held else ("sent", _("Sent")),
        Status.RETURNED: ("waiting", _("Waiting for you")),
        Status.APPROVED: ("done", _("Approved")),
        Status.REJECTED: ("refused", _("Refused")),
    }.get(Status(dossier.status), ("withdrawn", dossier.get_status_display()))
