"""Stopping a change of payments by the code of its message: for whoever has the phone, without a login."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from services.actions import waiting
from services.models import ServiceRequest
from vssid.errors import DomainError, with_wait
from vssid.ops import gates

GATE = gates.Gate("request-stop", soft=5, soft_seconds=600, hard=60, hard_seconds=3600)


class StopForm(forms.Form):
    """What the message says."""

    number = forms.CharField(
        label=_("Number of the request"),
        help_text=_("As in the message, for example 00108DVC/2026/00107."),
        max_length=24,
        widget=forms.TextInput(attrs={"class": "num w20", "autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Cancel code"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "num w10", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_number(self) -> str:
        """The number as it is kept, however it was typed."""
        number: str = self.cleaned_data["number"]
        return "".join(number.split()).upper().replace("-", "/")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Stop a change that waits, by number and code."""
    form = StopForm(request.POST if request.method == "POST" else None)
    stopped: ServiceRequest | None = None
    error: DomainError | None = None
    if form.is_valid():
        try:
            gates.admit(GATE, request)
            stopped = waiting.stop(**form.cleaned_data, at=timezone.now())
        except DomainError as refused:
            error = refused
            form.add_error(None, str(refused))
    if not hasattr(request, "challenge"):
        gates.foresee(GATE, request)
    status = error.status if error is not None else 400 if form.errors else 200
    answer = render(request, "services/stop.html", {"form": form, "stopped": stopped}, status=status)
    return with_wait(answer, error)
