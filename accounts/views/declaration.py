"""The declaration's page: filled in, kept as it is typed, changed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import begun
from accounts.actions import drafts, unfinished
from accounts.forms.registration import DeclarationForm, typed_of
from accounts.views import kept
from accounts.views.kept import Draft, on_draft
from accounts.views.registration import show, tell_lost
from vssid.errors import DomainError, TooMany, with_wait
from vssid.ops.challenge import ChallengeRequired


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def declaration(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    """Fill in the declaration, or change it."""
    asked = {item["field"]: item["text"] for item in draft.return_reasons} if draft else {}
    if request.method != "POST":
        tell_lost(request)
        form = DeclarationForm(initial=_begun(request, draft), asked=asked)
        if not draft and not kept.typed(request, None):
            begun.foresee_begun(request)
        return show(request, "declaration", draft, form=form)
    if request.POST.get("action") == "wards":
        form = DeclarationForm(initial=request.POST.dict(), asked=asked)
        form.fields["ward"].widget.attrs["autofocus"] = True
        return _keep_typed(request, draft, form, 200)
    form = DeclarationForm(request.POST, asked=asked)
    if not form.is_valid():
        return _keep_typed(request, draft, form, 400)
    try:
        if not draft and not kept.typed(request, None):
            begun.count_begun(request)
    except (TooMany, ChallengeRequired) as error:
        return _refuse_start(request, form, error)
    written = drafts.keep_declaration(
        declaration=form.declaration, dossier=draft, language=get_language() or "vi", at=timezone.now()
    )
    kept.hold_written(request, written)
    return redirect("accounts:photos")


def _begun(request: HttpRequest, draft: Draft | None) -> dict[str, str]:
    """Return what the form is to show: what was typed last, or what the draft holds."""
    typed = kept.typed(request, draft)
    if typed:
        return {"id_type": "cccd"} | unfinished.typed_in(typed)
    return typed_of(draft) if draft else {"id_type": "cccd"}


def _keep_typed(request: HttpRequest, draft: Draft | None, form: DeclarationForm, status: int) -> HttpResponse:
    """Keep what cannot be a draft yet and show it again."""
    try:
        kept.keep_typed(request, draft)
    except (TooMany, ChallengeRequired) as error:
        return _refuse_start(request, form, error)
    return show(request, "declaration", draft, status=status, form=form)


def _refuse_start(request: HttpRequest, form: DeclarationForm, error: DomainError) -> HttpResponse:
    if form.is_bound:
        form.add_error(None, str(error))
    else:
        messages.warning(request, str(error))
    response = show(request, "declaration", None, status=error.status, form=form)
    return with_wait(response, error)


@login_not_required
@require_POST
def save_declaration(request: HttpRequest) -> HttpResponse:
    """Keep what is typed while it is typed; answer with the piece of the page that says until when."""
    draft = kept.changeable(request)
    if draft is None and kept.CORRECTING in request.session:
        raise drafts.AlreadySubmitted
    typed = kept.keep_typed(request, draft)
    begun = draft or typed
    context = {
        "dossier": draft,
        "changing": draft is not None and draft.status == Draft.Status.RETURNED,
        "ends": begun and begun.created_at + drafts.LIFE,
        "saved_at": typed and timezone.now(),
    }
    return render(request, "accounts/registration/kept.html", context)


@login_not_required
@require_safe
def wards(request: HttpRequest) -> HttpResponse:
    """Answer the fields ward and office for a province, and the office for a ward, as a piece of the declaration."""
    places = {name: request.GET.get(name, "") for name in ("province", "ward", "office")}
    return render(request, "accounts/registration/places.html", {"form": DeclarationForm(initial=places)})
