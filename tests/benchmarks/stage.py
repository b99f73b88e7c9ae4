"""Where the benchmarks run: an own PostgreSQL and Redis, settings like a deployment's, the portal called in process."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import django

from tests.harness import databases, servers


@dataclass
class Answer:
    """What a WSGI application answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def weight(self) -> int:
        """Bytes on the wire, HTTP/1.1 headers counted."""
        return (
            len(f"HTTP/1.1 {self.status} OK\r\n\r\n")
            + sum(len(n) + len(v) + 4 for n, v in self.headers)
            + len(self.body)
        )


class Stage:
    """`portal` is the whole application with its middleware, `bare` a Django with none; `user` has twenty years.

    Log lines are made as in a deployment and thrown away. `visit` and `ready` make runners for a race.
    """

    def __enter__(self) -> Stage:
        servers.start(shared_buffers="512MB")  # as warm as a deployment's; the tests' 64 MB would be turned over
        static = Path(tempfile.mkdtemp(dir=servers.home()))
        static.chmod(0o755)
        os.environ.update(STATIC_ROOT=str(static), LOG_LEVEL="INFO", DATABASE_URL=servers.postgres().url("bench"))
        os.environ["API_LIMITS_FACTOR"] = "100000"  # one address asks for all
        del os.environ["PLAIN_STATIC"]
        databases.renew("bench")
        django.setup()
        self._assemble()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from django.db import connections

        connections.close_all()

    def _assemble(self) -> None:
        from django.conf import settings
        from django.core.handlers.wsgi import WSGIHandler
        from django.core.management import call_command
        from django.test import override_settings
        from django.utils import timezone

        from tests.benchmarks.people import seed
        from vssid.management.commands.prepare import UNUSED
        from vssid.translations import compile_all

        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(open(os.devnull, "w"))  # noqa: SIM115 - as long as the process
        compile_all()
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
        self.user = seed(timezone.now())
        settings.ROOT_URLCONF = "tests.benchmarks.urls"
        self.portal = WSGIHandler()
        with override_settings(MIDDLEWARE=[]):
            self.bare = WSGIHandler()
        self.cookies = self._log_in()
        self.token = self._token()

    def _log_in(self) -> str:
        """The Cookie header of a browser in which the woman is logged in and has opened a page."""
        from django.test import Client

        client = Client()
        client.force_login(self.user)
        assert client.get("/the-bhyt/").status_code == 200
        return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    def _token(self) -> str:
        """An access token for everything of hers."""
        from datetime import timedelta

        from django.utils import timezone
        from oauth2_provider.models import get_access_token_model, get_application_model

        application = get_application_model().objects.create(
            name="Bench", client_type="public", authorization_grant_type="authorization-code",
            redirect_uris="http://localhost/callback",
        )  # fmt: skip
        get_access_token_model().objects.create(
            token="bench" * 8, application=application, user=self.user, scope="profile card contributions",
            expires=timezone.now() + timedelta(hours=12),
        )  # fmt: skip
        return "bench" * 8

    def ready(self, name: str, read: Callable[[], object], answer: Answer) -> Callable[[], object]:
        """A runner of the bare view: it sends the one SELECT that `read` sends and gives `answer`'s bytes."""
        from tests.benchmarks.urls import READY

        statements = queries_of(read)
        assert len(statements) == 1, statements
        READY[name] = statements[0], answer.body, dict(answer.headers)["Content-Type"]
        runner = self.visit(f"/bench/bare/{name}", application=self.bare)
        assert call(self.bare, environ(f"/bench/bare/{name}", {})).body == answer.body
        return runner

    def helpers(self) -> list[int]:
        """Process ids that work for a request: this connection's PostgreSQL process, and Redis."""
        from django.core.cache import cache
        from django.db import connection

        connection.ensure_connection()
        return [connection.connection.info.backend_pid, cache._cache.get_client().info("server")["process_id"]]

    def visit(self, path: str, *, application: Any = None, **headers: Any) -> Callable[[], object]:
        """A runner that asks for a path; headers are WSGI's (`HTTP_COOKIE`)."""
        asked, application = environ(path, headers), application or self.portal

        def run() -> None:
            answer = call(application, asked)
            assert answer.status == 200, answer.status

        return run

    def get(self, path: str, **headers: Any) -> Answer:
        """One answer of the portal."""
        return call(self.portal, environ(path, headers))


def queries_of(act: Callable[[], object]) -> list[str]:
    """The statements that `act` sends, with their values in them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        act()
    return [query["sql"] for query in caught.captured_queries]


def environ(path: str, headers: dict[str, Any]) -> dict[str, Any]:
    """A WSGI request as gunicorn would hand it over."""
    parts = urlsplit(path)
    return {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver", "HTTP_ACCEPT": "*/*", "HTTP_ACCEPT_LANGUAGE": "vi,en;q=0.5",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) benchmark", "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        **headers,
    }  # fmt: skip


def call(application: Any, asked: dict[str, Any]) -> Answer:
    """Hands a request to a WSGI application and takes all of its answer, as a server does."""
    told: list[Any] = []
    answer = application(
        {"wsgi.input": BytesIO(), "wsgi.errors": BytesIO(), **asked}, lambda *line: told.extend(line[:2])
    )
    body = b"".join(answer)
    answer.close()
    return Answer(int(told[0][:3]), told[1], body)
