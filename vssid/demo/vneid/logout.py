"""How the stand-in tells its client that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.4)."""

import secrets
import time
from typing import Any

import aiohttp
from joserfc.jwk import ECKey, RSAKey

from vssid.demo.vneid.faults import LOGOUT_TOKEN, Faults, sign

CLIENT_PATH = "/dang-nhap/vneid/backchannel/"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
SECONDS = 120
PATIENCE = aiohttp.ClientTimeout(total=3)


def token(named: dict[str, Any], *, issuer: str, client_id: str, key: RSAKey | ECKey, faults: Faults) -> str:
    """A logout token about `named`, {"sub": …, "sid": …}, signed by an RS256 `key`; wrong as an armed fault says."""
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": client_id,
        "iat": now,
        "exp": now + SECONDS,
        "jti": secrets.token_urlsafe(16),
        "events": {EVENT: {}},
        **named,
    }
    claims = faults.bend(claims, LOGOUT_TOKEN, now, client_id)
    return sign(claims, key, "RS256", faults, typ="logout+jwt")


async def tell(address: str, logout_token: str) -> None:
    """Give the token to the client. One that cannot be reached is not waited for: its session ends by age."""
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.post(address, data={"logout_token": logout_token}, allow_redirects=False),
        ):
            pass
    except (aiohttp.ClientError, TimeoutError):
        pass
