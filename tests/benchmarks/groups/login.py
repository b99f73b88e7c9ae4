"""What a login costs beyond its one password hash and a page: look-up, limits, session, audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.middleware.csrf import _get_new_csrf_string
from django.utils import timezone

from accounts.actions.login import trust_browser
from tests.benchmarks.measure import Row, at_most, in_words, race, rate_ratio
from tests.benchmarks.stage import Stage, call, environ

PASSWORD = "muoi hai con cho sua trong dem"
VIEW = "/the-bhyt/"


def rows(stage: Stage) -> Iterator[Row]:
    """login.overhead: a login from a known browser ÷ (one hash + one page of somebody logged in)."""
    # As in a deployment; the tests' own are quicker.
    settings.ARGON2_MEMORY_KIB, settings.ARGON2_TIME = 19456, 2
    stage.user.set_password(PASSWORD)
    stage.user.save()
    stage.cookies = stage._log_in()  # the password is part of a session's hash
    login, visit = _login(stage), stage.visit(VIEW, HTTP_COOKIE=stage.cookies)

    def parts() -> None:
        assert stage.user.check_password(PASSWORD)
        visit()

    times = race(stage.helpers(), parts=parts, login=login)
    value = 1 / rate_ratio(times, "login", "parts")
    yield at_most("login.overhead", value, 1.15, detail=in_words(times, "login", "parts"))


def _login(stage: Stage) -> Callable[[], None]:
    """A runner that sends the login form as a browser does that answered a code before."""
    token = _get_new_csrf_string()
    known = signing.dumps(trust_browser(user=stage.user, tokens=[], at=timezone.now()), salt="accounts.browser")
    form = {"csrfmiddlewaretoken": token, "username": stage.user.username, "password": PASSWORD}
    body = urlencode(form).encode()
    asked = environ("/dang-nhap/", {
        "REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)), "HTTP_COOKIE": f"{settings.CSRF_COOKIE_NAME}={token}; browser={known}",
    })  # fmt: skip

    def run() -> None:
        answer = call(stage.portal, {**asked, "wsgi.input": BytesIO(body)})
        assert answer.status == 302, answer.status
        assert ("Location", "/ca-nhan/") in answer.headers, answer.headers

    return run
