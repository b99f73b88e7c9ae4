"""What an answer of the provider must fulfil before anybody is let in: the list of security.md §4, one line a rule.

Everything is compared with our own settings, never with what the provider's metadata offers. Sources: OpenID Connect
Core 1.0 §3.1.3.7 and §5.3.2, RFC 9207, FAPI 2.0 Security Profile (audience, clock), RFC 8725.
"""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jws import JWSRegistry, extract_compact

from accounts.vneid.errors import LevelTooLow, VNeIDRefused
from accounts.vneid.metadata import PublicKey

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
LEEWAY = 30
MAX_AGE = 300
IAT_AGE = 600
LIFE = 3600

Claims = dict[str, Any]
# Unknown header parameters are ignored as RFC 7515 §4 wants, unknown critical ones refused.
REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
REGISTRY.max_header_length = REGISTRY.max_payload_length = 16 * 1024


class UnknownKey(VNeIDRefused):
    """The signature fits none of the keys we hold: the provider may have changed them."""


def require(holds: bool, cause: str) -> None:
    """Refuse the answer for this cause unless the rule holds."""
    if not holds:
        raise VNeIDRefused(cause)


def check_response_issuer(issuers: list[str], *, promised: bool) -> None:
    """The redirect names our issuer, and does so whenever the provider promised to (RFC 9207)."""
    require(issuers == [settings.VNEID_ISSUER] or (not issuers and not promised), "response_iss")


def check_token_answer(answer: Claims) -> tuple[str, str]:
    """The access token and the ID token of a token response; both must be there."""
    access_token, id_token = answer.get("access_token"), answer.get("id_token")
    require(is_plain(access_token), "access_token")
    require(str(answer.get("token_type", "")).lower() == "bearer", "token_type")
    require(isinstance(id_token, str) and bool(id_token), "id_token_missing")
    return str(access_token), str(id_token)


def verified_claims(id_token: str, keys: Iterable[PublicKey]) -> Claims:
    """The claims of an ID token that one of the provider's keys signed by one of our algorithms."""
    try:
        header = extract_compact(id_token.encode(), registry=REGISTRY).headers()
        require(header.get("alg") in ALGORITHMS, "alg")
        return jwt.decode(id_token, _key_for(header, keys), registry=REGISTRY).claims
    except BadSignatureError as error:
        raise UnknownKey("signature") from error
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise VNeIDRefused("id_token") from error


def _key_for(header: Claims, keys: Iterable[PublicKey]) -> PublicKey:
    """The one key the header means. `jwk`, `jku`, `x5u` and `x5c` in it are not looked at."""
    fitting = [key for key in keys if key.key_type == ALGORITHMS[header["alg"]]]
    fitting = [key for key in fitting if key.get("alg", header["alg"]) == header["alg"]]
    if "kid" in header:
        fitting = [key for key in fitting if key.kid == header["kid"]]
    if len(fitting) != 1:
        raise UnknownKey("key")
    return fitting[0]


def check_id_token(claims: Claims, *, nonce: str, access_token: str, asked_at: float, at: datetime) -> None:
    """The ID token is from our provider, for us alone, for this log-in, of now, and of level 2."""
    now, client = at.timestamp(), settings.VNEID_CLIENT_ID
    require(claims.get("iss") == settings.VNEID_ISSUER, "iss")
    require(is_plain(claims.get("sub")) and len(claims["sub"]) <= 255, "sub")
    require(claims.get("aud") in (client, [client]), "aud")
    require(claims.get("azp", client) == client, "azp")
    require(is_time(claims.get("exp")) and now < claims["exp"] + LEEWAY, "exp")
    require(is_time(claims.get("iat")) and now - IAT_AGE <= claims["iat"] <= now + LEEWAY, "iat")
    require(0 < claims["exp"] - claims["iat"] <= LIFE, "life")
    require(is_time(claims.get("nbf", 0)) and claims.get("nbf", 0) <= now + LEEWAY, "nbf")
    require(claims.get("nonce") == nonce, "nonce")
    require(claims.get("at_hash", hash_of(access_token)) == hash_of(access_token), "at_hash")
    require(is_time(claims.get("auth_time")) and claims["auth_time"] <= now + LEEWAY, "auth_time")
    require(claims["auth_time"] >= asked_at - MAX_AGE - LEEWAY, "auth_time")
    check_level(claims)


def check_level(claims: Claims) -> None:
    """The identity is of level 2: `acr` is exactly one of the values in VNEID_ACR_LEVEL2."""
    acr = claims.get("acr")
    if not isinstance(acr, str) or acr not in settings.VNEID_ACR_LEVEL2:
        raise LevelTooLow("acr")


def check_userinfo(userinfo: Claims, claims: Claims) -> None:
    """The userinfo answer is about the person of the ID token (OpenID Connect Core §5.3.2)."""
    require(userinfo.get("sub") == claims["sub"], "userinfo_sub")


def is_plain(value: object) -> bool:
    """Whether the value is a text of ASCII signs that can be seen, and not blank."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())


def is_time(value: object) -> bool:
    """Whether the claim is a time in seconds."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def hash_of(access_token: str) -> str:
    """The `at_hash` of an access token; all our algorithms use SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()
