"""Coming back without the phone: by VNeID, or with the code that an office had sent to the new phone."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import recovery as actions
from accounts.actions import vneid
from accounts.forms.recovery import OfficeCodeForm, RecoveryForm, RecoveryPhoneForm
from accounts.models import User
from accounts.sessions import browser_key
from accounts.stepup import METHODS, MINUTES, MINUTES_FOR_CONTACTS, has_fresh_proof
from accounts.views.login import answer
from vssid.errors import DomainError
from vssid.identifiers import mask_phone
from vssid.ops import clock, gates

GATE = gates.Gate("recovery", soft=5, soft_seconds=600, hard=60, hard_seconds=3600)
# What a first log-in by VNeID left in the session while it waits for its confirmation.
PENDING = "vneid_pending"


@login_not_required
@sensitive_post_parameters("code", "new_password", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """The two ways back; the second is this page's form."""
    form = OfficeCodeForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if form.is_valid():
        facts = form.cleaned_data
        try:
            gates.admit(GATE, request)
            actions.recover_by_office(
                username=facts["username"],
                id_last6=facts["id_last6"],
                code=facts["code"],
                new_password=facts["new_password"],
                at=clock.now(),
            )
        except ValidationError as weak:
            form.add_error("new_password", weak)
        except DomainError as refused:
            error = refused
            form.add_error(None, str(refused))
        else:
            return _done(request)
    if not hasattr(request, "challenge"):
        gates.foresee(GATE, request)
    return answer(request, "accounts/login/recover.html", form, error, by_vneid=_is_signed())


@login_not_required
@never_cache
@sensitive_post_parameters("otp", "new_password", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
def by_vneid(request: HttpRequest) -> HttpResponse:
    """A new phone and password for somebody whom VNeID just vouched for."""
    at, sending = clock.now(), request.POST.get("action") != "submit"
    user = _vouched(request, at, minutes=MINUTES_FOR_CONTACTS if sending else MINUTES)
    if user is None:
        messages.info(request, _("First log in with VNeID; then you set a new phone and password."))
        return redirect("accounts:recover")
    form: Form = RecoveryPhoneForm(request.POST or None) if sending else RecoveryForm(request.POST)
    error: DomainError | None = None
    if form.is_valid():
        try:
            return _send(request, user, form, at) if sending else _set(request, user, form, at)
        except ValidationError as weak:
            form.add_error("new_password", weak)
        except DomainError as refused:
            error = refused
            form.add_error("phone" if sending else "otp", str(refused))
    return _page(request, user, form, error, at=at)


def _vouched(request: HttpRequest, at: datetime, *, minutes: int) -> User | None:
    """Return whom VNeID, and nothing else since, vouched for in this browser: logged in so many minutes ago at most,
    or waiting for the first link.
    """
    if not _is_signed():
        return None
    user = request.user
    if isinstance(user, User) and user.is_authenticated:
        fresh = request.session.get(METHODS, [])[-1:] == ["vneid"] and has_fresh_proof(request, minutes)
        return user if fresh and user.person_id else None
    kept = request.session.get(PENDING)
    try:
        return vneid.pending_user(pending=vneid.PendingLink(**kept["link"]), at=at) if kept else None
    except DomainError:
        return None


def _is_signed() -> bool:
    """Tell whether VNeID signs its word: one that nobody signed opens nothing without a code to the phone on file."""
    return bool(settings.VNEID_DIALECT == "oidc")


def _send(request: HttpRequest, user: User, form: Form, at: datetime) -> HttpResponse:
    phone = form.cleaned_data["phone"]
    visitor = gates.visitor(request, "otp")
    actions.send_code(user=user, phone=phone, browser_key=browser_key(request), visitor=visitor, at=at)
    return _page(request, user, RecoveryForm(initial={"phone": phone}), at=at)


def _set(request: HttpRequest, user: User, form: Form, at: datetime) -> HttpResponse:
    facts = form.cleaned_data
    actions.recover_by_vneid(
        user=user,
        phone=facts["phone"],
        code=facts["otp"],
        new_password=facts["new_password"],
        browser_key=browser_key(request),
        at=at,
    )
    logout(request)
    return _done(request)


def _page(
    request: HttpRequest, user: User, form: Form, error: DomainError | None = None, *, at: datetime
) -> HttpResponse:
    phone = form["phone"].value() or ""
    sent = None
    if isinstance(form, RecoveryForm):
        sent = actions.waiting_code(user=user, phone=phone, browser_key=browser_key(request), at=at)
    context = {"coding": isinstance(form, RecoveryForm), "to": mask_phone(phone), "until": sent and sent.expires_at}
    return answer(request, "accounts/login/recover_vneid.html", form, error, **context)


def _done(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Your new phone and password are set. Log in with the new password."))
    return redirect("accounts:login")
