"""The authorization server's rules on top of django-oauth-toolkit: who may ask, what for, and until when."""

import hashlib
from datetime import timedelta
from typing import Any

from django.utils import timezone
from oauth2_provider.models import AbstractAccessToken, get_access_token_model, get_application_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import SettingsScopes
from oauthlib.oauth2.rfc6749 import errors

from accounts.actions.consents import holding
from accounts.models import ApiClient
from accounts.rules.scopes import ALL
from vssid.api import assertions
from vssid.queries import OneBy

SYSTEMS, CITIZENS = "client-credentials", "authorization-code"
ABSOLUTE = timedelta(days=30)

_token_with_owner = OneBy(
    lambda checksum: (
        get_access_token_model().objects.select_related("application", "user__person").filter(token_checksum=checksum)
    )
)


class PortalScopes(SettingsScopes):
    """An application may ask for what its registration allows."""

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Return the scopes that may be asked; without an application, all there are."""
        if application is None:
            return list(ALL)
        if application.authorization_grant_type == CITIZENS and _grant(request) == "client_credentials":
            # An application for citizens speaks for itself only to read what happened.
            return ["events"]
        return list(application.registration.scopes)

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        """Return what a request without scopes is taken to ask: of a citizen as little as there is."""
        available = self.get_available_scopes(application, request)
        return ["profile"] if "profile" in available else available


class PortalValidator(OAuth2Validator):
    """Approved applications only, proved by secret or signature; tokens live within a citizen's consent."""

    def _load_access_token(self, token: str) -> AbstractAccessToken | None:
        """Load the token with everything a request about its owner needs, in one query."""
        return _token_with_owner(hashlib.sha256(token.encode()).hexdigest())

    def _load_application(self, client_id: str, request: Any) -> Any:
        if request.client is not None and request.client.client_id == client_id:
            return request.client
        found = None
        if client_id and "\0" not in client_id:
            approved = get_application_model().objects.filter(registration__state=ApiClient.State.APPROVED)
            found = approved.select_related("registration").filter(client_id=client_id).first()
        request.client = found
        return found

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A signature is always looked at."""
        return bool(_assertion(request)) or super().client_authentication_required(request, *args, **kwargs)

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Take a signature where one was sent or keys are registered, else the secret."""
        if assertion := _assertion(request):
            return self._proved(request, assertion)
        known = super().authenticate_client(request, *args, **kwargs)
        # Who registered keys means them: a secret opens nothing then.
        return bool(known) and not (request.client.registration.jwks or request.client.registration.jwks_url)

    def _proved(self, request: Any, assertion: str) -> bool:
        try:
            application = self._load_application(assertions.named_client(assertion), request)
            if application is None or request.client_id not in {None, "", application.client_id}:
                return False
            assertions.check(assertion, application.registration, at=timezone.now())
        except assertions.NotProved:
            return False
        request.client_id = application.client_id
        return True

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Allow the application's own grant; a confidential one for citizens may also speak for itself."""
        if grant_type == "client_credentials" and request.client.authorization_grant_type == CITIZENS:
            return bool(request.client.client_type == "confidential")
        return bool(super().validate_grant_type(client_id, grant_type, client, request, *args, **kwargs))

    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Refuse what reuse, time or rest ended. A family lives 30 days at most, whatever was consented to."""
        if not super().validate_refresh_token(refresh_token, client, request, *args, **kwargs):
            return False
        token = request.refresh_token_instance
        first = type(token).objects.filter(token_family=token.token_family).order_by("created").first()
        return bool(first is None or first.created + ABSOLUTE > timezone.now())

    def _save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        if request.grant_type in {"authorization_code", "refresh_token"}:
            self._within_consent(token, request)
        super()._save_bearer_token(token, request, *args, **kwargs)

    def _within_consent(self, token: dict[str, Any], request: Any) -> None:
        """Let the token end with the consent at the latest; the consent cannot be ended meanwhile."""
        now = timezone.now()
        consent = holding(user=request.user, application=request.client, at=now, lock=True)
        if consent is None or not set(token["scope"].split()) <= set(consent.scopes):
            raise errors.InvalidGrantError(request=request)
        token["expires_in"] = min(token["expires_in"], int((consent.ends_at - now).total_seconds()))
        token["consent"] = str(consent.key)


def _assertion(request: Any) -> str:
    kind, assertion = getattr(request, "client_assertion_type", None), getattr(request, "client_assertion", None)
    return str(assertion) if kind == assertions.TYPE and assertion else ""


def _grant(request: Any) -> str:
    return str(getattr(request, "grant_type", "") or "")
