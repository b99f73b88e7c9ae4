"""The page that asks for a proof that an account is one's own: at a first link, at each log-in by a weak dialect."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import otp
from accounts.actions import vneid as actions
from accounts.actions.login import AccountFrozen, NoPhone
from accounts.actions.vneid import PendingLink
from accounts.models import OneTimeCode, User
from accounts.sessions import browser_key
from accounts.vneid.entering import PENDING, enter
from accounts.vneid.forms import LinkCodeForm, LinkPasswordForm
from accounts.vneid.outcomes import refuse
from vssid.errors import DomainError, with_wait
from vssid.identifiers import mask_phone
from vssid.ops import gates

# A first link that cannot be confirmed any more.
CLOSED = (actions.LinkExpired, AccountFrozen, actions.OtherIdentityLinked, NoPhone)


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
        if pending.by_code_only and not user.phone:
            raise NoPhone
        if request.method != "POST":
            by_password = not pending.by_code_only and ("password" in request.GET or not user.phone)
            return _link_page(request, pending, user, LinkPasswordForm() if by_password else LinkCodeForm(), at)
        if request.POST.get("action") == "send_otp":
            return _send_code(request, pending, user, at)
        return _confirm(request, pending, user, kept, at)
    except CLOSED as error:
        request.session.pop(PENDING, None)
        return refuse(request, error, at)


def _send_code(request: HttpRequest, pending: PendingLink, user: User, at: datetime) -> HttpResponse:
    try:
        visitor = gates.visitor(request, "otp")
        actions.send_link_code(pending=pending, browser_key=browser_key(request), visitor=visitor, at=at)
    except CLOSED:
        raise
    except DomainError as error:
        return _link_page(request, pending, user, LinkCodeForm(), at, error)
    return HttpResponseRedirect(request.path)


def _confirm(
    request: HttpRequest, pending: PendingLink, user: User, kept: dict[str, Any], at: datetime
) -> HttpResponse:
    """Make the link if the code or the password is right; else the page again with what is wrong."""
    form = LinkPasswordForm(request.POST) if "password" in request.POST else LinkCodeForm(request.POST)
    if not form.is_valid():
        return _link_page(request, pending, user, form, at, status=400)
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
        return _link_page(request, pending, user, form, at, error)
    return enter(request, user, next_page=kept["next"], sid=kept["sid"], goodbye=kept["goodbye"], at=at)


def _link_page(
    request: HttpRequest,
    pending: PendingLink,
    user: User,
    form: LinkCodeForm | LinkPasswordForm,
    at: datetime,
    error: DomainError | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    purpose, key = OneTimeCode.Purpose.VNEID_LINK, browser_key(request)
    sent = otp.waiting(purpose=purpose, subject=user.actor, browser_key=key, at=at)
    context = {
        "form": form,
        "pending": pending,
        "by_password": isinstance(form, LinkPasswordForm),
        "sent": sent,
        "left": otp.TRIES - sent.tries if sent else 0,
        "username": user.username,
        "phone": mask_phone(user.phone) if user.phone else "",
        "notice": str(error) if error and not form.is_bound else "",
    }
    response = render(request, "accounts/vneid/link.html", context, status=error.status if error else status)
    return with_wait(response, error)
