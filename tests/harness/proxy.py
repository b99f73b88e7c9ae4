"""A TCP proxy for what happens on a wire: slowness, silence, a connection that breaks."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class Proxy:
    """Passes on to `target`, a port of this machine or a Unix socket; a test turns its faults on and off.

    `delay` seconds pass before each piece in either direction. While `silent()` lasts connections are taken and nothing
    passes. With `lose_answers` the next answer of the server resets its connection. `cut()` resets all there are.
    """

    def __init__(self, target: int | Path) -> None:
        self.target = target
        self.delay = 0.0
        self.lose_answers = False
        self._passing = threading.Event()
        self._passing.set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Nothing passes, nothing is refused."""
        self._passing.clear()
        try:
            yield
        finally:
            self._passing.set()

    def cut(self) -> None:
        """Reset every connection, at both ends."""
        for pair in self._pairs[:]:
            self._reset(pair)

    def close(self) -> None:
        """Take no more, and end what there is."""
        self._listener.close()
        self._passing.set()
        self.cut()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                pair = client, self._connect()
                self._pairs.append(pair)
                for source, sink, answer in ((*pair, False), (*reversed(pair), True)):
                    threading.Thread(target=self._pass_on, args=(pair, source, sink, answer), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self.target, int):
            return socket.create_connection(("127.0.0.1", self.target))
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self.target))
        return server

    def _pass_on(
        self, pair: tuple[socket.socket, socket.socket], source: socket.socket, sink: socket.socket, answer: bool
    ) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                time.sleep(self.delay)
                self._passing.wait()
                if answer and self.lose_answers:
                    break
                sink.sendall(piece)
        self._reset(pair)

    def _reset(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with suppress(ValueError):
            self._pairs.remove(pair)
        for end in pair:
            with suppress(OSError):
                if end.family == socket.AF_INET:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RDWR)
            end.close()
