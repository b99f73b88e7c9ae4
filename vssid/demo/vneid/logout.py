"""How the stand-in tells its client that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.4)."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

import aiohttp

from vssid.demo.vneid import faults

if TYPE_CHECKING:
    from vssid.demo.vneid.provider import Provider

CLIENT_PATH = "/dang-nhap/vneid/backchannel/"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
SECONDS = 120
PATIENCE = aiohttp.ClientTimeout(total=3)


def token(provider: Provider, named: dict[str, Any]) -> str:
    """A logout token about `named`, {"sub": …, "sid": …}; wrong as an armed fault says."""
    now = int(time.time())
    claims = {
        "iss": provider.issuer,
        "aud": provider.client.client_id,
        "iat": now,
        "exp": now + SECONDS,
        "jti": secrets.token_urlsafe(16),
        "events": {EVENT: {}},
        **named,
    }
    claims = provider.faults.bend(claims, faults.LOGOUT_TOKEN, now, provider.client.client_id)
    return faults.sign(claims, provider.keys["RS256"], "RS256", provider.faults, typ="logout+jwt")


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
