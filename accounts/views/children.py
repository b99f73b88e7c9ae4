"""A parent's children: the list, registering one page by page, and whose record the session looks at."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import photos as decoding
from accounts.actions import children as actions
from accounts.actions import drafts, otp
from accounts.forms.children import ChildForm, ChildPhotosForm, CodeForm, suggested, typed_of_child
from accounts.models import OneTimeCode, RegistrationDossier
from accounts.models.registration import SLOTS, Kind, PhotoSlot
from accounts.photos.quality import advice
from accounts.rules.children import is_child
from accounts.sessions import ACTING, browser_key, logged_in
from accounts.views.tracking import refusal
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.documents.storage import StorageUnavailable
from vssid.errors import DomainError, TooMany
from vssid.identifiers import mask_phone
from vssid.templatetags.portal import code, day, phone

Dossier = RegistrationDossier
Status = RegistrationDossier.Status
# The returned dossier that this session corrects.
CORRECTING = "child_correcting"
MOST_BODY = 30 * 1024 * 1024
SHOWN = 20
WAYS = require_http_methods(["GET", "HEAD", "POST"])


class TooLarge(DomainError):
    """Both photos together are more than anybody's camera makes."""

    code = "too_large"
    status = 413
    message = gettext_lazy("The photos are too large. Take them with a lower resolution, or send one after the other.")


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
        "draft": _dossier(request),
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
    draft = _dossier(request)
    if request.POST.get("action") == "delete_draft" and draft and draft.status == Status.DRAFT:
        drafts.delete_draft(dossier=draft, by=logged_in(request).actor, at=now)
        messages.success(request, _("Your declaration and its photos are deleted."))
    return redirect("accounts:children")


@require_POST
def act_for(request: HttpRequest, person_id: int) -> HttpResponse:
    """Look at the records of a child under this account, or at one's own again; anybody else's are not there."""
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
def register(request: HttpRequest) -> HttpResponse:
    """Fill in a child's declaration, or change it."""
    dossier, parent = _dossier(request), logged_in(request)
    if request.method != "POST":
        if request.headers.get("HX-Request"):
            places = {name: request.GET.get(name, "") for name in ("province", "ward", "office")}
            return render(request, "accounts/registration/places.html", {"form": ChildForm(initial=places)})
        form = ChildForm(initial=typed_of_child(dossier) if dossier else suggested(parent), asked=_asked(dossier))
        return _show(request, "declaration", 1, dossier, form=form)
    if request.POST.get("action") == "wards":
        form = ChildForm(initial=request.POST.dict(), asked=_asked(dossier))
        form.fields["ward"].widget.attrs["autofocus"] = True
        return _show(request, "declaration", 1, dossier, form=form)
    form = ChildForm(request.POST, asked=_asked(dossier))
    if not form.is_valid():
        return _show(request, "declaration", 1, dossier, status=400, form=form)
    language = get_language() or "vi"
    try:
        actions.keep_child(declaration=form.child, dossier=dossier, parent=parent, language=language, at=timezone.now())
    except DomainError as error:
        form.add_error(None, str(error))
        return _show(request, "declaration", 1, dossier, status=error.status, form=form)
    return redirect("accounts:child-photos")


