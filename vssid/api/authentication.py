"""Bearer tokens: who the request speaks for."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class TokenAuthentication(OAuth2Authentication):
    """Accepts a citizen's token while the account is in order, and sets `request.insured_person`; and a system's token,
    which speaks for nobody.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return (user, token), or None without a token. Raises AuthenticationFailed for one that is not good."""
        if "Authorization" not in request.headers:
            return None
        found = super().authenticate(request)
        if found is None:
            raise AuthenticationFailed
        user, token = found
        if user is not None:
            if not user.is_active or user.frozen_at or user.must_change_password:
                raise AuthenticationFailed
            request._request.insured_person = user.person  # type: ignore[attr-defined]
        # A system's token speaks for nobody.
        return user or AnonymousUser(), token
