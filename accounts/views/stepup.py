"""The page that asks for a fresh proof, between a reader and a sensitive act."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import step_up as actions
from accounts.forms.login import LoginCodeForm, PasswordForm
from accounts.models import User
from accounts.sessions import browser_key, logged_in, prove_again
from accounts.views.login import TASK, answer, next_page
from vssid.errors import DomainError, TooMany
from vssid.identifiers import mask_phone
from vssid.ops import challenge, clock, gates
from vssid.ops.challenge import ChallengeRequired


@sensitive_post_parameters("otp", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Ask for a code by SMS, without a phone for the password; then go on to the page that wanted it."""
    user, at = logged_in(request), clock.now()
    if request.POST.get("action") == "send_otp" and user.phone:
        return _send(request, user, at)
    if request.session.get(TASK):
        request.challenge = challenge.fresh("otp")  # type: ignore[attr-defined]
    sent = actions.waiting_code(user=user, browser_key=browser_key(request), at=at) if user.phone else None
    given = request.method == "POST"
    form: LoginCodeForm | PasswordForm
    form = (LoginCodeForm if user.phone else PasswordForm)(request.POST if given else None)
    error: DomainError | None = None
    if form.is_valid():
        try:
            method = _confirm(request, user, form, at)
        except DomainError as refused:
            error = refused
            form.add_error("otp" if user.phone else "password", str(refused))
        else:
            prove_again(request, method=method, at=at)
            return redirect(next_page(request) or "accounts:account")
    return answer(
        request,
        "accounts/stepup/step_up.html",
        form,
        error,
        next=next_page(request),
        sent=sent,
        to=mask_phone(user.phone or ""),
        passkeys=user.passkeys.exists(),
    )


def _confirm(request: HttpRequest, user: User, form: LoginCodeForm | PasswordForm, at: datetime) -> str:
    """Check what was given and return how it proves the owner."""
    if isinstance(form, PasswordForm):
        actions.confirm_password(user=user, password=form.cleaned_data["password"], at=at)
        return "password"
    actions.confirm_code(user=user, code=form.cleaned_data["otp"], browser_key=browser_key(request), at=at)
    return "otp"


def _send(request: HttpRequest, user: User, at: datetime) -> HttpResponse:
    try:
        visitor = gates.visitor(request, "otp")
        actions.send_code(user=user, browser_key=browser_key(request), visitor=visitor, at=at)
    except (TooMany, ChallengeRequired) as error:
        messages.warning(request, str(error))
        request.session[TASK] = isinstance(error, ChallengeRequired)
    else:
        request.session.pop(TASK, None)
        messages.success(request, _("The code is on its way. Earlier codes no longer work."))
    return redirect(f"{reverse('accounts:step-up')}?{urlencode({'next': next_page(request)})}")
