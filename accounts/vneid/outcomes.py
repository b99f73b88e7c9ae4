"""How a log-in by VNeID can end otherwise: each named case has its page, its words and a way forward."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import vneid as actions
from vssid.errors import DomainError

RETRY_SECONDS = "30"
# Ways forward: name → route, query, words. The first of a case is its button, the others are links below.
WAYS: dict[str, tuple[str, str, Any]] = {
    "password": ("accounts:login", "", _("Log in with your password")),
    "retry": ("accounts:vneid-start", "", _("Try VNeID again")),
    "other": ("accounts:vneid-start", "?other=1", _("Use another VNeID account")),
    "vouched": ("accounts:register-vneid", "", _("Register now, without photos")),
    "register": ("accounts:register", "", _("Register for an account")),
    "track": ("accounts:track", "", _("Follow my registration")),
    "account": ("accounts:account", "", _("Back to my account")),
}
CASES: dict[str, tuple[str, ...]] = {
    "vneid_unavailable": ("password", "retry"),
    "vneid_refused": ("retry", "password"),
    "vneid_clock": ("retry", "password"),
    "vneid_level": ("password", "other"),
    "vneid_cancelled": ("password", "retry"),
    "vneid_expired": ("retry", "password"),
    "vneid_no_account": ("register", "track", "other"),
    "vneid_mismatch": ("password", "other"),
    "vneid_two_matches": ("password", "other"),
    "vneid_subject_changed": ("password", "other"),
    "vneid_other_linked": ("password", "other"),
    "account_frozen": ("other",),
    "no_phone": ("password",),
}
BY_HOTLINE = {
    *("vneid_mismatch", "vneid_two_matches", "vneid_subject_changed", "vneid_other_linked"),
    *("account_frozen", "vneid_level", "no_phone"),
}
CALM = {"vneid_unavailable", "vneid_expired", "vneid_no_account", "vneid_clock"}


def refuse(request: HttpRequest, error: DomainError, at: datetime, ways: tuple[str, ...] = ()) -> HttpResponse:
    """Say why not and what now, by the ways of the case unless others are given; the audit log has the cause."""
    actions.note_refusal(cause=getattr(error, "cause", error.code), at=at, case=error.code)
    names = ways or CASES.get(error.code, ("retry", "password"))
    if request.user.is_authenticated:
        names = ("account",)
    links = [{"url": reverse(route) + query, "word": word} for route, query, word in (WAYS[name] for name in names)]
    context = {
        "case": error.code,
        "kind": "" if error.code == "vneid_cancelled" else "warn" if error.code in CALM else "err",
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
