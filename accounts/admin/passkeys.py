"""Passkeys of a member of staff: a second factor beside the authenticator, never a way in by itself."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import passkeys as actions
from accounts.forms.passkeys import PasskeyForm
from accounts.models import User
from accounts.passkey_questions import give_question, take_question
from vssid.errors import DomainError


def page(request: HttpRequest) -> HttpResponse:
    """List one's own passkeys; add one, with both factors shown in this session, or remove one."""
    user, at = request.user, timezone.now()
    assert isinstance(user, User)
    form = PasskeyForm(request.POST if "name" in request.POST else None)
    try:
        if request.POST.get("action") == "ask":
            return give_question(request, actions.ask_for_new(user))
        if request.POST.get("remove", "").isdecimal():
            actions.remove_passkey(user=user, pk=int(request.POST["remove"]), at=at)
            messages.success(request, _("The passkey is removed. Delete it on your device as well."))
            return HttpResponseRedirect(reverse("admin:passkeys"))
        if form.is_valid():
            facts, question = form.cleaned_data, take_question(request, at=at)
            actions.add_passkey(user=user, name=facts["name"], credential=facts["credential"], question=question, at=at)
            messages.success(request, _("The passkey is added. It can stand in for the authenticator from now on."))
            return HttpResponseRedirect(reverse("admin:passkeys"))
    except DomainError as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("admin:passkeys"))
    context = {**admin.site.each_context(request), "form": form, "passkeys": user.passkeys.all()}
    return TemplateResponse(request, "admin/passkeys.html", context, status=400 if form.errors else 200)
