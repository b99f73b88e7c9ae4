"""The flow: send the browser to the provider, take its answer, and say who is there.

Authorization code with PKCE (S256), state and nonce, kept in the Django session for ten minutes and used once. Authlib
builds the requests and authenticates the client; what it leaves open is checked in `checks.py`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.urls import reverse
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from accounts.actions.vneid import VNeIDClaims
from accounts.vneid import checks
from accounts.vneid.claims import from_answer
from accounts.vneid.errors import LevelTooLow, LoginCancelled, LoginExpired, VNeIDRefused, VNeIDUnavailable
from accounts.vneid.metadata import Metadata, Provider, limit, provider

ATTEMPTS = "vneid_attempts"
ATTEMPT_SECONDS = 600
ATTEMPTS_LIVE = 3
# What a provider's error response means to the citizen; any other is a refusal.
RESPONSE_ERRORS = {
    "access_denied": LoginCancelled,
    "server_error": VNeIDUnavailable,
    "temporarily_unavailable": VNeIDUnavailable,
    "unmet_authentication_requirements": LevelTooLow,
}


@dataclass(frozen=True)
class Attempt:
    """One log-in under way in a browser; `asked_at` in seconds since 1970."""

    nonce: str
    verifier: str
    asked_at: float
    next: str = ""


def begin(session: SessionBase, *, at: datetime, language: str, next_page: str = "", other: bool = False) -> str:
    """Remember an attempt in the session and return the provider's address to send the browser to.

    `other` asks the provider to let the citizen choose another account. Raises VNeIDUnavailable or VNeIDRefused.
    """
    known = provider(settings.VNEID_ISSUER)
    metadata = known.metadata.get(at)
    state, attempt = (
        secrets.token_urlsafe(32),
        Attempt(
            nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48), asked_at=at.timestamp(), next=next_page
        ),
    )
    live = _live_attempts(session, at)
    kept = sorted(live.items(), key=lambda item: item[1]["asked_at"])[-(ATTEMPTS_LIVE - 1) :]
    session[ATTEMPTS] = {**dict(kept), state: attempt.__dict__}
    asked: dict[str, Any] = {
        "nonce": attempt.nonce,
        "acr_values": " ".join(settings.VNEID_ACR_LEVEL2),
        "max_age": checks.MAX_AGE,
        "ui_locales": language,
    }
    if other:
        asked["prompt"] = "login"
    address, _ = _oauth_session(metadata).create_authorization_url(
        metadata.authorization_endpoint, state=state, code_verifier=attempt.verifier, **asked
    )
    return str(address)


def finish(session: SessionBase, answer: QueryDict, *, at: datetime) -> tuple[VNeIDClaims, Attempt]:
    """Return who logged in, from the answer that the browser brought back. Raises a VNeIDError.

    After the first rule that does not hold nothing more is asked of the provider.
    """
    attempt = _take_attempt(session, answer, at)
    known = provider(settings.VNEID_ISSUER)
    metadata = known.metadata.get(at)
    checks.check_response_issuer(answer.getlist("iss"), promised=metadata.promises_issuer)
    if "error" in answer:
        error = str(answer["error"])
        raise RESPONSE_ERRORS.get(error, VNeIDRefused)(_short(error))
    codes = answer.getlist("code")
    checks.require(len(codes) == 1 and bool(codes[0]), "code")
    access_token, id_token = checks.check_token_answer(_exchange(known, metadata, codes[0], attempt, at))
    claims = _claims_of(id_token, known, at)
    checks.check_id_token(claims, nonce=attempt.nonce, access_token=access_token, asked_at=attempt.asked_at, at=at)
    bearer = {"Authorization": f"Bearer {access_token}"}
    userinfo = known.get_json(metadata.userinfo_endpoint, at, headers=bearer)
    checks.check_userinfo(userinfo, claims)
    return from_answer(claims, userinfo), attempt


def _live_attempts(session: SessionBase, at: datetime) -> dict[str, dict[str, Any]]:
    attempts: dict[str, dict[str, Any]] = session.get(ATTEMPTS, {})
    born = at.timestamp() - ATTEMPT_SECONDS
    return {state: attempt for state, attempt in attempts.items() if attempt["asked_at"] > born}


def _take_attempt(session: SessionBase, answer: QueryDict, at: datetime) -> Attempt:
    """The attempt that the state names; it is gone from the session afterwards."""
    live, states = _live_attempts(session, at), answer.getlist("state")
    if len(states) != 1 or states[0] not in live:
        raise LoginExpired("state")
    attempt = live.pop(states[0])
    session[ATTEMPTS] = live
    return Attempt(**attempt)


def _oauth_session(metadata: Metadata) -> OAuth2Session:
    """Authlib's session for our client, within our limits."""
    private = settings.VNEID_CLIENT_AUTH == "private_key_jwt"
    session = OAuth2Session(
        client_id=settings.VNEID_CLIENT_ID,
        client_secret=_private_key() if private else settings.VNEID_CLIENT_SECRET,
        token_endpoint_auth_method=settings.VNEID_CLIENT_AUTH,
        scope=settings.VNEID_SCOPES,
        redirect_uri=settings.PUBLIC_BASE_URL + reverse("accounts:vneid-callback"),
        code_challenge_method="S256",
    )
    if private:
        algorithm = "ES256" if isinstance(session.client_secret, ECKey) else "RS256"
        session.register_client_auth_method(PrivateKeyJWT(metadata.token_endpoint, alg=algorithm))
    session.register_client_auth_method(("client_secret_basic", _basic))
    limit(session)
    return session


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


def _exchange(known: Provider, metadata: Metadata, code: str, attempt: Attempt, at: datetime) -> dict[str, Any]:
    """The token endpoint's answer to the code."""
    with known.reached(at):
        try:
            return dict(
                _oauth_session(metadata).fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
            )
        except OAuthError as error:
            raise VNeIDRefused(f"token_{_short(error.error)}") from error
        except (JoseError, TypeError, ValueError) as error:
            raise VNeIDRefused("answer_form") from error


def _claims_of(id_token: str, known: Provider, at: datetime) -> dict[str, Any]:
    """The ID token's claims; when no key fits, the keys are fetched anew, once and not too often."""
    keys = known.keys.get(at)
    try:
        return checks.verified_claims(id_token, keys)
    except checks.UnknownKey:
        newer = known.keys.newer(keys, at)
        if newer is None:
            raise
    return checks.verified_claims(id_token, newer)


def _short(error: object) -> str:
    """An error code of the provider as a word for the audit log."""
    word = str(error)[:40]
    return word if word.isascii() and word.replace("_", "").isalnum() else "other"
