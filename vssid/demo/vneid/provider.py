"""The stand-in's OpenID provider: discovery, keys, log-in page, tokens, userinfo, log-out; all state is in memory."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters, RSAKey

from vssid.demo.vneid import faults as fault_tables
from vssid.demo.vneid import logout, pages
from vssid.demo.vneid.clients import Client, Refused, check_request, oauth_error, verifies
from vssid.demo.vneid.faults import Faults
from vssid.demo.vneid.wrapped import Wrapping

CODE_SECONDS = 60
TOKEN_SECONDS = 600
ID_TOKEN_SECONDS = 300
SESSION_SECONDS = 8 * 3600
LEVELS = {1: "urn:vneid:loa:1", 2: "urn:vneid:loa:2"}
SCOPES = {
    "openid": ["sub"],
    "profile": ["name", "birthdate"],
    "phone": ["phone_number"],
    "citizen": ["citizen_id"],
}
COOKIE = "vneid_session"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Session:
    """A browser in which somebody has logged in."""

    user: dict[str, Any]
    auth_time: int
    sid: str = field(default_factory=lambda: secrets.token_urlsafe(16))


@dataclass
class Grant:
    """What a code, and then an access token, stands for."""

    session: Session
    query: dict[str, str]
    expires: float
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    used: bool = False


class Provider:
    """One issuer with its people, keys, sessions and grants; it speaks `dialect`, "oidc" or "wrapped"."""

    def __init__(
        self, *, issuer: str, users: list[dict[str, Any]], client: Client, dialect: str = "oidc", faults: bool = False
    ) -> None:
        self.issuer, self.client, self.with_faults = issuer, client, faults
        self.wrapping = Wrapping(client.key) if dialect == "wrapped" else None
        self.users = {user["username"]: user for user in users}
        self.faults = Faults()
        self.keys: dict[str, RSAKey | ECKey] = {"RS256": new_key("RS256"), "ES256": new_key("ES256")}
        self.sessions: dict[str, Session] = {}
        self.codes: dict[str, Grant] = {}
        self.tokens: dict[str, Grant] = {}
        self.told_clients: set[asyncio.Task[None]] = set()

    def application(self) -> web.Application:
        """The routes, below the issuer's path."""
        base = urlsplit(self.issuer).path.rstrip("/")
        app = web.Application(client_max_size=64 * 1024)
        app.add_routes(
            [
                web.get(f"{base}/", self.home),
                web.get(f"{base}/.well-known/openid-configuration", self.endpoint("discovery", self.discovery)),
                web.get(f"{base}/jwks", self.endpoint("jwks", self.jwks)),
                web.get(f"{base}/authorize", self.endpoint("authorize", self.authorize)),
                web.post(f"{base}/authorize", self.endpoint("authorize", self.authorize)),
                web.post(f"{base}/token", self.endpoint("token", self.token)),
                web.get(f"{base}/userinfo", self.endpoint("userinfo", self.userinfo)),
                web.post(f"{base}/userinfo", self.endpoint("userinfo", self.userinfo)),
                web.get(f"{base}/end-session", self.endpoint("end_session", self.end_session)),
                web.post(f"{base}/end-session", self.endpoint("end_session", self.end_session)),
            ]
        )
        if self.with_faults:
            app.add_routes([web.get("/test/log", self.show_log), web.post("/test/{act}", self.control)])
        return app

    def endpoint(self, name: str, handler: Handler) -> Handler:
        """The handler with its armed faults, its line in the log and OAuth errors as JSON."""

        async def wrapped(request: web.Request) -> web.StreamResponse:
            if self.with_faults:
                self.faults.log.append({"endpoint": name, "method": request.method})
                if (wrong := await self.faults.meet(name, request)) is not None:
                    return wrong
            try:
                return await handler(request)
            except Refused as refused:
                if name in {"authorize", "end_session"}:
                    return pages.show(pages.broken(request, refused.description), status=refused.status)
                return oauth_error(refused)

        return wrapped

    # What a client reads first.

    async def discovery(self, request: web.Request) -> web.Response:
        """The provider's metadata."""
        metadata = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end-session",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": list(self.keys),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": list(self.keys),
            "acr_values_supported": list(LEVELS.values()),
            "claims_supported": ["acr", "auth_time", *(claim for claims in SCOPES.values() for claim in claims)],
            "code_challenge_methods_supported": ["S256"],
            "ui_locales_supported": ["vi", "en"],
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }
        return web.json_response(self.faults.bend(metadata, fault_tables.METADATA))

    async def jwks(self, request: web.Request) -> web.Response:
        """The public keys."""
        keys = [key.as_dict(private=False) for key in self.keys.values()]
        return web.json_response({"keys": self.faults.bend_keys(keys)})

    async def home(self, request: web.Request) -> web.Response:
        """Who can log in here."""
        return pages.show(pages.home(request, list(self.users.values())))

    # Logging in.

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """Show the log-in page; answer the client when the citizen has decided."""
        query = dict(request.query)
        if query.get("client_id") != self.client.client_id:
            raise Refused("invalid_client", "client_id")
        if len(request.query) != len(query) or not self.client.owns(query.get("redirect_uri", "")):
            raise Refused("invalid_request", "redirect_uri")
        try:
            return await self.decide(request, query)
        except Refused as refused:
            return self.answer(query, {"error": refused.error, "error_description": refused.description})

    async def decide(self, request: web.Request, query: dict[str, str]) -> web.StreamResponse:
        """The page, or the answer that follows from what was pressed on it."""
        check_request(query)
        form = dict(await request.post()) if request.method == "POST" else {}
        if query.get("action") == "cancel":
            raise Refused("access_denied", "the citizen cancelled")
        session = self.session_of(request)
        prompts = set(query.get("prompt", "").split())
        fresh = session is not None and not prompts & {"login", "select_account"}
        if session and query.get("max_age", "").isdigit():
            fresh = fresh and time.time() - session.auth_time <= int(query["max_age"])
        if "none" in prompts:
            if not fresh or session is None:
                raise Refused("login_required")
            return self.answer(query, {"code": self.new_code(session, query)})
        if form.get("action") == "continue" and fresh and session:
            return self.answer(query, {"code": self.new_code(session, query)})
        if form.get("action") == "login":
            user = self.users.get(str(form.get("username", "")).strip())
            if user and hmac.compare_digest(str(form.get("password", "")).encode(), user["password"].encode()):
                return self.log_in(user, query)
        page = pages.login(
            request,
            self.client.base_url,
            list(self.users.values()),
            scopes=[scope for scope in query["scope"].split() if scope in SCOPES],
            known=session.user if fresh and session else None,
            wrong=form.get("action") == "login",
        )
        return pages.show(page, back=query["redirect_uri"], status=400 if form else 200)

    def log_in(self, user: dict[str, Any], query: dict[str, str]) -> web.Response:
        """Remember the browser, and send it back with a code."""
        name = secrets.token_urlsafe(32)
        session = self.sessions[name] = Session(user, int(time.time()))
        response = self.answer(query, {"code": self.new_code(session, query)})
        secure = self.issuer.startswith("https:")
        path = urlsplit(self.issuer).path or "/"
        response.set_cookie(
            COOKIE, name, max_age=SESSION_SECONDS, httponly=True, secure=secure, samesite="Lax", path=path
        )
        return response

    def session_of(self, request: web.Request) -> Session | None:
        """The browser's session while it lasts."""
        session = self.sessions.get(request.cookies.get(COOKIE, ""))
        return session if session and time.time() - session.auth_time <= SESSION_SECONDS else None

    def new_code(self, session: Session, query: dict[str, str]) -> str:
        """A code for one use within a minute."""
        now = time.time()
        self.codes = {code: grant for code, grant in self.codes.items() if grant.expires > now - TOKEN_SECONDS}
        self.tokens = {token: grant for token, grant in self.tokens.items() if grant.expires > now}
        code = self.wrapping.new_code() if self.wrapping else secrets.token_urlsafe(32)
        self.codes[code] = Grant(session, query, now + CODE_SECONDS)
        return code

    def answer(self, query: dict[str, str], answer: dict[str, str]) -> web.Response:
        """Back to the client's address with the answer, the state and the issuer's name (RFC 9207)."""
        answer = answer | {"state": query.get("state", ""), "iss": self.issuer}
        answer = self.faults.bend({k: v for k, v in answer.items() if v}, fault_tables.AUTHORIZE_ANSWER)
        address = query["redirect_uri"]
        if self.wrapping and "code" in answer:
            answer |= {"encrypt_key": self.wrapping.encrypt_key}
        # The second dialect leaves the signs of base64 as they are.
        address += ("&" if "?" in address else "?") + urlencode(answer, safe="+/=" if self.wrapping else "")
        return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})

    # Tokens.

    async def token(self, request: web.Request) -> web.Response:
        """Exchange a code for an access token and an ID token."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.client.authenticate(request.headers.get("Authorization", ""), form, self.issuer)
        if form.get("grant_type") != "authorization_code":
            raise Refused("unsupported_grant_type")
        grant = self.codes.get(form.get("code", ""))
        if grant is None or grant.expires < time.time():
            raise Refused("invalid_grant", "unknown or expired code")
        if grant.used:
            self.tokens.pop(grant.token, None)
            raise Refused("invalid_grant", "the code was used before")
        grant.used = True
        if form.get("redirect_uri") != grant.query["redirect_uri"]:
            raise Refused("invalid_grant", "redirect_uri")
        if not verifies(form.get("code_verifier", ""), grant.query.get("code_challenge", "")):
            raise Refused("invalid_grant", "code_verifier")
        if self.wrapping and form.get("encrypt_key") != self.wrapping.encrypt_key:
            raise Refused("invalid_grant", "encrypt_key")
        grant = self.tokens[grant.token] = Grant(
            grant.session, grant.query, time.time() + TOKEN_SECONDS, token=grant.token
        )
        answer = {
            "access_token": grant.token,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": grant.query["scope"],
            "id_token": None if self.wrapping else self.id_token(grant),
        }
        return self.told(self.faults.bend(answer, fault_tables.TOKEN_ANSWER))

    def told(self, answer: dict[str, Any]) -> web.Response:
        """The answer as this provider's dialect writes it."""
        if self.wrapping:
            answer = self.wrapping.wrap(answer, self.faults)
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    def id_token(self, grant: Grant) -> str:
        """Who logged in, when and how surely, for this client only."""
        now = int(time.time())
        digest = hashlib.sha256(grant.token.encode()).digest()
        claims = {
            "iss": self.issuer,
            "sub": grant.session.user["sub"],
            "aud": self.client.client_id,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            "auth_time": grant.session.auth_time,
            "acr": LEVELS[grant.session.user["level"]],
            "sid": grant.session.sid,
            "nonce": grant.query.get("nonce"),
            "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
        }
        claims = self.faults.bend(claims, fault_tables.ID_TOKEN, now, self.client.client_id)
        algorithm = "ES256" if self.faults.take("alg_es256") else "RS256"
        return fault_tables.sign(claims, self.keys[algorithm], algorithm, self.faults)

    async def userinfo(self, request: web.Request) -> web.Response:
        """What the scopes of the access token tell about the person."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token and request.method == "POST":
            token = str((await request.post()).get("access_token", ""))
        grant = self.tokens.get(token)
        if grant is None or grant.expires < time.time():
            raise Refused("invalid_token", status=401)
        user = grant.session.user
        if self.wrapping:
            return self.told(self.faults.bend(self.wrapping.person(user), fault_tables.USERINFO))
        names = [name for scope in grant.query["scope"].split() for name in SCOPES.get(scope, [])]
        return self.told(
            self.faults.bend({name: user[name] for name in names if user.get(name)}, fault_tables.USERINFO)
        )

    # Logging out.

    async def end_session(self, request: web.Request) -> web.StreamResponse:
        """Forget the browser: at once when the client proves whom it means, else when the citizen says so."""
        given = dict(request.query) | {name: str(value) for name, value in (await request.post()).items()}
        session = self.session_of(request)
        if session and request.method == "GET" and self.hinted(given.get("id_token_hint", "")) != session.user["sub"]:
            return pages.show(pages.logout(request, session.user))
        self.sessions.pop(request.cookies.get(COOKIE, ""), None)
        if session and not self.wrapping:
            self.tell_client(session)
        address = given.get("post_logout_redirect_uri", "")
        if address and self.client.owns(address):
            address += ("&" if "?" in address else "?") + urlencode({"state": given.get("state", "")})
            response = web.Response(status=303, headers={"Location": address})
        else:
            response = pages.show(pages.gone(request))
        response.del_cookie(COOKIE, path=urlsplit(self.issuer).path or "/")
        return response

    def tell_client(self, session: Session) -> None:
        """Tell the client that the session has ended, while the browser goes on (Back-Channel Logout 1.0)."""
        if self.client.base_url:
            token = self.logout_token({"sub": session.user["sub"], "sid": session.sid})
            told = asyncio.create_task(logout.tell(self.client.base_url + logout.CLIENT_PATH, token))
            self.told_clients.add(told)
            told.add_done_callback(self.told_clients.discard)

    def logout_token(self, named: dict[str, Any]) -> str:
        """A token that says whose sessions ended."""
        return logout.token(
            named, issuer=self.issuer, client_id=self.client.client_id, key=self.keys["RS256"], faults=self.faults
        )

    def hinted(self, id_token: str) -> str | None:
        """The subject of an ID token of ours, however old."""
        for key in self.keys.values():
            try:
                return jwt.decode(id_token, key, algorithms=list(self.keys)).claims.get("sub")
            except (JoseError, ValueError):
                continue
        return None

    # Faults, for tests.

    async def control(self, request: web.Request) -> web.Response:
        """`arm` {name: times}, `reset`, `rotate` {same_kid: bool} the signing keys, make a `logout` token."""
        act = request.match_info["act"]
        given = await request.json() if request.can_read_body else {}
        if act == "arm":
            try:
                for name, times in given.items():
                    self.faults.arm(name, times)
            except KeyError as unknown:
                raise web.HTTPBadRequest(text=f"no such fault: {unknown}") from None
        elif act == "reset":
            self.faults = Faults()
        elif act == "rotate":
            self.keys = {
                name: new_key(name, kid=key.kid if given.get("same_kid") else None) for name, key in self.keys.items()
            }
        elif act == "logout":
            return web.json_response({"logout_token": self.logout_token(given)})
        else:
            raise web.HTTPNotFound
        return web.json_response({})

    async def show_log(self, request: web.Request) -> web.Response:
        """Requests since the last reset, oldest first."""
        return web.json_response(self.faults.log)


def new_key(algorithm: str, kid: str | None = None) -> RSAKey | ECKey:
    """A fresh signing key."""
    parameters: KeyParameters = {"use": "sig", "alg": algorithm}
    if kid:
        parameters["kid"] = kid
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", parameters, auto_kid=True)
    return RSAKey.generate_key(2048, parameters, auto_kid=True)
