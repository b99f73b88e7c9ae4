"""The landing page and the pages that say that something went wrong; neither asks the database by itself."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vssid.api import problems

API_PREFIX = "/api/"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the landing page; who is logged in goes on to their own page."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return redirect("admin:index" if user.is_staff else settings.LOGIN_REDIRECT_URL)
    return render(request, "home.html")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that could not be understood."""
    if isinstance(exception, RequestDataTooBig):
        return _failure(request, 413, _("This is too large to be taken"))
    return _failure(request, 400, _("This request could not be read"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request for something the reader may not see."""
    return _failure(request, 403, _("You may not open this page"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request for a page that does not exist, or that is another person's."""
    return _failure(request, 404, _("We did not find this page"))


def method_not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """Answer somebody who opened an address that only takes what a form or script sends; `refused` names the ways."""
    response = _failure(request, 405, _("There is no page here"))
    response["Allow"] = refused["Allow"]
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the portal itself failed; a database that restarts or takes no changes is told to come back."""
    if _database_away(sys.exc_info()[1]):
        response = _failure(request, 503, _("The portal cannot do this for the moment"), "500.html")
        response["Retry-After"] = "30"
        return response
    return _failure(request, 500, _("The portal could not do this"))


def _database_away(error: BaseException | None) -> bool:
    cause = error.__cause__ if error is not None else None
    read_only = getattr(cause, "pgcode", "") == "25006"
    return read_only or isinstance(error, OperationalError | InterfaceError)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was sent without the browser's own cookie, or after it had changed."""
    return _failure(request, 403, _("This form is no longer valid"), "403_csrf.html")


def _failure(request: HttpRequest, status: int, title: str, template: str = "") -> HttpResponse:
    """Answer a failure: HTML for people, a problem document (RFC 9457) under the API's paths."""
    reference = getattr(request, "request_id", "")
    if request.path.startswith(API_PREFIX):
        return problems.answer(status)
    # Without the request: no context processor, no session, no user, so no database.
    context = {
        "title": title,
        "reference": reference,
        "path": request.path if request.method in {"GET", "HEAD"} else "/",
        "form_path": escape_leading_slashes(request.path),
        "operator_hotline": settings.OPERATOR_HOTLINE,
    }
    html = loader.render_to_string(template or f"{status}.html", context)
    return HttpResponse(html, status=status)
