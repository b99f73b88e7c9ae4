"""The pages of the log-in by VNeID: the way out to the provider, the way back, the first link, why it did not work."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import otp, registration_vneid
from accounts.actions import vneid as actions
from accounts.actions.login import AccountFrozen
from accounts.actions.vneid import PendingLink
from accounts.models import OneTimeCode, User
from accounts.sessions import begin_session, browser_key
from accounts.vneid import client
from accounts.vneid.errors import VNeIDError
from accounts.vneid.forms import LinkCodeForm, LinkPasswordForm
from vssid.errors import DomainError, TooMany
from vssid.identifiers import mask_phone

PENDING = "vneid_pending"
LEVEL = "level"
RETRY_SECONDS = "30"
# Ways forward: name → route, query, words. The first of a case is its button, the others are links below.
WAYS: dict[str, tuple[str, str, Any]] = {
    "password": ("accounts:login", "", _("Log in with your password")),
    "retry": ("accounts:vneid-start", "", _("Try VNeID again")),
    "other": ("accounts:vneid-start", "?other=1", _("Use another VNeID account")),
    "vouched": ("accounts:register-vneid", "", _("Register now, without photos")),
    "register": ("accounts:register", "", _("Register")),
    "track": ("accounts:track", "", _("Follow my registration")),
}
CASES: dict[str, tuple[str, ...]] = {
    "vneid_unavailable": ("password", "retry"),
    "vneid_refused": ("retry", "password"),
    "vneid_level": ("password", "other"),
    "vneid_cancelled": ("password", "retry"),
    "vneid_expired": ("retry", "password"),
    "vneid_no_account": ("register", "track", "other"),
    "vneid_mismatch": ("password", "other"),
    "vneid_subject_changed": ("password", "other"),
    "vneid_other_linked": ("password", "other"),
    "account_frozen": ("other",),
}
# A first link that cannot be confirmed any more.
CLOSED = (actions.LinkExpired, AccountFrozen, actions.OtherIdentityLinked)
BY_HOTLINE = {"vneid_mismatch", "vneid_subject_changed", "vneid_other_linked", "account_frozen", "vneid_level"}


@login_not_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to VNeID; `next` is where to go afterwards, `other` lets the citizen choose another account."""
    own_address = settings.PUBLIC_BASE_URL
    if _other_name_of_this_machine(request, own_address):
        return HttpResponseRedirect(own_address + request.get_full_path())
    at, wanted = timezone.now(), request.GET.get("next", "")[:500]
    own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    try:
        address = client.begin(
            request.session,
            at=at,
            language=get_language() or "vi",
            next_page=wanted if own else "",
            other="other" in request.GET,
        )
    except VNeIDError as error:
        return _refuse(request, error, at)
    return HttpResponseRedirect(address)


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take VNeID's answer: in, on to the first link, or told why not."""
    at = timezone.now()
    try:
        claims, attempt = client.finish(request.session, request.GET, at=at)
    except DomainError as error:
        return _refuse(request, error, at)
    try:
        found = actions.resolve_login(claims=claims, at=at)
    except actions.NoAccount as error:
        vouched = registration_vneid.keep(request.session, claims=claims, at=at)
        return _refuse(request, error, at, ways=("vouched", *CASES[error.code]) if vouched else ())
    except DomainError as error:
        return _refuse(request, error, at)
    if isinstance(found, PendingLink):
        request.session[PENDING] = {"link": asdict(found), "next": attempt.next}
        return HttpResponseRedirect(reverse("accounts:vneid-link"))
    actions.note_login(user=found, at=at)
    return _enter(request, found, attempt.next, at)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("otp", "password")
def link(request: HttpRequest) -> HttpResponse:
    """Confirm a first link by a code to the account's phone or by its password."""
    at, kept = timezone.now(), request.session.get(PENDING)
    try:
        if kept is None:
            raise actions.LinkExpired
        pending = PendingLink(**kept["link"])
        user = actions.pending_user(pending=pending, at=at)
        if request.method != "POST":
            by_password = "password" in request.GET or not user.phone
            return _link_page(request, user, LinkPasswordForm() if by_password else LinkCodeForm(), at)
        if request.POST.get("action") == "send_otp":
            return _send_code(request, pending, user, at)
        return _confirm(request, pending, user, kept["next"], at)
    except CLOSED as error:
        request.session.pop(PENDING, None)
        return _refuse(request, error, at)


