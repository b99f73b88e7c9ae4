"""Going on with a declaration in another browser, by the phone that it names and a code sent to it.

Whether there is one is not told: without one, a decoy counts like a code and nothing is sent.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import otp, unfinished
from accounts.forms.registration import ResumeForm
from accounts.models import OneTimeCode
from accounts.sessions import browser_key
from accounts.views import kept
from vssid.crypto import keyed_hash
from vssid.errors import DomainError, with_wait
from vssid.identifiers import parse_mobile
from vssid.ops import clock, gates


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """Ask for the phone, then for the code, then lead to the declaration."""
    if request.method != "POST":
        return _page(request, ResumeForm())
    form = ResumeForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        phone = parse_mobile(form.cleaned_data["phone"])
    except DomainError as error:
        form.add_error("phone", str(error))
        return _page(request, form, status=400)
    return _answer(request, form, phone)


def _answer(request: HttpRequest, form: ResumeForm, phone: str) -> HttpResponse:
    sending, now = request.POST.get("action") != "submit", clock.now()
    challenge = {
        "purpose": OneTimeCode.Purpose.RESUME,
        "subject": f"resume:{keyed_hash(phone, kind='phone').hex()[:40]}",
        "browser_key": browser_key(request),
    }
    found = unfinished.find(phone=phone, at=now)
    try:
        if not sending:
            otp.verify(code=form.cleaned_data["otp"], at=now, **challenge)
            return _go_on(request, found)
        visitor = gates.visitor(request, "otp")
        otp.issue(phone=phone, at=now, decoy=found is None, visitor=visitor, **challenge)
    except DomainError as error:
        waiting = otp.waiting(**challenge, at=now)
        form.add_error("otp" if waiting and not sending else None, str(error))
        response = _page(request, form, waiting, status=error.status)
        return with_wait(response, error)
    return _page(request, ResumeForm(initial=form.cleaned_data), otp.waiting(**challenge, at=now))


def _go_on(request: HttpRequest, found: unfinished.Unfinished | None) -> HttpResponse:
    """Put the declaration into this browser's session, and out of the other's."""
    key = found and unfinished.take_over(found=found, at=timezone.now())
    if not found or not key:  # sent or deleted since the code was asked for
        messages.warning(request, _("There is nothing left to continue. Follow the dossier if you have sent it."))
        return redirect("accounts:register")
    request.session.cycle_key()
    kept.hold(request, found, key)
    return redirect("accounts:declaration")


def _page(
    request: HttpRequest, form: ResumeForm, waiting: OneTimeCode | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "waiting": waiting, "tries_left": waiting and otp.TRIES - waiting.tries}
    return render(request, "accounts/registration/resume.html", context, status=status)
