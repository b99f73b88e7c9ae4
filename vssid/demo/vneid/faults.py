"""Ways in which the stand-in can be told to misbehave, armed by name through `/test/arm`.

A conforming library cannot be told to do wrong, so each row here is one wrong answer that a relying party must refuse.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Claims = dict[str, Any]

# Claims of the ID token to change; None removes one. Given: now (seconds) and the client's id.
ID_TOKEN: dict[str, Callable[[int, str], Claims]] = {
    "iss_wrong": lambda now, us: {"iss": "https://other.example"},
    "iss_missing": lambda now, us: {"iss": None},
    "sub_missing": lambda now, us: {"sub": None},
    "sub_empty": lambda now, us: {"sub": ""},
    "aud_wrong": lambda now, us: {"aud": "another-client"},
    "aud_wrong_azp_us": lambda now, us: {"aud": "another-client", "azp": us},
    "aud_second": lambda now, us: {"aud": [us, "another-client"], "azp": us},
    "aud_missing": lambda now, us: {"aud": None},
    "azp_wrong": lambda now, us: {"azp": "another-client"},
    "nonce_wrong": lambda now, us: {"nonce": "not-the-nonce"},
    "nonce_missing": lambda now, us: {"nonce": None},
    "expired": lambda now, us: {"iat": now - 331, "exp": now - 31},
    "exp_missing": lambda now, us: {"exp": None},
    "exp_far": lambda now, us: {"exp": now + 10 * 365 * 86400},
    "iat_old": lambda now, us: {"iat": now - 86400},
    "iat_future": lambda now, us: {"iat": now + 120, "exp": now + 420},
    "iat_missing": lambda now, us: {"iat": None},
    "nbf_future": lambda now, us: {"nbf": now + 120},
    "acr_missing": lambda now, us: {"acr": None},
    "acr_low": lambda now, us: {"acr": "urn:vneid:loa:1"},
    "acr_list": lambda now, us: {"acr": ["urn:vneid:loa:2"]},
    "acr_lookalike": lambda now, us: {"acr": "URN:VNEID:LOA:2"},
    "auth_time_missing": lambda now, us: {"auth_time": None},
    "auth_time_old": lambda now, us: {"auth_time": now - 3600},
    "at_hash_wrong": lambda now, us: {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "at_hash_missing": lambda now, us: {"at_hash": None},
    "clock_29_ahead": lambda now, us: {"iat": now + 29, "exp": now + 329},
    "clock_32_ahead": lambda now, us: {"iat": now + 32, "exp": now + 332},
    "expired_29_ago": lambda now, us: {"iat": now - 329, "exp": now - 28},
    "aud_list": lambda now, us: {"aud": [us]},
}
# Claims of a logout token to change.
LOGOUT_TOKEN: dict[str, Callable[[int, str], Claims]] = {
    "logout_no_event": lambda now, us: {"events": None},
    "logout_event_wrong": lambda now, us: {"events": {"http://schemas.openid.net/event/other": {}}},
    "logout_with_nonce": lambda now, us: {"nonce": "any"},
    "logout_aud_wrong": lambda now, us: {"aud": "another-client"},
    "logout_iss_wrong": lambda now, us: {"iss": "https://other.example"},
    "logout_nobody": lambda now, us: {"sub": None, "sid": None},
    "logout_old": lambda now, us: {"iat": now - 3600, "exp": now - 3000},
    "logout_no_jti": lambda now, us: {"jti": None},
}
# Claims of the userinfo answer to change.
USERINFO: dict[str, Claims] = {
    "userinfo_sub_wrong": {"sub": "somebody-else"},
    "userinfo_sub_missing": {"sub": None},
    "citizen_id_malformed": {"citizen_id": "12-34"},
    "citizen_id_missing": {"citizen_id": None},
    "citizen_id_other": {"citizen_id": "001099999999"},
    "birthdate_malformed": {"birthdate": "sometime in 1990"},
    "birthdate_other": {"birthdate": "1900-01-01"},
    "person_sub_missing": {"sub": None},
    "person_level_missing": {"accountLevel": None},
    "person_level_1": {"accountLevel": 1},
    "person_birthdate_local": {"birthDate": "12/04/1990"},
}
SIGNATURE = {
    *("alg_none", "alg_hs256", "alg_es256", "sig_wrong"),
    *("kid_missing", "kid_unknown", "jwk_header", "crit_header"),
}
TOKEN_ANSWER: dict[str, Claims] = {
    "id_token_missing": {"id_token": None},
    "id_token_garbage": {"id_token": "not.a.token"},
    "token_type_wrong": {"token_type": "mac"},
    "token_type_other_case": {"token_type": "bEARER"},
    "expires_in_missing": {"expires_in": None},
    "access_token_missing": {"access_token": None},
}
AUTHORIZE_ANSWER: dict[str, Claims] = {
    "response_iss_wrong": {"iss": "https://other.example"},
    "response_iss_missing": {"iss": None},
    "response_state_wrong": {"state": "not-the-state"},
    "response_state_missing": {"state": None},
    "response_server_error": {"code": None, "error": "server_error"},
}
METADATA: dict[str, Claims] = {
    "metadata_issuer_wrong": {"issuer": "https://other.example"},
    "metadata_offers_none": {"id_token_signing_alg_values_supported": ["none", "RS256"]},
    "metadata_plain_http": {"token_endpoint": "http://192.0.2.1/token"},
    "metadata_token_endpoint_missing": {"token_endpoint": None},
}
ENDPOINTS = ("discovery", "jwks", "authorize", "token", "userinfo")
MODES = ("500", "hang", "slow", "html", "redirect", "huge", "drop")
KEYS = ("jwks_one_key", "jwks_two_of_a_kind", "jwks_unreadable_key")
WRAPPED = ("wrapped_plain", "wrapped_other_key", "wrapped_cut")
TABLES = (ID_TOKEN, LOGOUT_TOKEN, USERINFO, SIGNATURE, TOKEN_ANSWER, AUTHORIZE_ANSWER, METADATA, KEYS, WRAPPED)
KNOWN = {name for table in TABLES for name in table} | {
    f"{endpoint}_{mode}" for endpoint in ENDPOINTS for mode in MODES
}


class Faults:
    """What is armed now, and how many times more; and the log of requests."""

    def __init__(self) -> None:
        self.armed: Counter[str] = Counter()
        self.log: list[dict[str, Any]] = []

    def arm(self, name: str, times: int) -> None:
        """Misbehave as `name` says for the next `times` occasions."""
        if name not in KNOWN:
            raise KeyError(name)
        self.armed[name] = times

    def take(self, name: str) -> bool:
        """Whether to misbehave so now; counts the occasion."""
        if not self.armed[name]:
            return False
        self.armed[name] -= 1
        return True

    def bend(self, answer: Claims, table: dict[str, Any], *given: Any) -> Claims:
        """The answer with every armed change of the table made."""
        for name, change in table.items():
            if self.take(name):
                answer = answer | (change(*given) if callable(change) else change)
        return {name: value for name, value in answer.items() if value is not None}

    def bend_keys(self, keys: list[Claims]) -> list[Claims]:
        """The published keys with every armed change made."""
        if self.take("jwks_one_key"):
            keys = [key for key in keys if key["kty"] == "RSA"]
        if self.take("jwks_two_of_a_kind"):
            keys = [*keys, RSAKey.generate_key(2048, auto_kid=True).as_dict(private=False)]
        if self.take("jwks_unreadable_key"):
            keys = [{"kty": "RSA", "kid": "broken", "n": "not base64!", "e": "AQAB"}, {"kty": "future"}, *keys]
        return keys

    async def meet(self, endpoint: str, request: web.Request) -> web.StreamResponse | None:
        """A wrong answer of the whole endpoint, or None when the true one shall be given."""
        mode = next((mode for mode in MODES if self.take(f"{endpoint}_{mode}")), None)
        if mode == "hang":
            await asyncio.sleep(30)
        elif mode == "slow":
            await asyncio.sleep(1)
        elif mode == "drop" and request.transport:
            request.transport.abort()
        answers = {
            "500": web.Response(status=500, text="out of order"),
            "html": web.Response(text="<p>maintenance</p>", content_type="text/html"),
            "redirect": web.Response(status=302, headers={"Location": f"{request.url.path}?again"}),
            "huge": web.Response(body=b'{"x": "' + b"x" * 1_000_000 + b'"}', content_type="application/json"),
        }
        return answers.get(mode or "")


def sign(claims: Claims, key: RSAKey | ECKey, algorithm: str, faults: Faults, typ: str = "JWT") -> str:
    """The claims as a compact JWS, signed rightly or as an armed fault says."""
    header: dict[str, Any] = {"alg": algorithm, "kid": key.kid, "typ": typ}
    if faults.take("kid_missing"):
        del header["kid"]
    if faults.take("kid_unknown"):
        header["kid"] = "unknown"
    if faults.take("crit_header"):
        return _compact(header | {"crit": ["b64x"], "b64x": True}, claims, b"signature")
    if faults.take("alg_none"):
        return _compact(header | {"alg": "none"}, claims, b"")
    if faults.take("alg_hs256"):
        return _compact(header | {"alg": "HS256"}, claims, None, secret=key.as_pem(private=False))
    if faults.take("sig_wrong"):
        return _compact(header, claims, b"\x01" * 256)
    if faults.take("jwk_header"):
        other = RSAKey.generate_key(2048)
        return jwt.encode(header | {"alg": "RS256", "jwk": other.as_dict(private=False)}, claims, other)
    return jwt.encode(header, claims, key)


def _compact(header: Claims, claims: Claims, signature: bytes | None, secret: bytes = b"") -> str:
    def b64(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    if signature is None:
        signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{b64(signature)}"
