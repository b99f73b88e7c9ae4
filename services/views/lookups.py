"""The page of all look-ups, and those about a person: asked by POST, answered once, kept nowhere in the browser."""

import re
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from insurance.views.card import born, rights_of, state
from services.actions import lookups
from services.forms.lookups import CardForm, CodeForm, DossierForm
from vssid.crypto import keyed_hash
from vssid.errors import DomainError, TooMany, with_wait
from vssid.ops import gates

WAYS = require_http_methods(["GET", "HEAD", "POST"])
GATE = gates.Gate("lookup", soft=3, soft_seconds=600, hard=20, hard_seconds=3600)
# Of one number, by whomever; and failures of all addresses after which everybody solves a task.
MOST_A_DAY, DAY = 5, 86_400
MANY_MISSES, MISSES_SECONDS = 200, 600
CODE_TITLE = gettext_lazy("My social insurance code")
CARD_TITLE = gettext_lazy("Validity of a health insurance card")
NUMBER = re.compile(r"\d{5}(GD|DVC)/\d{4}/\d{5,}")


class AskedTooOften(TooMany):
    """The same number, five times within a day."""


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What can be looked up."""
    return render(request, "services/lookups/index.html")


@login_not_required
@sensitive_post_parameters()
@never_cache
@WAYS
def code(request: HttpRequest) -> HttpResponse:
    """The BHXH code of who enters name, birth, personal number and province exactly."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    found: Any = None
    error: DomainError | None = None
    if form.is_valid():
        facts = form.cleaned_data
        try:
            _admit(request, facts["citizen_id"])
            found = lookups.find_code(
                citizen_id=facts["citizen_id"],
                full_name=facts["full_name"],
                birth=facts["date_of_birth"],
                province=facts["province"],
                at=timezone.now(),
            )
        except DomainError as refused:
            error = refused
    return _answer(request, "services/lookups/code.html", form, error, found, {"title": CODE_TITLE, "code": found})


@login_not_required
@sensitive_post_parameters()
@never_cache
@WAYS
def card(request: HttpRequest) -> HttpResponse:
    """How a card stands, for who enters its number, and its holder's name and birth exactly."""
    form = CardForm(request.POST if request.method == "POST" else None)
    found: Any = None
    error: DomainError | None = None
    if form.is_valid():
        facts = form.cleaned_data
        now = timezone.now()
        try:
            _admit(request, facts["number"][-lookups.CODE_DIGITS :])
            found = lookups.find_card(
                number=facts["number"],
                full_name=facts["full_name"],
                birth=facts["date_of_birth"],
                on=timezone.localdate(now),
                at=now,
            )
        except DomainError as refused:
            error = refused
    context: dict[str, Any] = {"title": CARD_TITLE}
    if found:
        person, held = found
        context |= {
            "person": person,
            "card": held,
            "born": born(person),
            "state": state(held, timezone.localdate()),
            "rights": rights_of(held)[:1],
        }
    return _answer(request, "services/lookups/card.html", form, error, found, context)


@login_not_required
@never_cache
@WAYS
def dossier(request: HttpRequest) -> HttpResponse:
    """Lead from a number to the page that shows where it stands: by a code to the phone, or after the login."""
    form = DossierForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        number = form.cleaned_data["number"].upper().replace(" ", "").replace("-", "/")
        match = NUMBER.fullmatch(number)
        if match and match[1] == "GD":
            return redirect(f"{reverse('accounts:track')}?{urlencode({'so': number})}")
        if match:
            return redirect("services:request", number.replace("/", "-"))
        form.add_error("number", _("A dossier number looks like 00108GD/2026/00107. Copy it from the message."))
    context = {"title": _("Status of a dossier"), "form": form}
    return render(request, "services/lookups/dossier.html", context, status=400 if form.errors else 200)


def _admit(request: HttpRequest, number: str) -> None:
    """Count one question of this address and about this number, whoever has it. Raises TooMany, ChallengeRequired."""
    gates.admit(GATE, request, alarm=_is_alarmed())
    if gates.count_all(f"lookup:{keyed_hash(number, kind='lookup').hex()}", DAY) > MOST_A_DAY:
        raise AskedTooOften(
            _("This number was asked for five times today. Try again tomorrow, or call the hotline."), retry_after=DAY
        )


def _is_alarmed() -> bool:
    return gates.counted("lookup.misses") >= MANY_MISSES


def _answer(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    error: DomainError | None,
    found: Any,
    context: dict[str, Any],
) -> HttpResponse:
    missed = form.is_bound and not form.errors and error is None and not found
    if error is not None:
        form.add_error(None, str(error))
    if missed:
        gates.count_all("lookup.misses", MISSES_SECONDS)
    if not found and not hasattr(request, "challenge"):
        gates.foresee(GATE, request, alarm=_is_alarmed())
    status = error.status if error is not None else 400 if form.errors else 200
    response = render(request, template, {**context, "form": form, "found": found, "missed": missed}, status=status)
    return with_wait(response, error)
