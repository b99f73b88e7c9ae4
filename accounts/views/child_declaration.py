"""A child's declaration: filled in, taken from the health card's QR code, kept when the login ended meanwhile."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import photos as decoding
from accounts.actions import children as actions
from accounts.actions import unfinished
from accounts.forms.children import ChildForm, suggested, typed_of_child
from accounts.models import RegistrationDossier, User
from accounts.rules import health_card
from accounts.rules.children import FIELDS
from accounts.sessions import logged_in
from accounts.views.children import show, worked_on
from accounts.views.photo_pages import still_asked, takes_photos
from vssid.errors import DomainError

# Names the parent in the form, so that what was typed finds its owner when the login ended before it was sent.
_SALT, _SECONDS = "accounts.child-form", 12 * 3600


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Fill in a child's declaration, or change it. Who is not logged in any more finds it again after logging in."""
    if not request.user.is_authenticated:
        return _log_in_first(request)
    dossier, parent = worked_on(request), logged_in(request)
    if parent.person is None:
        return redirect("admin:index" if parent.is_staff else "accounts:account")
    if request.method != "POST":
        if request.headers.get("HX-Request"):
            places = {name: request.GET.get(name, "") for name in ("province", "ward", "office")}
            return render(request, "accounts/registration/places.html", {"form": ChildForm(initial=places)})
        return _page(request, dossier, ChildForm(initial=_begun(parent, dossier), asked=still_asked(dossier)))
    if request.POST.get("action") == "wards":
        form = ChildForm(initial=request.POST.dict(), asked=still_asked(dossier))
        form.fields["ward"].widget.attrs["autofocus"] = True
        return _page(request, dossier, form)
    form = ChildForm(request.POST, asked=still_asked(dossier))
    if not form.is_valid():
        return _page(request, dossier, form, status=400)
    language = get_language() or "vi"
    try:
        actions.keep_child(declaration=form.child, dossier=dossier, parent=parent, language=language, at=timezone.now())
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, dossier, form, status=error.status)
    return redirect("accounts:child-photos")


@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def read_card(request: HttpRequest) -> HttpResponse:
    """Fill the form in from a photo of the health card's QR code; the photo is not kept."""
    upload = request.FILES.get("card") if request.method == "POST" else None
    if request.method != "POST":
        return redirect("accounts:child-register")
    dossier, parent = worked_on(request), logged_in(request)
    begun, refused, status = _begun(parent, dossier), "", 400
    try:
        card = health_card.parse(decoding.read_upload(upload, qr=True).qr) if upload else None
    except (decoding.PhotoRefused, decoding.PhotosBusy) as error:
        card, refused, status = None, str(error), error.status
    form = ChildForm(initial=begun | card.as_typed() if card else begun, asked=still_asked(dossier))
    if card:
        messages.success(request, _("Read from the card. Compare it with the card, and fill in the rest."))
        return _page(request, dossier, form)
    refused = refused or _(
        "No QR code of a health insurance card was found in this photo. Go closer, or type the code below."
    )
    return _page(request, dossier, form, status=status, card_error=refused)


def _begun(parent: User, dossier: RegistrationDossier | None) -> dict[str, str]:
    """Return what the form is to show: what was typed when the login had ended, what the draft holds, or the places."""
    typed = unfinished.childs(parent=parent, at=timezone.now())
    return typed or (typed_of_child(dossier) if dossier else suggested(parent))


def _log_in_first(request: HttpRequest) -> HttpResponse:
    """Keep what was typed for the parent whom the form names, then ask for the login."""
    if request.method == "POST":
        try:
            whose = signing.loads(request.POST.get("whose", ""), salt=_SALT, max_age=_SECONDS)
        except signing.BadSignature:
            whose = None
        parent = User.objects.filter(pk=whose, is_active=True).first() if isinstance(whose, int) else None
        if parent is not None:
            typed = {name: text for name in FIELDS if (text := request.POST.get(name, "").strip())}
            unfinished.keep_childs(typed=typed, parent=parent, at=timezone.now())
            messages.info(request, _("What you typed is kept. Log in, and it is there again."))
    return redirect_to_login(request.path)


def _page(
    request: HttpRequest, dossier: RegistrationDossier | None, form: ChildForm, status: int = 200, **context: Any
) -> HttpResponse:
    whose = signing.dumps(logged_in(request).pk, salt=_SALT)
    return show(request, "declaration", 1, dossier, status=status, form=form, whose=whose, **context)
