"""The requests that our client sends to the provider's token endpoint, and how it proves itself there.

Authlib builds them (authorization code with PKCE, RFC 6749, RFC 7523, RFC 7636).
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from django.conf import settings
from django.urls import reverse
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from accounts.vneid.attempts import Attempt
from accounts.vneid.errors import VNeIDRefused
from accounts.vneid.metadata import Metadata, Provider, limit


def authorization_address(metadata: Metadata, attempt: Attempt, state: str, **asked: Any) -> str:
    """The provider's address to send the browser to."""
    address, _ = oauth_session(metadata).create_authorization_url(
        metadata.authorization_endpoint, state=state, code_verifier=attempt.verifier, **asked
    )
    return str(address)


def exchange(
    known: Provider, metadata: Metadata, code: str, attempt: Attempt, at: datetime, **more: str
) -> dict[str, Any]:
    """The token endpoint's answer to the code. Raises VNeIDRefused, VNeIDUnavailable."""
    with known.reached(at):
        try:
            return dict(
                oauth_session(metadata).fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                    **more,
                )
            )
        except OAuthError as error:
            raise VNeIDRefused(f"token_{short(error.error)}") from error
        except (JoseError, TypeError, ValueError) as error:
            raise VNeIDRefused("answer_form") from error


def oauth_session(metadata: Metadata) -> OAuth2Session:
    """Authlib's session for our client, within our limits."""
    private = settings.VNEID_CLIENT_AUTH == "private_key_jwt"
    session = OAuth2Session(
        client_id=settings.VNEID_CLIENT_ID,
        client_secret=_private_key() if private else settings.VNEID_CLIENT_SECRET,
        token_endpoint_auth_method=settings.VNEID_CLIENT_AUTH,
        scope=settings.VNEID_SCOPES,
        redirect_uri=redirect_address(),
        code_challenge_method="S256",
    )
    if private:
        algorithm = "ES256" if isinstance(session.client_secret, ECKey) else "RS256"
        session.register_client_auth_method(PrivateKeyJWT(metadata.token_endpoint, alg=algorithm))
    session.register_client_auth_method(("client_secret_basic", _basic))
    limit(session)
    return session


def redirect_address() -> str:
    """Where the provider sends the browser back to."""
    return settings.PUBLIC_BASE_URL + reverse("accounts:vneid-callback")


def short(error: object) -> str:
    """An error code of the provider as a word for the audit log."""
    word = str(error)[:40]
    return word if word.isascii() and word.replace("_", "").isalnum() else "other"


def _private_key() -> RSAKey | ECKey:
    try:
        return import_key(settings.VNEID_CLIENT_KEY, "RSA")
    except JoseError:
        return import_key(settings.VNEID_CLIENT_KEY, "EC")


def _basic(client: Any, method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    """Basic authentication with both parts form-encoded, as RFC 6749 §2.3.1 wants and Authlib leaves out."""
    from requests.auth import _basic_auth_str

    headers["Authorization"] = _basic_auth_str(quote_plus(client.client_id), quote_plus(client.client_secret))
    return uri, headers, body
