"""What the pages with photos of an adult and of a child have in common: limit of a body, uploads, slots, one photo."""

from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from accounts import photos as decoding
from accounts.actions import drafts
from accounts.models import IdPhoto, RegistrationDossier
from accounts.models.registration import Kind, PhotoSlot
from accounts.photos import MOST_BODY
from accounts.photos.quality import advice

View = Callable[..., HttpResponse]


def takes_photos(view: View) -> View:
    """Let a view read a body with photos; one of more than MOST_BODY is refused before anything reads it.

    The middleware's CSRF check would read the whole body first, so it is made inside of the limit.
    """
    guarded = csrf_protect(view)

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MOST_BODY:
            context = {"limit": MOST_BODY // 1024 // 1024, "photos_url": request.path}
            return render(request, "accounts/registration/too_large.html", context, status=413)
        return guarded(request, *args, **kwargs)

    limited.own_body_limit = True  # type: ignore[attr-defined]
    return csrf_exempt(limited)


def ask_for(form: Form, slots: Iterable[PhotoSlot]) -> None:
    """Say at each of these slots that its photo is missing, unless something else is wrong with it."""
    for slot in slots:
        if slot not in form.errors:
            form.add_error(slot, _("Add this photo: %(slot)s.") % {"slot": slot.label})


def keep_uploads(request: HttpRequest, dossier: RegistrationDossier, form: Form) -> tuple[int, list[IdPhoto]]:
    """Keep every photo that can be used, note what is wrong with the others.

    Return the status of an answer with errors, and the photos that were kept.
    """
    given: dict[str, Callable[[], decoding.Photo]] = {
        slot.value: partial(decoding.read_upload, request.FILES[slot], qr=slot == PhotoSlot.ID_FRONT)  # type: ignore[arg-type]
        for slot in dossier.slots
        if slot in request.FILES
    }
    added, wrong = drafts.keep_photos(dossier=dossier, given=given, at=timezone.now())
    for slot, error in wrong.items():
        form.add_error(slot, str(error))
    return max((400, *(error.status for error in wrong.values()))), added


def doubtful(photos: Iterable[IdPhoto]) -> bool:
    """Tell whether one of these photos may be hard to read."""
    return any(photo.quality.get("warnings") for photo in photos)


def still_asked(dossier: RegistrationDossier | None) -> dict[str, str]:
    """Return the officer's words by field or photo, for what has not been changed yet."""
    return {item["field"]: item["text"] for item in dossier.return_reasons if not item.get("mended")} if dossier else {}


def slot_rows(dossier: RegistrationDossier, form: Form | None, *, url_name: str) -> list[dict[str, Any]]:
    """Return what components/photo_slot.html draws, for each slot; `url_name` shows a photo."""
    there = dict(dossier.photos.filter(erased_at=None).values_list("slot", "quality"))
    flaws = {slot: advice(quality["warnings"]) for slot, quality in there.items() if quality.get("warnings")}
    asked = still_asked(dossier)
    own_face = dossier.kind == Kind.ADULT
    return [
        {
            "name": slot.value,
            "title": slot.label,
            "hint": _hint(slot, own_face=own_face),
            "url": reverse(url_name, args=[slot.value]) if slot in there else "",
            "state": ("doubtful" if slot in asked or slot in flaws else "good") if slot in there else "missing",
            "reason": _("An officer writes: %(words)s") % {"words": asked[slot]}
            if slot in asked
            else flaws.get(slot, ""),
            "usable": slot in flaws and slot not in asked,
            "capture": "user" if slot == PhotoSlot.PORTRAIT and own_face else "environment",
            "alt": _("Your photo: %(slot)s") % {"slot": slot.label},
            "error": " ".join(str(text) for text in form.errors.get(slot, ())) if form else "",
        }
        for slot in dossier.slots
    ]


def photo_answer(dossier: RegistrationDossier | None, slot: str) -> HttpResponse:
    """Answer with one photo of a dossier that this browser may write in; raise Http404 where there is none."""
    found = dossier and dossier.photos.filter(slot=slot, erased_at=None).first()
    if not found:
        raise Http404
    response = HttpResponse(drafts.read_photo(found), content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'attachment; filename="{found.slot}.jpg"'
    return response


def _hint(slot: PhotoSlot, *, own_face: bool) -> str:
    match slot:
        case PhotoSlot.PORTRAIT if own_face:
            return _("Face from the front, nothing on the head, light background.")
        case PhotoSlot.PORTRAIT:
            return _("The child's face from the front, nothing on the head, light background.")
        case PhotoSlot.ID_FRONT:
            return _("The side with your picture. All four corners in the photo, no glare.")
        case PhotoSlot.ID_BACK:
            return _("The other side. All four corners in the photo, no glare.")
        case PhotoSlot.BIRTH:
            return _("The whole page, or the extract. All four corners in the photo, no glare.")
