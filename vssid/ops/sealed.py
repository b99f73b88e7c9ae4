"""A file format for archives: a stream of AES-GCM frames that shows any change, cut or swap.

Layout: magic, length and text of the key's id, 16 bytes of salt; then frames of at most 1 MiB of plain text, each with
a 16-byte tag. The key is HKDF-SHA256 of the named key with the salt, so every archive has its own and counted nonces
never repeat. A nonce is the frame's number (11 bytes) and a byte that is 1 in the last frame; the header is bound to
each frame.
"""

import os
from collections.abc import Mapping
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"VSSID-ARCHIVE-1\n"
FRAME = 1 << 20
TAG = 16
SALT = 16


class SealError(Exception):
    """The archive cannot be opened; the text says why, for the operator."""


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"vssid backup").derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class SealedWriter:
    """Writes plain bytes, sealed, to `target`; without `close` the archive stays visibly unfinished."""

    def __init__(self, target: IO[bytes], key_id: str, key: bytes) -> None:
        salt = os.urandom(SALT)
        name = key_id.encode()
        self._header = MAGIC + bytes([len(name)]) + name + salt
        self._cipher = _cipher(key, salt)
        self._target = target
        self._pending = bytearray()
        self._number = 0
        target.write(self._header)

    def write(self, data: bytes) -> int:
        """Takes any number of bytes and gives how many."""
        self._pending += data
        while len(self._pending) > FRAME:  # the last frame is only known at the end, so one full frame waits
            self._seal(bytes(self._pending[:FRAME]), last=False)
            del self._pending[:FRAME]
        return len(data)

    def close(self) -> None:
        """Writes the last frame."""
        self._seal(bytes(self._pending), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), plain, self._header))
        self._number += 1


class SealedReader:
    """Reads back what SealedWriter wrote; raises SealError at the first frame that is not as it was written."""

    def __init__(self, source: IO[bytes], keys: Mapping[str, bytes]) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise SealError("this is no archive of the portal")
        length = source.read(1)
        name = source.read(length[0] if length else 0)
        salt = source.read(SALT)
        key_id = name.decode(errors="replace")
        if key_id not in keys:
            raise SealError(
                f"the archive was written with the key {key_id!r}, which FIELD_ENCRYPTION_KEYS does not hold"
            )
        self._header = MAGIC + length + name + salt
        self._cipher = _cipher(keys[key_id], salt)
        self._source = source
        self._next = source.read(FRAME + TAG)
        self._plain = bytearray()
        self._number = 0
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, all that are left when it is negative; b"" at the true end only."""
        while not self._ended and (size < 0 or len(self._plain) < size):
            self._open_frame()
        cut = len(self._plain) if size < 0 else size
        data = bytes(self._plain[:cut])
        del self._plain[:cut]
        return data

    def _open_frame(self) -> None:
        frame, self._next = self._next, self._source.read(FRAME + TAG)
        self._ended = not self._next
        try:
            self._plain += self._cipher.decrypt(_nonce(self._number, self._ended), frame, self._header)
        except InvalidTag:
            raise SealError("the archive is damaged or cut off, or was written with other keys") from None
        self._number += 1
