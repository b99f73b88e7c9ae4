"""Pages of logging in and out."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import credentials, otp, vneid_outage, vneid_sessions
from accounts.actions import login as actions
from accounts.forms.login import LoginCodeForm, LoginForm
from accounts.models import OneTimeCode, User
from accounts.sessions import begin_session, browser_key, browser_tokens, remember_browser
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError, TooMany, with_wait
from vssid.identifiers import mask_phone
from vssid.ops import challenge, clock, gates
from vssid.ops.challenge import ChallengeRequired
from vssid.ops.client import place_of

PENDING = "login_pending"
PENDING_SECONDS = 600
# Set while the next code needs a task solved.
TASK = "login_task"
GATE = gates.Gate("login", soft=30, soft_seconds=60, hard=300, hard_seconds=60)
# Where most of many tries fail, all over the portal, somebody tries passwords from everywhere.
SPRAYED, SPRAYED_SECONDS = 100, 300


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """User name and password; a browser that is not known goes on to the code."""
    wanted = next_page(request)
    if request.user.is_authenticated:
        return redirect(wanted or home_of(request.user))
    form = LoginForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if form.is_valid():
        try:
            return _password_right(request, form, wanted, at=clock.now())
        except DomainError as refused:
            error = refused
            form.add_error(None, str(refused))
    if not hasattr(request, "challenge"):
        gates.foresee(GATE, request, alarm=_is_sprayed())
    return answer(request, "accounts/login/login.html", form, error, next=wanted, vneid_away=vneid_outage.is_away())


def _password_right(request: HttpRequest, form: LoginForm, wanted: str, *, at: datetime) -> HttpResponse:
    user = _authenticated(request, form, at=at)
    if user.browser_known and not user.must_change_password:  # what came by SMS opens nothing without a code
        begin_session(request, user, method="password", at=at)
        return redirect(wanted or home_of(user))
    expect_code(request, user, wanted, at=at)
    _send_code(request, user, at=at)
    return redirect("accounts:login-code")


def _authenticated(request: HttpRequest, form: LoginForm, *, at: datetime) -> User:
    gates.check(GATE, request, alarm=_is_sprayed())
    door = actions.Door(place=place_of(request, wide=True), tokens=tuple(browser_tokens(request)))
    facts = form.cleaned_data
    try:
        user = actions.authenticate_password(username=facts["username"], password=facts["password"], at=at, door=door)
    except (actions.LoginRefused, TooMany):
        gates.count(GATE, request)
        gates.count_all("login.failures", SPRAYED_SECONDS)
        raise
    gates.count_all("login.successes", SPRAYED_SECONDS)
    return user


def _is_sprayed() -> bool:
    failures = gates.counted("login.failures")
    return failures >= SPRAYED and failures > gates.counted("login.successes")


def expect_code(request: HttpRequest, user: User, wanted: str, *, at: datetime) -> None:
    """Remember, under a new key of the session, who gave the right password and where to go afterwards."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "version": user.session_version,
        "at": int(at.timestamp()),
        "next": wanted,
    }


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_browser(request: HttpRequest) -> HttpResponse:
    """The code that a new browser is asked for after the right password."""
    at = clock.now()
    user = _pending_user(request, at=at)
    if user is None:
        return redirect("accounts:login")
    if request.POST.get("action") == "send_otp":
        if _send_code(request, user, at=at):
            messages.success(request, _("A new code is on its way. Earlier codes no longer work."))
        return redirect("accounts:login-code")
    form = LoginCodeForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if form.is_valid():
        try:
            return _code_right(request, user, form.cleaned_data["otp"], at=at)
        except DomainError as refused:
            error = refused
            form.add_error("otp", str(refused))
    if request.session.get(TASK):
        request.challenge = challenge.fresh("otp")  # type: ignore[attr-defined]
    purpose, key = OneTimeCode.Purpose.LOGIN, browser_key(request)
    waiting = otp.waiting(purpose=purpose, subject=user.actor, browser_key=key, at=at)
    return answer(
        request,
        "accounts/login/code.html",
        form,
        error,
        to=mask_phone(user.phone or ""),
        until=waiting and waiting.expires_at,
    )


def _code_right(request: HttpRequest, user: User, code: str, *, at: datetime) -> HttpResponse:
    actions.confirm_login_code(user=user, code=code, browser_key=browser_key(request), at=at)
    if user.activating:
        user = credentials.use_activation(user=user)
    wanted = request.session[PENDING]["next"]
    begin_session(request, user, method="password", at=at, new_browser=True)
    response = redirect(wanted or home_of(user))
    remember_browser(request, response, user, at=at)
    return response


def _send_code(request: HttpRequest, user: User, *, at: datetime) -> bool:
    """Send the code, or say on the next page why there is none now."""
    try:
        visitor = gates.visitor(request, "otp")
        actions.send_login_code(user=user, browser_key=browser_key(request), at=at, visitor=visitor)
    except actions.NoPhone:
        raise
    except DomainError as error:
        messages.warning(request, str(error))
        request.session[TASK] = isinstance(error, ChallengeRequired)
        return False
    request.session.pop(TASK, None)
    return True


def _pending_user(request: HttpRequest, *, at: datetime) -> User | None:
    """Return who gave the right password in this browser within ten minutes, unless the password changed since."""
    pending = request.session.get(PENDING)
    if request.user.is_authenticated or not pending or at.timestamp() - pending["at"] > PENDING_SECONDS:
        return None
    user = User.objects.select_related("person").filter(pk=pending["user"], is_active=True, frozen_at=None).first()
    return user if user is not None and user.session_version == pending["version"] else None


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; a GET only asks."""
    if request.method != "POST":
        return render(request, "accounts/login/logout.html") if request.user.is_authenticated else redirect("home")
    user, goodbye = request.user, ""
    if user.is_authenticated:
        record(Event.LOGOUT, actor=user.actor, subject=user.actor, at=clock.now())
        goodbye = vneid_sessions.goodbye(request.session)
    logout(request)
    response = render(request, "accounts/vneid/leave.html", {"address": goodbye}) if goodbye else redirect("home")
    # Nothing of the session stays in a shared computer's cache.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def home_of(user: User) -> str:
    """Return where this user begins."""
    return resolve_url("admin:index" if user.is_staff else settings.LOGIN_REDIRECT_URL)


def next_page(request: HttpRequest) -> str:
    """Return the page to go to afterwards, only if it is one of this portal's own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if own and wanted.startswith("/") and not wanted.startswith(resolve_url("accounts:logout")) else ""


def answer(
    request: HttpRequest, template: str, form: Form, error: DomainError | None = None, **context: object
) -> HttpResponse:
    """Draw a form's page: 200, the status of the domain error, or 400 for a form with errors."""
    status = error.status if error is not None else 400 if form.errors else 200
    response = render(request, template, {"form": form, "error": error, **context}, status=status)
    return with_wait(response, error)
