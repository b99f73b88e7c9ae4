"""Asking ClamAV whether a file is harmful, over its socket (INSTREAM of clamd.conf(5)).

Own lines, since the package `clamd` has had no release since 2014. CLAMAV_SOCKET is a path or `host:port`, "" for none.
"""

import socket
import struct

from django.conf import settings

CHUNK = 64 * 1024
SECONDS = 10
LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """It cannot be reached, takes too long, or says something that is no verdict."""


def is_on() -> bool:
    """Tell whether files are to be scanned."""
    return bool(settings.CLAMAV_SOCKET)


def is_harmful(data: bytes) -> bool:
    """Return the scanner's verdict about a file. Raises ScannerAway, and never takes silence for a yes."""
    try:
        with _connected() as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                piece = data[start : start + CHUNK]
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            answer = _read(line)
    except OSError as away:
        raise ScannerAway from away
    if answer.endswith(b" FOUND"):
        return True
    if answer == b"stream: OK":
        return False
    raise ScannerAway(answer.decode("ascii", "replace")[:100])


def _connected() -> socket.socket:
    host, colon, port = settings.CLAMAV_SOCKET.rpartition(":")
    if colon and port.isdecimal():
        return socket.create_connection((host, int(port)), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(settings.CLAMAV_SOCKET)
    except OSError:
        line.close()
        raise
    return line


def _read(line: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0").strip()
