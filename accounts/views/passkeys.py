"""Passkeys on the account's page and at the login."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import passkeys as actions
from accounts.forms.passkeys import PasskeyForm
from accounts.kept_forms import kept_fields
from accounts.models import Passkey
from accounts.passkey_questions import give_question, take_question
from accounts.rules.devices import device_of, words_for
from accounts.sessions import begin_session, logged_in
from accounts.stepup import fresh_proof, note_proof
from accounts.views.login import answer, home_of, next_page
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError

SECTION = "#ways"


@fresh_proof()
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Name a new passkey and let the browser make it."""
    agent = words_for(device_of(request.headers.get("user-agent", "")))
    form = PasskeyForm(
        request.POST if request.method == "POST" else None, initial={"name": agent, **kept_fields(request)}
    )
    error: DomainError | None = None
    if form.is_valid():
        at = timezone.now()
        try:
            name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
            question = take_question(request, at=at)
            actions.add_passkey(user=logged_in(request), name=name, credential=credential, question=question, at=at)
        except DomainError as refused:
            error = refused
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The passkey is added. You can log in with it from now on."))
            return redirect(reverse("accounts:account") + SECTION)
    return answer(request, "accounts/passkeys/add.html", form, error)


@fresh_proof()
@require_POST
def new_options(request: HttpRequest) -> HttpResponse:
    """Give the browser the question that makes a passkey."""
    return give_question(request, actions.ask_for_new(logged_in(request)))


@fresh_proof()
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then remove one passkey."""
    user = logged_in(request)
    passkey = get_object_or_404(Passkey, user=user, pk=pk)
    if request.method != "POST":
        return render(request, "accounts/passkeys/remove.html", {"passkey": passkey})
    try:
        actions.remove_passkey(user=user, pk=pk, at=timezone.now())
    except DomainError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The passkey is removed. Delete it on your device as well."))
    return redirect(reverse("accounts:account") + SECTION)


@login_not_required
@require_POST
def known_options(request: HttpRequest) -> HttpResponse:
    """Give the browser the question for a passkey that is there already."""
    return give_question(request, actions.ask_for_known())


@login_not_required
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Log in with a passkey; who is logged in already only proves themselves once more (a step up)."""
    if request.method != "POST":
        return redirect("accounts:login")
    at, wanted = timezone.now(), next_page(request)
    own = logged_in(request) if request.user.is_authenticated else None
    try:
        user = actions.authenticate_passkey(
            credential=request.POST.get("credential", ""),
            challenge=take_question(request, at=at).challenge,
            user=own,
            at=at,
        )
        if user.is_staff:
            raise actions.PasskeyRefused
    except DomainError as refused:
        if refused.code == "passkey_refused":
            record(Event.LOGIN_FAILED, actor=own.actor if own else "anonymous", at=at, reason=refused.code)
        messages.warning(request, str(refused))
        back = "accounts:step-up" if own else "accounts:login"
        return HttpResponseRedirect(reverse(back) + (f"?{urlencode({'next': wanted})}" if wanted else ""))
    if own is not None:
        note_proof(request, method="passkey", at=at)
        request.session.cycle_key()
        return redirect(wanted or "accounts:account")
    begin_session(request, user, method="passkey", at=at)
    return redirect(wanted or home_of(user))
