"""A citizen's browser with a session at the portal, without the portal's pages; its clock can be moved."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import QueryDict

from accounts.actions.vneid_claims import VNeIDClaims
from accounts.vneid import client
from tests.vneid.standin import StandIn


class Citizen:
    """Logs in at the stand-in and brings its answer to the relying party."""

    def __init__(self, standin: StandIn) -> None:
        self.standin, self.session = standin, SessionStore()
        self.at = datetime.now(UTC)

    def begin(self) -> str:
        return client.begin(self.session, at=self.at, language="vi")

    def finish(self, address: str) -> VNeIDClaims:
        return client.finish(self.session, QueryDict(urlsplit(address).query), at=self.at).claims

    def log_in(self, username: str = "thu.nghiem") -> VNeIDClaims:
        return self.finish(self.standin.log_in(self.begin(), username))
