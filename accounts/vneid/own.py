"""Linking VNeID with one's account and ending the link, on the account's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import vneid_links as actions
from accounts.actions.vneid_claims import Purpose
from accounts.models import VNeIDLink
from accounts.sessions import logged_in
from accounts.stepup import fresh_proof
from accounts.vneid import client
from accounts.vneid.entering import leave
from accounts.vneid.errors import VNeIDError
from accounts.vneid.outcomes import refuse
from vssid.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof()
def own_link(request: HttpRequest) -> HttpResponse:
    """Say what the link is; begin or end it."""
    at, user = timezone.now(), logged_in(request)
    if request.POST.get("action") == "link":
        try:
            address = client.begin(
                request.session,
                at=at,
                language=get_language() or "vi",
                purpose=Purpose.LINK,
                next_page=reverse("accounts:account"),
                user=user.pk,
            )
        except VNeIDError as error:
            return refuse(request, error, at)
        return leave(request, address)
    wrong: DomainError | None = None
    if request.POST.get("action") == "unlink":
        try:
            actions.unlink_own(user=user, session_key=request.session.session_key or "", at=at)
            messages.success(request, _("VNeID is no longer linked with your account. A message confirms it."))
            return redirect("accounts:account")
        except DomainError as refused:
            wrong = refused
    context = {
        "link": VNeIDLink.objects.filter(user=user).first(),
        "other_way": actions.has_other_way_in(user),
        "notice": str(wrong) if wrong else "",
    }
    return render(request, "accounts/vneid/own.html", context, status=wrong.status if wrong else 200)
