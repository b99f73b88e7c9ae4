"""The stand-in's one client: what it may ask, how it proves itself, and what it is told when it is refused."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.errors import InvalidKeyTypeError, JoseError
from joserfc.jwk import Key, import_key

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Refused(Exception):
    """An OAuth error: its code, and what the developer of the client should know."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


@dataclass
class Client:
    """The one relying party. `key` (PEM) is set when it authenticates by private_key_jwt."""

    client_id: str
    secret: str
    key: str
    base_url: str
    assertions: dict[str, float] = field(default_factory=dict)

    def owns(self, address: str) -> bool:
        """Whether the address is the client's: on loopback, or under its public address."""
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or parts.fragment or parts.username:
            return False
        host = parts.hostname or ""
        loopback = host in {"127.0.0.1", "localhost", "::1"} or host.endswith(".localhost")
        return loopback or bool(self.base_url and address.startswith(self.base_url + "/"))

    def authenticate(self, header: str, form: dict[str, str], issuer: str) -> None:
        """Refuse whoever is not the client: by basic authentication, by secret in the form, or by signed assertion."""
        if "client_assertion" in form:
            right = form.get("client_assertion_type") == ASSERTION and self.asserted(form["client_assertion"], issuer)
        else:
            client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
            if header.startswith("Basic "):
                try:
                    pair = base64.b64decode(header[6:]).decode().partition(":")
                except ValueError:
                    raise Refused("invalid_client", "Authorization", 401) from None
                client_id, secret = unquote_plus(pair[0]), unquote_plus(pair[2])
            same = hmac.compare_digest(secret.encode(), self.secret.encode())
            right = client_id == self.client_id and same and bool(secret)
        if not right:
            raise Refused("invalid_client", status=401)

    def asserted(self, assertion: str, issuer: str) -> bool:
        """Whether the client signed the assertion, for this issuer, for now, and for the first time (RFC 7523)."""
        try:
            claims = jwt.decode(assertion, import_pem(self.key), algorithms=["RS256", "PS256", "ES256"]).claims
        except (JoseError, ValueError):
            return False
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        now, once = time.time(), str(claims.get("jti", ""))
        self.assertions = {jti: expires for jti, expires in self.assertions.items() if expires > now}
        if not once or once in self.assertions or not isinstance(claims.get("exp"), int):
            return False
        self.assertions[once] = claims["exp"]
        named = claims.get("iss") == claims.get("sub") == self.client_id
        return named and bool({issuer, f"{issuer}/token"} & {*audiences}) and now < claims["exp"] < now + 3700


def verifies(verifier: str, challenge: str) -> bool:
    """Whether the code verifier belongs to the challenge (RFC 7636, S256)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return 43 <= len(verifier) <= 128 and hmac.compare_digest(digest, challenge.encode())


def import_pem(pem: str) -> Key:
    """The key in a PEM text, RSA or elliptic: the text itself does not always say which."""
    try:
        return import_key(pem, "RSA")
    except InvalidKeyTypeError:
        return import_key(pem, "EC")


def check_request(query: dict[str, str]) -> None:
    """Refuse what this provider does not offer."""
    if query.get("response_type") != "code":
        raise Refused("unsupported_response_type")
    if query.get("response_mode", "query") != "query":
        raise Refused("invalid_request", "response_mode")
    if "request" in query or "request_uri" in query:
        raise Refused("request_not_supported" if "request" in query else "request_uri_not_supported")
    if "openid" not in query.get("scope", "").split():
        raise Refused("invalid_scope", "openid is needed")
    if query.get("code_challenge_method") != "S256" or len(query.get("code_challenge", "")) != 43:
        raise Refused("invalid_request", "PKCE with S256 is needed")
    if "none" in query.get("prompt", "").split() and query["prompt"] != "none":
        raise Refused("invalid_request", "prompt")


def oauth_error(refused: Refused) -> web.Response:
    """The error as RFC 6749 §5.2 and RFC 6750 §3 word it."""
    headers = {"Cache-Control": "no-store"}
    if refused.status == 401:
        scheme = "Bearer" if refused.error == "invalid_token" else "Basic"
        headers["WWW-Authenticate"] = f'{scheme} realm="vneid", error="{refused.error}"'
    body = {"error": refused.error, "error_description": refused.description}
    return web.json_response(body, status=refused.status, headers=headers)