def _limit_body(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a body of more than MOST_BODY before anything reads it."""

    @wraps(view)
    def limited(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MOST_BODY:
            raise TooLarge
        return view(request)

    limited.own_body_limit = True  # type: ignore[attr-defined]
    return limited


# The middleware's CSRF check would read the whole body first, so it is made inside of the limit.
@csrf_exempt
@WAYS
@_limit_body
@csrf_protect
def photos(request: HttpRequest) -> HttpResponse:
    """Add the child's portrait and the birth certificate, and consent; what came before stays."""
    dossier = _dossier(request)
    if dossier is None:
        return redirect("accounts:child-register")
    if request.method != "POST":
        return _photos_page(request, dossier, ChildPhotosForm(initial={"consent": dossier.consented_at is not None}))
    form = ChildPhotosForm(request.POST, request.FILES)
    form.is_valid()
    if form.cleaned_data.get("consent") and dossier.consented_at is None:
        dossier = actions.consent(dossier=dossier, at=timezone.now())
    status, doubtful = _keep_uploads(request, dossier, form)
    for slot in _missing(dossier):
        if slot not in form.errors:
            form.add_error(slot, _("Add this photo: %(slot)s.") % {"slot": PhotoSlot(slot).label})
    if not form.cleaned_data.get("consent"):
        form.add_error("consent", _("Tick this box to send the declaration."))
    if form.errors:
        return _photos_page(request, dossier, form, status=status)
    if doubtful:
        messages.warning(request, _("All photos are kept. One may be hard to read: take it again, or just continue."))
        return redirect("accounts:child-photos")
    return redirect("accounts:child-confirm")


def _keep_uploads(request: HttpRequest, dossier: Dossier, form: ChildPhotosForm) -> tuple[int, bool]:
    """Keep every photo that can be used, note what is wrong with the others.

    Return the status of an answer with errors, and whether a photo just kept may be hard to read."""
    status, doubtful = 400, False
    for slot in SLOTS[Kind.CHILD]:
        upload = request.FILES.get(slot)
        if upload is None:
            continue
        try:
            photo = decoding.read_upload(upload)
            added = drafts.keep_photo(dossier=dossier, slot=slot, photo=photo, at=timezone.now())
            doubtful = doubtful or bool(added.quality.get("warnings"))
        except (decoding.PhotoRefused, decoding.PhotosBusy, StorageUnavailable) as error:
            form.add_error(slot, str(error))
            status = max(status, error.status)
    return status, doubtful


def _photos_page(request: HttpRequest, dossier: Dossier, form: ChildPhotosForm, status: int = 200) -> HttpResponse:
    there = dict(dossier.photos.filter(erased_at=None).values_list("slot", "quality"))
    flaws = {slot: advice(quality["warnings"]) for slot, quality in there.items() if quality.get("warnings")}
    asked = _asked(dossier)
    hints = {
        PhotoSlot.PORTRAIT: _("The child's face from the front, nothing on the head, light background."),
        PhotoSlot.BIRTH: _("The whole page, or the extract. All four corners in the photo, no glare."),
    }
    slots = [
        {
            "name": slot.value,
            "title": slot.label,
            "hint": hints[slot],
            "url": reverse("accounts:child-photo", args=[slot.value]) if slot in there else "",
            "state": ("doubtful" if slot in asked or slot in flaws else "good") if slot in there else "missing",
            "reason": _("An officer writes: %(words)s") % {"words": asked[slot]}
            if slot in asked
            else flaws.get(slot, ""),
            "usable": slot in flaws and slot not in asked,
            "alt": _("Your photo: %(slot)s") % {"slot": slot.label},
            "error": " ".join(str(text) for text in form.errors.get(slot, ())),
        }
        for slot in SLOTS[Kind.CHILD]
    ]
    return _show(request, "photos", 2, dossier, status=status, form=form, slots=slots)


@require_safe
def photo(request: HttpRequest, slot: str) -> HttpResponse:
    """Show a photo of the declaration that this parent works on; to anybody else there is none."""
    dossier = _dossier(request)
    found = dossier and dossier.photos.filter(slot=slot, erased_at=None).first()
    if not found:
        raise Http404
    response = HttpResponse(drafts.read_photo(found), content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'attachment; filename="{found.slot}.jpg"'
    return response


@WAYS
def confirm(request: HttpRequest) -> HttpResponse:
    """Read everything again, receive the code on the account's phone, send."""
    dossier = _dossier(request)
    if dossier is None:
        return redirect("accounts:children")
    if _missing(dossier) or dossier.consented_at is None:
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
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.retry_after)
        return response


def _send_code(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    otp.issue(phone=dossier.phone, at=timezone.now(), **_challenge(request, dossier))
    return redirect("accounts:child-confirm")


def _send(request: HttpRequest, dossier: Dossier, entered: str) -> HttpResponse:
    now = timezone.now()
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
            (_("Gender"), dossier.get_gender_display()),
            (_("You are the child's"), dossier.get_relation_display()),
            (_("Address"), f"{dossier.address}, {dossier.ward.name}, {dossier.province.name}", "wide"),
            (_("Social insurance office"), dossier.office.name, "wide"),
        ],
    }
    return _show(request, "confirm", 3, dossier, status=status, **context)


def _challenge(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    return {
        "purpose": OneTimeCode.Purpose.REGISTRATION,
        "subject": f"dossier:{dossier.pk}",
        "browser_key": browser_key(request),
    }


def _waiting_code(request: HttpRequest, dossier: Dossier) -> OneTimeCode | None:
    sent = otp.pending(**_challenge(request, dossier))
    return sent if otp.is_waiting(sent, timezone.now()) else None


def _show(
    request: HttpRequest, page: str, step: int, dossier: Dossier | None, status: int = 200, **context: Any
) -> HttpResponse:
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


def _dossier(request: HttpRequest) -> Dossier | None:
    """Return what this parent works on: the returned dossier that the session corrects, else the newest draft."""
    own, key = _own(request), request.session.get(CORRECTING)
    returned: Dossier | None = own.filter(public_id=key, status=Status.RETURNED).first() if key else None
    begun = timezone.now() - drafts.LIFE
    return returned or own.filter(status=Status.DRAFT, created_at__gt=begun).order_by("-pk").first()


def _missing(dossier: Dossier) -> list[str]:
    there = set(dossier.photos.filter(erased_at=None).values_list("slot", flat=True))
    return [slot for slot in SLOTS[Kind.CHILD] if slot not in there]


def _asked(dossier: Dossier | None) -> dict[str, str]:
    """Return the officer's words by field or photo, for what has not been changed yet."""
    return {item["field"]: item["text"] for item in dossier.return_reasons if not item.get("mended")} if dossier else {}


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