def _send_code(request: HttpRequest, pending: PendingLink, user: User, at: datetime) -> HttpResponse:
    try:
        actions.send_link_code(pending=pending, browser_key=browser_key(request), at=at)
    except CLOSED:
        raise
    except DomainError as error:
        return _link_page(request, user, LinkCodeForm(), at, error)
    return HttpResponseRedirect(request.path)


def _confirm(request: HttpRequest, pending: PendingLink, user: User, next_page: str, at: datetime) -> HttpResponse:
    """Make the link if the code or the password is right; else the page again with what is wrong."""
    form = LinkPasswordForm(request.POST) if "password" in request.POST else LinkCodeForm(request.POST)
    if not form.is_valid():
        return _link_page(request, user, form, at, status=400)
    try:
        if isinstance(form, LinkPasswordForm):
            password = form.cleaned_data["password"]
            user = actions.confirm_link_by_password(pending=pending, password=password, at=at)
        else:
            code = form.cleaned_data["otp"]
            user = actions.confirm_link_by_code(pending=pending, code=code, browser_key=browser_key(request), at=at)
    except CLOSED:
        raise
    except DomainError as error:
        form.add_error(next(iter(form.fields)), str(error))
        return _link_page(request, user, form, at, error)
    return _enter(request, user, next_page, at)


def _link_page(
    request: HttpRequest,
    user: User,
    form: LinkCodeForm | LinkPasswordForm,
    at: datetime,
    error: DomainError | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    sent = otp.pending(purpose=OneTimeCode.Purpose.VNEID_LINK, subject=user.actor, browser_key=browser_key(request))
    waiting = otp.is_waiting(sent, at)
    context = {
        "form": form,
        "by_password": isinstance(form, LinkPasswordForm),
        "sent": sent if waiting else None,
        "left": otp.TRIES - sent.tries if sent and waiting else 0,
        "username": user.username,
        "phone": mask_phone(user.phone) if user.phone else "",
        "notice": str(error) if error and not form.is_bound else "",
    }
    response = render(request, "accounts/vneid/link.html", context, status=error.status if error else status)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def _enter(request: HttpRequest, user: User, next_page: str, at: datetime) -> HttpResponse:
    """Log in: the session has a new key and knows that VNeID vouched for level 2."""
    begin_session(request, user, method="vneid", at=at)
    request.session[LEVEL] = 2
    return HttpResponseRedirect(next_page or reverse(settings.LOGIN_REDIRECT_URL))


def _refuse(request: HttpRequest, error: DomainError, at: datetime, ways: tuple[str, ...] = ()) -> HttpResponse:
    """Say why not and what now, by the ways of the case unless others are given; the audit log has the cause."""
    actions.note_refusal(cause=getattr(error, "cause", error.code), at=at, case=error.code)
    names = ways or CASES.get(error.code, ("retry", "password"))
    links = [{"url": reverse(route) + query, "word": word} for route, query, word in (WAYS[name] for name in names)]
    context = {
        "case": error.code,
        "title": getattr(error, "title", _("You were not logged in with VNeID")),
        "message": str(error),
        "first": links[0],
        "others": links[1:],
        "vouched": "vouched" in names,
        "by_hotline": error.code in BY_HOTLINE,
    }
    response = render(request, "accounts/vneid/outcome.html", context, status=error.status)
    if error.status == 503:
        response["Retry-After"] = RETRY_SECONDS
    return response


def _other_name_of_this_machine(request: HttpRequest, own_address: str) -> bool:
    """Whether the browser called us 127.0.0.1 where we call ourselves localhost: its cookies would not come back."""
    names, asked = {"localhost", "127.0.0.1"}, request.get_host().partition(":")[0]
    own = urlsplit(own_address).hostname
    return asked != own and {asked, own} == names
