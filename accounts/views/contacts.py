"""Pages of changing phone and e-mail, and of undoing a change of phone."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import contacts as actions
from accounts.forms.contacts import ContactCodeForm, EmailForm, PhoneForm, UndoForm
from accounts.models import ContactChange
from accounts.sessions import browser_key, logged_in
from accounts.stepup import MINUTES_FOR_CONTACTS, fresh_proof
from accounts.views.login import answer
from vssid.errors import DomainError
from vssid.identifiers import mask_phone
from vssid.ops import clock, gates

Kind = ContactChange.Kind
FORMS = {Kind.PHONE: PhoneForm, Kind.EMAIL: EmailForm}
ROUTES = {Kind.PHONE: "accounts:phone-change", Kind.EMAIL: "accounts:email-change"}
UNDO_GATE = gates.Gate("undo", soft=5, soft_seconds=600, hard=60, hard_seconds=3600)


@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponseBase:
    """The new phone, then the code sent to it."""
    return _change(request, Kind.PHONE)


@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponseBase:
    """The new address, then the code sent to it."""
    return _change(request, Kind.EMAIL)


def _change(request: HttpRequest, kind: ContactChange.Kind) -> HttpResponseBase:
    """Whoever asks proves themselves afresh; the code that comes back is proof enough."""
    if request.method == "POST" and request.POST.get("action") == "submit":
        return _confirm(request, kind)
    return _ask(request, kind)


@fresh_proof(MINUTES_FOR_CONTACTS)
def _ask(request: HttpRequest, kind: ContactChange.Kind) -> HttpResponse:
    off = kind == Kind.EMAIL and not settings.EMAIL_URL
    form = FORMS[kind](request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if not off and form.is_valid():
        user = logged_in(request)
        try:
            actions.ask(
                user=user,
                kind=kind,
                new=form.cleaned_data["new"],
                browser_key=browser_key(request),
                visitor=gates.visitor(request, "otp"),
                at=clock.now(),
            )
        except DomainError as refused:
            error = refused
            form.add_error("new", str(refused))
        else:
            return _code_page(request, kind, ContactCodeForm(), at=clock.now())
    return answer(request, "accounts/account/contact_change.html", form, error, kind=kind, off=off)


def _confirm(request: HttpRequest, kind: ContactChange.Kind) -> HttpResponse:
    form, at = ContactCodeForm(request.POST), clock.now()
    error: DomainError | None = None
    if form.is_valid():
        try:
            user = actions.confirm(
                user=logged_in(request),
                kind=kind,
                code=form.cleaned_data["otp"],
                browser_key=browser_key(request),
                at=at,
            )
        except actions.ChangeGone:
            raise
        except DomainError as refused:
            error = refused
            form.add_error("otp", str(refused))
        else:
            update_session_auth_hash(request, user)
            done = {
                Kind.PHONE: _(
                    "Your phone number is changed. Other devices were logged out; both phones got a message."
                ),
                Kind.EMAIL: _("Your email address is changed."),
            }
            messages.success(request, done[kind])
            return redirect("accounts:account")
    return _code_page(request, kind, form, error, at=at)


def _code_page(
    request: HttpRequest,
    kind: ContactChange.Kind,
    form: ContactCodeForm,
    error: DomainError | None = None,
    *,
    at: datetime,
) -> HttpResponse:
    change = actions.latest(user=logged_in(request), kind=kind)
    if change is None:
        raise actions.ChangeGone
    sent = actions.waiting_code(change=change, browser_key=browser_key(request), at=at)
    to = mask_phone(change.new) if kind == Kind.PHONE else change.new
    context = {"kind": kind, "to": to, "until": sent.expires_at if sent else None, "back": ROUTES[kind]}
    return answer(request, "accounts/account/contact_code.html", form, error, **context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest) -> HttpResponse:
    """Take a change of phone back by the code that the old phone got."""
    form = UndoForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if form.is_valid():
        try:
            gates.admit(UNDO_GATE, request)
            actions.undo(username=form.cleaned_data["username"], code=form.cleaned_data["code"], at=clock.now())
        except DomainError as refused:
            error = refused
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("Your old number is back and everybody was logged out. Now set a new password.")
            )
            return redirect("accounts:password-forgotten")
    if not hasattr(request, "challenge"):
        gates.foresee(UNDO_GATE, request)
    return answer(request, "accounts/account/contact_undo.html", form, error)
