"""Registration of somebody whom VNeID vouches for: one page to fill in, a code by SMS, done."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import drafts, otp
from accounts.actions import registration_vneid as actions
from accounts.actions.registration_vneid import Vouched
from accounts.dossiers.models import OPEN
from accounts.forms.registration import ConfirmForm
from accounts.forms.registration_vneid import PLACES, VouchedForm
from accounts.models.registration import IdentityMethod
from accounts.rules import consent
from accounts.views import kept
from accounts.views.kept import Draft
from accounts.views.registration import consented, declared_facts
from vssid.errors import DomainError, with_wait
from vssid.identifiers import mask_phone
from vssid.ops import clock
from vssid.templatetags.portal import phone


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Fill in what VNeID did not tell, ask for the code, send; afterwards the number and what comes next."""
    at = clock.now()
    vouched, sent = actions.kept(request.session, at=at), kept.sent(request)
    if sent and _is_hers(sent, vouched):
        if request.method == "POST":
            return redirect("accounts:register-vneid")
        return _page(request, "done", sent, opened=sent.status == Draft.Status.APPROVED, step=3)
    if vouched is None:
        messages.warning(request, _("What VNeID confirmed counts for 15 minutes. Log in with VNeID again."))
        return redirect("accounts:login")
    draft = _draft(request, vouched)
    if request.method != "POST":
        if PLACES in request.GET:
            places = VouchedForm(vouched=vouched, initial=request.GET.dict())
            return render(request, "accounts/registration/places.html", {"form": places})
        return _ask(request, vouched, draft, at)
    action = request.POST.get("action")
    if action == "wards":
        form = VouchedForm(vouched=vouched, draft=draft, initial=request.POST.dict())
        return _page(request, "form", draft, form=form, vouched=vouched, step=1)
    try:
        if action != "send_otp":
            return _send(request, vouched, draft, at)
        if draft is None or "address" in request.POST:
            return _keep(request, vouched, draft, at)
        return _send_code(request, draft)
    except DomainError as error:
        return _ask(request, vouched, _draft(request, vouched), at, error)


def _is_hers(sent: Draft, vouched: Vouched | None) -> bool:
    """Whether the dossier this browser sent is of the one VNeID vouches for now, if for anybody, and still stands."""
    if sent.identity_method != IdentityMethod.VNEID or sent.status not in (*OPEN, Draft.Status.APPROVED):
        return False
    return vouched is None or vouched.subject == sent.vneid_subject


def _draft(request: HttpRequest, vouched: Vouched) -> Draft | None:
    """Return the draft of this browser if it is about the person VNeID vouches for."""
    found = kept.changeable(request)
    mine = found and found.status == Draft.Status.DRAFT and found.id_number == vouched.citizen_id
    return found if mine else None


def _keep(request: HttpRequest, vouched: Vouched, draft: Draft | None, at: datetime) -> HttpResponse:
    """Keep the declaration as a draft and send the code."""
    form = VouchedForm(request.POST, vouched=vouched, draft=draft)
    if form.is_valid() and not form.cleaned_data["consent"]:
        form.add_error("consent", _("Tick this box to send the declaration."))
    if form.errors:
        return _page(request, "form", draft, status=400, form=form, vouched=vouched, step=1)
    language = get_language() or "vi"
    written = drafts.keep_declaration(declaration=form.declaration, dossier=draft, language=language, at=at)
    if draft is None:
        kept.forget(request)
    request.session[kept.KEY] = str(written.public_id)
    request.session[kept.CONSENTED] = True
    return _send_code(request, written)


def _send_code(request: HttpRequest, draft: Draft) -> HttpResponse:
    kept.send_code(request, draft)
    return redirect("accounts:register-vneid")


def _send(request: HttpRequest, vouched: Vouched, draft: Draft | None, at: datetime) -> HttpResponse:
    """Send the draft whose code was entered; what was consented to is known since the page before."""
    if draft is None or kept.CONSENTED not in request.session:
        return redirect("accounts:register-vneid")
    form = ConfirmForm({"otp": request.POST.get("otp", ""), "consent": "on"})
    if not form.check_sending(sending=True):
        return _confirm_page(request, draft, form, status=400)
    try:
        proof = otp.check(code=form.cleaned_data["otp"], at=at, **kept.challenge(request, draft))
        actions.register(dossier=draft, vouched=vouched, proof=proof, at=at)
    except DomainError as error:
        if kept.sent(request):  # the same form, sent twice
            return redirect("accounts:register-vneid")
        if not kept.waiting_code(request, draft):
            raise
        form.add_error("otp", str(error))
        return _confirm_page(request, draft, form, status=error.status)
    actions.forget(request.session)
    return redirect("accounts:register-vneid")


def _ask(
    request: HttpRequest, vouched: Vouched, draft: Draft | None, at: datetime, error: DomainError | None = None
) -> HttpResponse:
    """The code if one was sent, else the declaration; `error` is why the last step was not made."""
    if error:
        messages.warning(request, str(error))
    status = error.status if error else 200
    if draft and "sua" not in request.GET and kept.waiting_code(request, draft):
        response = _confirm_page(request, draft, ConfirmForm(), status=status)
    else:
        form = VouchedForm(vouched=vouched, draft=draft, initial=consented(request))
        response = _page(request, "form", draft, status=status, form=form, vouched=vouched, step=1)
    return with_wait(response, error)


def _confirm_page(request: HttpRequest, draft: Draft, form: ConfirmForm, *, status: int) -> HttpResponse:
    waiting, facts = kept.waiting_code(request, draft), declared_facts(draft)
    left = waiting and otp.TRIES - waiting.tries
    return _page(request, "confirm", draft, status=status, form=form, waiting=waiting, left=left, facts=facts, step=2)


def _page(request: HttpRequest, page: str, dossier: Draft | None, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {
        "dossier": dossier,
        "consent_text": f"accounts/registration/consent/{consent.VNEID_VERSION}.html",
        "step_words": (_("Form"), _("Confirm"), _("Done")),
        "phone_masked": dossier and phone(mask_phone(dossier.phone)),
    }
    return render(request, f"accounts/registration_vneid/{page}.html", context, status=status)
