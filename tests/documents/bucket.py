"""A small S3 server for tests: one bucket in memory, path-style addresses, signatures unchecked."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Bucket:
    """`objects` by key; `refuse = (status, code)` answers every write so."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.exists = False
        self.refuse: tuple[int, str] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Bucket:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def listing(self, prefix: str, delimiter: str) -> str:
        """What lies directly below `prefix`, as ListObjects tells it."""
        below = [key.removeprefix(prefix) for key in sorted(self.objects) if key.startswith(prefix)]
        deep = {prefix + key.split(delimiter)[0] + delimiter for key in below if delimiter in key}
        flat = [prefix + key for key in below if delimiter not in key]
        contents = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in flat)
        folders = "".join(f"<CommonPrefixes><Prefix>{escape(key)}</Prefix></CommonPrefixes>" for key in sorted(deep))
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}{folders}</ListBucketResult>"


def _handler(bucket: Bucket) -> type[BaseHTTPRequestHandler]:  # noqa: C901
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status: int, body: bytes | str = b"", code: str = "") -> None:
            if code:
                body = f"<Error><Code>{code}</Code></Error>"
            data = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def key(self) -> str:
            return unquote(urlsplit(self.path).path).removeprefix("/photos").lstrip("/")

        def do_PUT(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not self.key():
                bucket.exists = True
                return self.answer(200)
            if bucket.refuse:
                return self.answer(bucket.refuse[0], code=bucket.refuse[1])
            if not bucket.exists:
                return self.answer(404, code="NoSuchBucket")
            bucket.objects[self.key()] = data
            return self.answer(200)

        def do_GET(self) -> None:
            if not self.key():
                query = parse_qs(urlsplit(self.path).query)
                listing = bucket.listing(query.get("prefix", [""])[0], query.get("delimiter", ["/"])[0])
                return self.answer(200, listing)
            if self.key() not in bucket.objects:
                return self.answer(404, code="NoSuchKey")
            return self.answer(200, bucket.objects[self.key()])

        def do_HEAD(self) -> None:
            self.answer(200 if bucket.exists else 404)

        def do_DELETE(self) -> None:
            bucket.objects.pop(self.key(), None)
            self.answer(204)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
