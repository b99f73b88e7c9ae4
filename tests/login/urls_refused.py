"""The portal's addresses and two whose views meet a rule they did not expect."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from vssid import urls
from vssid.errors import NotFound, TooMany


@login_not_required
def gone(request: HttpRequest) -> HttpResponse:
    raise NotFound


@login_not_required
def busy(request: HttpRequest) -> HttpResponse:
    raise TooMany(retry_after=90)


urlpatterns = [*urls.urlpatterns, path("gone/", gone), path("busy/", busy)]
