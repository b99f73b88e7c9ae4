"""Registration, page by page: photos, confirmation, receipt; the same pages mend a returned dossier.

What is written is kept in the database, its key in the session (`kept`); a page that comes too early leads back to the
one that is missing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import begun
from accounts.actions import drafts, otp, registration, unfinished
from accounts.dossiers.durations import usual_days
from accounts.forms.registration import ConfirmForm, DeclarationForm, PhotosForm, typed_of
from accounts.rules import citizen_card, consent
from accounts.rules.declaration import contradictions
from accounts.views import kept, photo_pages
from accounts.views.kept import Draft, on_draft
from accounts.views.photo_pages import takes_photos
from accounts.views.tracking import returned, timeline
from vssid.documents.pdf import PdfUnavailable, render_pdf
from vssid.documents.qr import qr_svg
from vssid.errors import DomainError, with_wait
from vssid.identifiers import mask_phone
from vssid.ops import clock
from vssid.templatetags.portal import code, phone

STEPS = ("declaration", "photos", "confirm", "done")


def show(request: HttpRequest, page: str, draft: Draft | None, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a page of the registration."""
    words = (_("Form"), _("Photos"), _("Confirm"), _("Done"))
    changing = draft is not None and draft.status == Draft.Status.RETURNED
    begun = draft or kept.typed(request, None)
    context |= {
        "dossier": draft,
        "changing": changing,
        "asked": returned(draft) if draft else [],
        "step_words": words,
        "step": STEPS.index(page) + 1 if page in STEPS else 0,
        "ends": begun and begun.created_at + drafts.LIFE,
        "phone_masked": draft and phone(mask_phone(draft.phone)),
    }
    return render(request, f"accounts/registration/{page}.html", context, status=status)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def choose(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    """Choose between person and organisation; what was begun can be gone on with, a draft be deleted."""
    if request.method == "POST":
        if draft and request.POST.get("action") == "leave":
            kept.forget(request)
        elif request.POST.get("action") == "delete_draft" and _delete(request, draft):
            kept.forget(request)
            begun.count_finished(request)
            messages.success(request, _("Your declaration and its photos are deleted."))
        return redirect("accounts:register")
    organisation = request.GET.get("doi-tuong") == "to-chuc"
    return show(request, "choose", draft, organisation=organisation, next_page=_next_page(draft))


def _delete(request: HttpRequest, draft: Draft | None) -> bool:
    """Erase what this browser began; tell whether there was anything."""
    now, typed = timezone.now(), kept.typed(request, None)
    if draft:
        drafts.delete_draft(dossier=draft, by="anonymous", at=now)
    elif typed:
        unfinished.delete_typed(kept=typed, at=now)
    return bool(draft or typed)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
@on_draft
def photos(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    """Add the three photos, one, two or all at a time; what came before stays."""
    if draft is None:
        return _too_early(request)
    if request.method != "POST":
        return _photos_page(request, draft, None)
    form = PhotosForm(request.POST, request.FILES)
    form.is_valid()
    status, added = photo_pages.keep_uploads(request, draft, form)
    missing = drafts.missing_photos(draft)
    if not form.errors and not missing and photo_pages.doubtful(added):
        messages.warning(request, _("All photos are kept. One may be hard to read: take it again, or just continue."))
        return redirect("accounts:photos")
    if not form.errors and not missing:
        return redirect("accounts:confirm")
    if not form.errors and added:
        messages.info(request, _("Kept. Add the photos that are still missing."))
        return redirect("accounts:photos")
    photo_pages.ask_for(form, missing)
    return _photos_page(request, draft, form, status=status)


def _photos_page(request: HttpRequest, draft: Draft, form: PhotosForm | None, status: int = 200) -> HttpResponse:
    slots = photo_pages.slot_rows(draft, form, url_name="accounts:photo")
    return show(request, "photos", draft, status=status, form=form, slots=slots)


@login_not_required
@require_safe
def photo(request: HttpRequest, slot: str) -> HttpResponse:
    """Show a photo of one's own declaration to the browser that works on it; to anybody else there is none."""
    return photo_pages.photo_answer(kept.changeable(request), slot)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def confirm(request: HttpRequest, dossier: Draft | None) -> HttpResponse:
    """Read everything again, consent, receive the code, send."""
    if dossier is None and kept.sent(request):
        return redirect("accounts:done")
    if dossier is None or drafts.missing_photos(dossier):
        return _too_early(request, dossier)
    if request.method != "POST":
        return _confirm_page(request, dossier, ConfirmForm(initial=consented(request)))
    form = ConfirmForm(request.POST)
    sending = request.POST.get("action") != "send_otp"
    if not form.check_sending(sending=sending):
        return _confirm_page(request, dossier, form, status=400)
    try:
        return _send(request, dossier, form) if sending else _send_code(request, dossier, form)
    except DomainError as error:
        if kept.changeable(request) is None:
            return redirect("accounts:done")
        waiting = kept.waiting_code(request, dossier)
        form.add_error("otp" if waiting and sending else None, str(error))
        # Sent without a code that could prove the phone: a step was skipped, or it took too long.
        status = 409 if isinstance(error, otp.OtpExpired) else error.status
        response = _confirm_page(request, dossier, form, status=status)
        return with_wait(response, error)


def consented(request: HttpRequest) -> dict[str, Any]:
    """Return what this applicant ticked a page before; nothing is ticked by itself."""
    return {"consent": bool(request.session.get(kept.CONSENTED))}


def _send_code(request: HttpRequest, draft: Draft, form: ConfirmForm) -> HttpResponse:
    if form.cleaned_data["consent"]:
        request.session[kept.CONSENTED] = True
    kept.send_code(request, draft)
    return redirect("accounts:confirm")


def _send(request: HttpRequest, draft: Draft, form: ConfirmForm) -> HttpResponse:
    now, entered = clock.now(), form.cleaned_data
    proof = otp.check(code=entered["otp"], at=now, **kept.challenge(request, draft))
    registration.submit(dossier=draft, proof=proof, at=now)
    if not request.session.pop(kept.CORRECTING, None):
        kept.count_sent(request)
    return redirect("accounts:done")


def _confirm_page(request: HttpRequest, draft: Draft, form: ConfirmForm, status: int = 200) -> HttpResponse:
    against = contradictions(
        id_type=draft.id_type,
        id_number=draft.id_number,
        gender=draft.gender,
        birth_year=draft.date_of_birth.year,
    )
    waiting = kept.waiting_code(request, draft)
    if not draft.slots:
        form.leave_photos_out()
    return show(
        request,
        "confirm",
        draft,
        status=status,
        form=form,
        facts=declared_facts(draft),
        contradicts=bool(against) and not waiting,
        qr_lines=[] if waiting else citizen_card.lines(draft),
        waiting=waiting,
        tries_left=waiting and otp.TRIES - waiting.tries,
        consent_text=f"accounts/registration/consent/{consent.version_for(photos=bool(draft.slots))}.html",
        slots=[{"title": slot.label, "url": reverse("accounts:photo", args=[slot.value])} for slot in draft.slots],
    )


def declared_facts(dossier: Draft) -> list[tuple[Any, ...]]:
    """Return label and value of everything that was declared, for reading again and for printing."""
    typed = typed_of(dossier)
    labels = {name: field.label for name, field in DeclarationForm.base_fields.items()}
    shown = {
        **typed,
        "bhxh_code": code(typed["bhxh_code"]),
        "id_number": code(dossier.id_number),
        "old_id_number": code(dossier.old_id_number),
        "phone": phone(dossier.phone),
        "gender": dossier.get_gender_display(),
        "id_type": dossier.get_id_type_display(),
        "province": dossier.province.name,
        "ward": dossier.ward.name,
        "office": dossier.office.name,
    }
    wide = {"bhxh_code", "full_name", "email", "address", "office", "id_type", "old_id_number"}
    order = [name for name in labels if name != "office" and shown[name]]
    return [(labels[name], shown[name], "wide" if name in wide else "") for name in [*order, "office"]]


@login_not_required
@require_safe
@on_draft
def done(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    """Show the dossier's number and what comes next."""
    dossier = None if draft else kept.sent(request)
    if dossier is None:
        return _too_early(request, draft)
    usual = usual_days(office=dossier.office_id, at=timezone.now())
    return show(request, "done", dossier, events=timeline(dossier), usual=usual)


@login_not_required
@require_safe
def declaration_pdf(request: HttpRequest) -> HttpResponse:
    """Give the declaration as a document to keep; where PDF cannot be made, the same as a page to print."""
    dossier = kept.sent(request)
    if dossier is None:
        raise Http404
    address = f"{settings.PUBLIC_BASE_URL}{reverse('accounts:track')}?so={dossier.url_number}"
    context = {
        "dossier": dossier,
        "facts": declared_facts(dossier),
        "track_url": address,
        "qr": qr_svg(address, label=_("Address of the page that follows this dossier")),
    }
    language = get_language() or "vi"
    try:
        pdf = render_pdf("documents/declaration.html", context, language=language)
    except PdfUnavailable:
        return render(request, "documents/declaration.html", {**context, "language": language})
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="to-khai-{dossier.url_number}.pdf"'
    return response


def _next_page(draft: Draft | None) -> str:
    """Return the name of the page where the draft is to be gone on with."""
    if draft is None:
        return "accounts:declaration"
    return "accounts:photos" if drafts.missing_photos(draft) else "accounts:confirm"


def tell_lost(request: HttpRequest) -> None:
    """Say once that what this browser worked on is gone."""
    if kept.lost(request):
        messages.warning(
            request,
            _("Your declaration is no longer here: it was kept for 24 hours, or you continued it elsewhere."),
        )


def _too_early(request: HttpRequest, draft: Draft | None = None) -> HttpResponse:
    if draft is None:
        tell_lost(request)
    return redirect(_next_page(draft))
