"""Pages of changing a password and of setting a forgotten one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import credentials
from accounts.forms.login import PasswordChangeForm, ResetForm, ResetStartForm
from accounts.models import User
from accounts.session_store import METHOD
from accounts.sessions import browser_key, logged_in
from accounts.views.login import answer, home_of
from vssid.errors import DomainError
from vssid.ops import clock, gates

# Ten an hour from one address, then each with a task: a carrier's customers share theirs.
RESET_GATE = gates.Gate("reset", soft=10, soft_seconds=3600, hard=200, hard_seconds=3600)
# Which field of the form an error of the domain belongs to; others stand above the form.
FIELDS = {
    "old_password_wrong": "old_password",
    "otp_wrong": "otp",
    "otp_expired": "otp",
    "otp_locked": "otp",
}


@sensitive_post_parameters("old_password", "new_password", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """A new password of one's own; with a temporary one this is the only page."""
    form = PasswordChangeForm(request.POST if request.method == "POST" else None)
    me = logged_in(request)
    forced = me.must_change_password
    activated = credentials.is_activated(me) and request.session.get(METHOD) == "password"
    if activated:
        del form.fields["old_password"]
    elif forced:
        label = _("Activation code from the message") if me.activating else _("Password from the message")
        form.fields["old_password"].label = label
    error: DomainError | None = None
    if form.is_valid():
        try:
            user = _changed(me, form, activated=activated)
        except ValidationError as weak:
            form.add_error("new_password", weak)
        except DomainError as refused:
            error = refused
            form.add_error(FIELDS.get(refused.code), str(refused))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed. Other devices were logged out."))
            return redirect(home_of(user) if forced or user.is_staff else "accounts:account")
    return answer(request, "accounts/login/password_change.html", form, error, forced=forced, activated=activated)


def _changed(me: User, form: PasswordChangeForm, *, activated: bool) -> User:
    new, at = form.cleaned_data["new_password"], clock.now()
    if activated:
        return credentials.set_first_password(user=me, new_password=new, at=at)
    return credentials.change_password(user=me, old_password=form.cleaned_data["old_password"], new_password=new, at=at)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest) -> HttpResponse:
    """New login data for somebody whose message did not come or has ended; the answer is the same for everybody."""
    form = ResetStartForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if form.is_valid():
        try:
            gates.admit(RESET_GATE, request)
        except DomainError as refused:
            error = refused
            form.add_error(None, str(refused))
        else:
            facts = form.cleaned_data
            credentials.resend_credentials(username=facts["username"], id_last6=facts["id_last6"], at=clock.now())
            told = _(
                "If an account with these numbers waits for its first login, a message is on its way to its phone."
            )
            messages.success(request, told)
            return redirect("accounts:login")
    return answer(request, "accounts/login/resend.html", form, error)


@login_not_required
@sensitive_post_parameters("new_password", "new_password2", "otp")
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """First the code is sent, then it is taken with the new password."""
    if request.method != "POST":
        return _start_page(request, ResetStartForm())
    if request.POST.get("action") == "send_otp" or "otp" not in request.POST:
        return _send(request)
    form = ResetForm(request.POST)
    error: DomainError | None = None
    if form.is_valid():
        try:
            credentials.reset_password(
                username=form.cleaned_data["username"],
                id_last6=form.cleaned_data["id_last6"],
                code=form.cleaned_data["otp"],
                new_password=form.cleaned_data["new_password"],
                browser_key=browser_key(request),
                at=clock.now(),
            )
        except ValidationError as weak:
            form.add_error("new_password", weak)
        except DomainError as refused:
            error = refused
            form.add_error(FIELDS.get(refused.code), str(refused))
        else:
            messages.success(request, _("Your new password is set. Log in with it."))
            return redirect("accounts:login")
    return answer(request, "accounts/login/reset.html", form, error)


def _send(request: HttpRequest) -> HttpResponse:
    start, at = ResetStartForm(request.POST), clock.now()
    if not start.is_valid():
        return _start_page(request, start)
    facts = start.cleaned_data
    name, browser = facts["username"], browser_key(request)
    try:
        gates.admit(RESET_GATE, request)
        sent = credentials.send_reset_code(
            username=name,
            id_last6=facts["id_last6"],
            browser_key=browser,
            at=at,
            visitor=gates.visitor(request, RESET_GATE.name),
        )
    except DomainError as error:
        # The code asked for a moment ago can still be entered: this browser stays on the page that takes it.
        waiting = credentials.waiting_reset_code(username=name, browser_key=browser, at=at)
        if waiting is None:
            start.add_error(None, str(error))
            return _start_page(request, start, error)
        messages.warning(request, str(error))
        sent = waiting
    return answer(request, "accounts/login/reset.html", ResetForm(initial=facts), until=sent.expires_at)


def _start_page(request: HttpRequest, form: ResetStartForm, error: DomainError | None = None) -> HttpResponse:
    return answer(request, "accounts/login/reset_start.html", form, error)
