"""The authorization server's own choices on top of django-oauth-toolkit: what is mounted, and who may consent."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from oauth2_provider.models import AbstractAccessToken, get_access_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator, hashlib
from oauth2_provider.views import AuthorizationView

from vssid.errors import NotFound
from vssid.queries import OneBy

_token_with_owner = OneBy(
    lambda checksum: (
        get_access_token_model().objects.select_related("application", "user__person").filter(token_checksum=checksum)
    )
)


class PortalValidator(OAuth2Validator):
    """Loads the token with everything a request about its owner needs, in one query."""

    def _load_access_token(self, token: str) -> AbstractAccessToken | None:
        return _token_with_owner(hashlib.sha256(token.encode()).hexdigest())


class ConsentView(AuthorizationView):
    """The consent page: citizens only, and its form may lead to the application's own address."""

    template_name = "oauth2_provider/authorize.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.person_id is None:
            raise NotFound
        response = super().dispatch(request, *args, **kwargs)
        target = urlsplit(request.GET.get("redirect_uri", ""))
        if target.hostname and isinstance(response, HttpResponse) and response.status_code == 200:
            # Browsers apply form-action to the redirect that follows the form, too.
            response._csp_update = {"form-action": [f"{target.scheme}://{target.netloc}"]}  # type: ignore[attr-defined]
        return response
