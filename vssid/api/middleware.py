"""Programs have no cookies."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

PREFIX = "/api/v1/"


class WithoutCookies:
    """Stands before what reads cookies. Under /api/v1/ they mean nothing: the token says who asks, Accept-Language in
    which words. So no browser's session acts there, and caches need not tell answers apart by cookies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.COOKIES = {}
        response = self.get_response(request)
        response["Vary"] = "Accept-Language"
        return response
