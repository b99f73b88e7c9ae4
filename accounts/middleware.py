"""Who may be where: limits of a session, forced change of a temporary password, citizens here and staff there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import get_resolver
from django.utils import timezone
from django.utils.functional import LazyObject, SimpleLazyObject, empty
from django.utils.translation import gettext as _

from accounts.actions.children import family_of
from accounts.kept_forms import KEPT, keep_form
from accounts.models import User
from accounts.session_store import BEGAN, METHOD, SEEN
from accounts.sessions import ACTING, end_of_session, logged_in, stamp
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError, with_wait

# What somebody with a temporary password, and staff among the citizen's pages, can reach.
OWN_ACCESS = {"accounts:password-change", "accounts:logout", "admin:logout", "set_language"}
# The time of the last request is written down at most so often: most reads write no session.
# Who came in another way is not held up by a temporary password.
WITHOUT_PASSWORD = {"vneid", "passkey"}
TOUCH_SECONDS = 60
# Being asked whether one is still there is no activity, the answer counts by itself (views/sessions.py).
EXTENDING = "/tai-khoan/phien/gia-han/"


class AccountMiddleware:
    """Stands after Django's own: the session and its user are known, the view is not chosen yet.

    `request.insured_person` is whose record the session looks at: the citizen's own, or that of a child under the
    account, then also in `request.child`; None for staff and strangers. `request.family`: all such children.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.insured_person = request.child = None  # type: ignore[attr-defined]
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            keep_or_end(request)
        if request.session.accessed:
            request.user = unwrapped(request.user)
            if request.user.is_authenticated and BEGAN in request.session:
                request.session_ends = end_of_session(request, request.user)  # type: ignore[attr-defined]
            if request.user.is_authenticated and not request.user.is_staff:
                look_at(request, request.user)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            told: Callable[..., HttpResponseBase] = get_resolver().resolve_error_handler(405)
            response = told(request, response)
        if request.session.accessed and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send people where they belong; whether a login is needed at all is Django's LoginRequiredMiddleware."""
        user, match = request.user, request.resolver_match
        if not user.is_authenticated or match is None:
            return None
        back_office = "admin" in match.namespaces
        if back_office and not user.is_staff:
            raise Http404
        if match.view_name in OWN_ACCESS or "demo" in match.namespaces:
            return None
        if user.must_change_password and request.session.get(METHOD) not in WITHOUT_PASSWORD:
            return redirect("accounts:password-change")
        if not getattr(view, "login_required", True) or back_office:
            return None
        if user.is_staff:
            return redirect("admin:index")
        if user.person is None and match.view_name != "accounts:account":
            return redirect("accounts:account")
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a domain error that no view expected as a page of its own, with its status."""
        if not isinstance(exception, DomainError):
            return None
        context = {
            "title": getattr(exception, "title", _("This is not possible now")),
            "text": str(exception),
            "reference": getattr(request, "request_id", ""),
            "operator_hotline": settings.OPERATOR_HOTLINE,
        }
        response = render(request, "errors/refused.html", context, status=exception.status)
        return with_wait(response, exception)


def look_at(request: HttpRequest, user: User) -> None:
    """Find whose record this request shows. That a child still stands under the account is asked each time."""
    today = timezone.localdate()
    request.insured_person = user.person  # type: ignore[attr-defined]
    request.family = SimpleLazyObject(  # type: ignore[attr-defined]
        lambda: family_of(user, on=today) if user.children_ids else []
    )
    acting = request.session.get(ACTING)
    if acting is None:
        return
    for guardianship in request.family:  # type: ignore[attr-defined]
        if guardianship.child_id == acting:
            request.insured_person = request.child = guardianship.child  # type: ignore[attr-defined]
            return
    del request.session[ACTING]
    messages.info(request, _("The child you looked at is no longer under your account."))


def unwrapped(user: Any) -> Any:
    """Return the user that Django and django-otp hand over inside two lazy wrappers: both look at each attribute."""
    while isinstance(user, LazyObject):
        if user._wrapped is empty:
            user._setup()
        user = user._wrapped
    return user


def keep_or_end(request: HttpRequest) -> None:
    """End a session that was idle or is too old; otherwise note, at most once a minute, that it is in use."""
    now = timezone.now()
    moment, session, user = int(now.timestamp()), request.session, logged_in(request)
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        stamp(request, at=now)
        return
    life = settings.STAFF_SESSION_SECONDS if user.is_staff else settings.SESSION_COOKIE_AGE
    idle, old = moment - seen >= settings.IDLE_SECONDS, moment - began > life
    if idle or old:
        typed = keep_form(request, user, at=now)
        record(Event.SESSION_ENDED, actor=user.actor, subject=user.actor, at=now, reason="idle" if idle else "age")
        logout(request)
        if typed is not None:
            session[KEPT] = typed
        why = (
            _("You were logged out after %(minutes)d minutes without activity.")
            if idle
            else _("Log in again to continue.")
        )
        messages.info(request, why % {"minutes": settings.IDLE_SECONDS // 60})
    elif moment - seen >= TOUCH_SECONDS and request.path != EXTENDING:
        session[SEEN] = moment
