"""The standard dialect: OpenID Connect with an ID token, nonce and userinfo."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import QueryDict

from accounts.actions.vneid_claims import VNeIDClaims
from accounts.vneid import checks
from accounts.vneid.attempts import Attempt
from accounts.vneid.claims import from_answer
from accounts.vneid.exchange import exchange
from accounts.vneid.metadata import Metadata, Provider

SECOND_FACTOR = False  # the level that the ID token certifies is two factors already


def asked(attempt: Attempt) -> dict[str, Any]:
    """What the authorization request asks beside state and PKCE."""
    return {
        "nonce": attempt.nonce,
        "acr_values": " ".join(settings.VNEID_ACR_LEVEL2),
        "max_age": attempt.max_age,
    }


def identify(
    known: Provider, metadata: Metadata, answer: QueryDict, attempt: Attempt, at: datetime
) -> tuple[VNeIDClaims, str, str]:
    """Who logged in, the ID token, and the provider's name of its session, perhaps empty.

    After the first rule that does not hold nothing more is asked of the provider.
    """
    codes = answer.getlist("code")
    checks.require(len(codes) == 1 and bool(codes[0]), "code")
    access_token, id_token = checks.check_token_answer(exchange(known, metadata, codes[0], attempt, at))
    claims = claims_of(id_token, known, at)
    checks.check_id_token(claims, attempt, access_token=access_token, at=at)
    bearer = {"Authorization": f"Bearer {access_token}"}
    userinfo = known.get_json(metadata.userinfo_endpoint, at, headers=bearer)
    checks.check_userinfo(userinfo, claims)
    sid = claims.get("sid")
    return from_answer({**claims, **userinfo}, subject=claims["sub"]), id_token, sid if isinstance(sid, str) else ""


def claims_of(token: str, known: Provider, at: datetime) -> dict[str, Any]:
    """The token's claims; when no key fits, the keys are fetched anew, once and not too often."""
    keys = known.keys.get(at)
    try:
        return checks.verified_claims(token, keys)
    except checks.UnknownKey:
        newer = known.keys.newer(keys, at)
        if newer is None:
            raise
    return checks.verified_claims(token, newer)
