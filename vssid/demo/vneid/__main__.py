"""Start the stand-in: `python -m vssid.demo.vneid --port 8100 --issuer http://127.0.0.1:8100 --users FILE`.

The one client it knows comes from the environment: VNEID_CLIENT_ID with VNEID_CLIENT_SECRET, or with
VNEID_CLIENT_KEY (PEM) when the client authenticates by `private_key_jwt`; VNEID_DIALECT=wrapped speaks the second
dialect, encrypted for that key. Its addresses are those on loopback and
those under PUBLIC_BASE_URL. `--port 0` takes a free port; the first line printed says which.
"""

import argparse
import json
import os
import socket
import sys
from pathlib import Path

from aiohttp import web

from vssid.demo.cast import vneid_users
from vssid.demo.vneid.clients import Client
from vssid.demo.vneid.provider import Provider


def main() -> None:
    """Serve until stopped by SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m vssid.demo.vneid", description=__doc__.split("\n")[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--issuer", help="the address browsers and the portal use (default: host and port)")
    parser.add_argument("--users", type=Path, help="JSON list of people who can log in (default: the cast)")
    parser.add_argument("--faults", action="store_true", help="open /test/ to arm faults and read the request log")
    options = parser.parse_args()
    if not os.environ.get("VNEID_CLIENT_ID"):
        sys.exit("VNEID_CLIENT_ID is missing: the stand-in needs the client's id and secret")
    client = Client(
        client_id=os.environ["VNEID_CLIENT_ID"],
        secret=os.environ.get("VNEID_CLIENT_SECRET", ""),
        key=os.environ.get("VNEID_CLIENT_KEY", "").replace("\\n", "\n"),
        base_url=os.environ.get("PUBLIC_BASE_URL", "").rstrip("/"),
    )
    listener = socket.socket(socket.AF_INET6 if ":" in options.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
        listener.listen(128)
    except OSError as error:
        sys.exit(f"Port {options.port} on {options.host} cannot be used: {error.strerror}")
    issuer = options.issuer or f"http://{options.host}:{listener.getsockname()[1]}"
    users = json.loads(options.users.read_text(encoding="utf-8")) if options.users else vneid_users()
    dialect = os.environ.get("VNEID_DIALECT") or "oidc"
    provider = Provider(issuer=issuer, users=users, client=client, dialect=dialect, faults=options.faults)
    sys.stdout.write(f"VNeID stand-in at {issuer}\n")
    sys.stdout.flush()
    web.run_app(provider.application(), sock=listener, print=None, access_log=None, shutdown_timeout=2)


main()
