"""A scanner that speaks clamd's INSTREAM on a real socket and knows one virus: the EICAR test text."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Session(socketserver.StreamRequestHandler):
    """One command, one answer."""

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0")


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """Serve for a while; give the path of the socket."""
    path = str(folder / "clamd.sock")
    server = Server(path, Session)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield path
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def babbler(folder: Path) -> Iterator[str]:
    """Answers everything with words that are no verdict."""
    path = str(folder / "babbler.sock")
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(path)
        line.listen()

        def talk() -> None:
            session, _address = line.accept()
            with session:
                session.recv(1 << 20)
                session.sendall(b"INSTREAM size limit exceeded. ERROR\0")

        thread = threading.Thread(target=talk)
        thread.start()
        yield path
        thread.join()
