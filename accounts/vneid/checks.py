"""What an answer of the provider must fulfil before anybody is let in: the list of security.md §4, one line a rule.

Everything is compared with our own settings, never with what the provider's metadata offers. Sources: OpenID Connect
Core 1.0 §3.1.3.7 and §5.3.2, RFC 9207, FAPI 2.0 Security Profile (audience, clock), RFC 8725.
"""

import base64
import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jws import JWSRegistry, extract_compact

from accounts.vneid.attempts import Attempt
from accounts.vneid.errors import ClocksApart, LevelTooLow, VNeIDRefused
from accounts.vneid.metadata import PublicKey

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
LEEWAY = 30
CLOCK_ALARM = 10
IAT_AGE = 600
LIFE = 3600
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

logger = logging.getLogger(__name__)
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


def check_id_token(claims: Claims, attempt: Attempt, *, access_token: str, at: datetime) -> None:
    """The ID token is from our provider, for us alone, for this log-in, of now, and of level 2."""
    now, client = at.timestamp(), settings.VNEID_CLIENT_ID
    require(claims.get("iss") == settings.VNEID_ISSUER, "iss")
    require(is_plain(claims.get("sub")) and len(claims["sub"]) <= 255, "sub")
    require(claims.get("aud") in (client, [client]), "aud")
    require(claims.get("azp", client) == client, "azp")
    check_times(claims, now)
    require(claims.get("nonce") == attempt.nonce, "nonce")
    require(claims.get("at_hash", hash_of(access_token)) == hash_of(access_token), "at_hash")
    require(is_time(claims.get("auth_time")) and claims["auth_time"] <= now + LEEWAY, "auth_time")
    require(claims["auth_time"] >= attempt.asked_at - attempt.max_age - LEEWAY, "auth_time")
    check_level(claims)


def check_times(claims: Claims, now: float) -> None:
    """The token was made a short while ago, lives at most an hour and has not ended; `now` in seconds since 1970.

    Clocks may differ by half a minute. A difference that can be seen is told to whoever runs the portal.
    """
    require(is_time(claims.get("exp")), "exp")
    require(is_time(claims.get("iat")) and now - IAT_AGE <= claims["iat"], "iat")
    require(0 < claims["exp"] - claims["iat"] <= LIFE, "life")
    require(is_time(claims.get("nbf", 0)), "nbf")
    ahead = max(claims["iat"], claims.get("nbf", 0)) - now
    if ahead > CLOCK_ALARM:
        logger.warning("The provider's clock is %d s ahead of ours", ahead)
    for cause, holds in (("exp", now < claims["exp"] + LEEWAY), ("iat", ahead <= LEEWAY)):
        if not holds:
            raise ClocksApart(cause)


def check_level(claims: Claims) -> None:
    """The identity is of level 2: `acr` is exactly one of the values in VNEID_ACR_LEVEL2."""
    acr = claims.get("acr")
    if not isinstance(acr, str) or acr not in settings.VNEID_ACR_LEVEL2:
        raise LevelTooLow("acr")


def check_userinfo(userinfo: Claims, claims: Claims) -> None:
    """The userinfo answer is about the person of the ID token (OpenID Connect Core §5.3.2)."""
    require(userinfo.get("sub") == claims["sub"], "userinfo_sub")


def check_logout_token(claims: Claims, *, at: datetime) -> tuple[str, str]:
    """The subject and the session that the provider says have ended, one of them perhaps empty.

    OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6.
    """
    require(claims.get("iss") == settings.VNEID_ISSUER, "iss")
    require(claims.get("aud") in (settings.VNEID_CLIENT_ID, [settings.VNEID_CLIENT_ID]), "aud")
    check_times(claims, at.timestamp())
    require(is_plain(claims.get("jti")), "jti")
    events = claims.get("events")
    require(isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict), "events")
    require("nonce" not in claims, "nonce")
    subject, sid = claims.get("sub", ""), claims.get("sid", "")
    require(isinstance(subject, str) and isinstance(sid, str) and bool(subject or sid), "sub")
    return subject, sid


def is_plain(value: object) -> bool:
    """Whether the value is a text of ASCII signs that can be seen, and not blank."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())


def is_time(value: object) -> bool:
    """Whether the claim is a time in seconds."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def hash_of(access_token: str) -> str:
    """The `at_hash` of an access token; all our algorithms use SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()
