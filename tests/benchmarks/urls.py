"""The portal's addresses and, before them, what it is compared with."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.views import APIView

from insurance.api.records import ContributionsView
from insurance.models import InsuredPerson
from vssid import urls as portal
from vssid.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django looks for them here

READY: dict[str, tuple[str, bytes, str]] = {}
"""Name → statement, body, media type of the bare view's answers."""


def bare(request: HttpRequest, name: str) -> HttpResponse:
    """One SELECT, all its rows fetched, bytes that lay ready."""
    statement, body, media_type = READY[name]
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()
    return HttpResponse(body, content_type=media_type)


class NoToken(ContributionsView):
    """The endpoint for a person who is known already."""

    authentication_classes = ()
    permission_classes = ()

    def person(self, request: Request) -> InsuredPerson:
        return request._request.META["bench.person"]


class NoLimits(NoToken):
    """The same, and nobody counts the call."""

    limits = ()


class ReadyBehindToken(APIView):
    """The endpoint's token check and SELECT, then bytes that lay ready."""

    required_scopes = ("contributions",)

    def get(self, request: Request) -> HttpResponse:
        return bare(request._request, "contributions")


class NothingBehindToken(APIView):
    """The endpoint's token check alone, then bytes that lay ready."""

    required_scopes = ("contributions",)

    def get(self, request: Request) -> HttpResponse:
        _statement, body, media_type = READY["contributions"]
        return HttpResponse(body, content_type=media_type)


urlpatterns = [
    path("bench/bare/<str:name>", bare),
    path("bench/contributions", NoToken.as_view()),
    path("bench/unlimited", NoLimits.as_view()),
    path("bench/ready", ReadyBehindToken.as_view()),
    path("bench/nothing", NothingBehindToken.as_view()),
    *portal.urlpatterns,
]
