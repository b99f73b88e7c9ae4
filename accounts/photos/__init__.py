"""Photos people upload: limits, and decoding in a separate process (security.md T19–T24, §3.2).

What is stored is always made anew from pixels: a polyglot file, a script in the metadata or a place (GPS) stays out.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from threading import BoundedSemaphore
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.photos import worker
from vssid.errors import DomainError

MOST_BYTES = 12 * 1024 * 1024
MOST_BODY = 40 * 1024 * 1024
"""How much a form may bring with all its photos."""
# How a JPEG or PNG begins; a HEIC photo has "ftyp" after four bytes. Nothing else is worth a process.
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".heic", ".heif"})
TYPES = frozenset(
    {"image/jpeg", "image/jpg", "image/pjpeg", "image/png", "image/heic", "image/heif", "application/octet-stream", ""}
)
AT_ONCE = 2
# Wall clock: the process itself ends after worker.CPU_SECONDS of work; a busy machine may take longer to give them.
SECONDS = 15
WAIT_SECONDS = 20

_places = BoundedSemaphore(AT_ONCE)


class PhotoRefused(DomainError):
    """The file cannot be used as a photo; `code` names the reason for programs."""

    def __init__(self, code: str, message: str | Promise, *, status: int = 400, **params: Any) -> None:
        super().__init__(message, **params)
        self.code = code
        self.status = status


class PhotosBusy(DomainError):
    """Other photos are being prepared and none was finished in time."""

    code = "photos_busy"
    status = 503
    message = _("Many photos are being checked at the moment. Send this one again in a minute.")


@dataclass(frozen=True)
class Photo:
    """A clean JPEG, its size in pixels, and what was measured: figures (worker.measure), hash, text of a QR code."""

    jpeg: bytes
    width: int
    height: int
    figures: dict[str, Any] = field(default_factory=dict)
    perceptual_hash: int | None = None
    qr: str = ""


def read_upload(upload: UploadedFile, *, qr: bool = False) -> Photo:
    """Return an uploaded file as a clean photo, read its QR code if `qr`. Raises PhotoRefused or PhotosBusy.

    Name and declared type must be those of a photo; whether JPEG, PNG or HEIC, its bytes say: phones mix them up.
    """
    name = upload.name or ""
    ending = PurePath(name).suffix.lower()
    if ending not in ENDINGS or (upload.content_type or "") not in TYPES or "\0" in name or "%00" in name:
        raise _refused("not_a_photo")
    if (upload.size or 0) > MOST_BYTES:
        raise _refused("too_heavy")
    return prepare(upload.read(), qr=qr)


def read_base64(text: str, *, qr: bool = False) -> Photo:
    """Return a photo sent as text in base64. Raises PhotoRefused or PhotosBusy."""
    if len(text) > MOST_BYTES * 4 // 3 + 4:
        raise _refused("too_heavy")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise _refused("not_a_photo") from error
    return prepare(data, qr=qr)


def prepare(data: bytes, *, qr: bool = False) -> Photo:
    """Return the bytes of a JPEG, PNG or HEIC file as a clean photo. Raises PhotoRefused or PhotosBusy."""
    if not data.startswith(BEGINNINGS) and data[4:8] != b"ftyp":
        raise _refused("not_a_photo")
    with place():
        try:
            # -I: neither the environment nor the working directory can bring other code in.
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", str(Path(worker.__file__).resolve()), *(["qr"] if qr else [])],
                input=data,
                capture_output=True,
                timeout=SECONDS,
                env={"MALLOC_ARENA_MAX": "1"},
            )
        except subprocess.TimeoutExpired as late:
            raise _refused("too_many_pixels") from late
    head, _newline, jpeg = done.stdout.partition(b"\n")
    if done.returncode or not head:  # ended by its limits
        raise _refused("too_many_pixels")
    answer = json.loads(head)
    if "refused" in answer:
        raise _refused(answer["refused"])
    measured = {name: answer.pop(name) for name in ("width", "height", "hash", "qr")}
    return Photo(
        jpeg=jpeg,
        width=measured["width"],
        height=measured["height"],
        figures=answer,
        perceptual_hash=measured["hash"],
        qr=measured["qr"],
    )


@contextmanager
def place() -> Iterator[None]:
    """One of the AT_ONCE places in which this process has a file decoded."""
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise PhotosBusy
    try:
        yield
    finally:
        _places.release()


def _refused(reason: str) -> PhotoRefused:
    match reason:
        case "too_heavy":
            limit = MOST_BYTES // 1024 // 1024
            message = _("This photo is larger than %(limit)d MB. Take it with a lower resolution.")
            return PhotoRefused("photo_too_heavy", message, status=413, limit=limit)
        case "too_many_pixels":
            return PhotoRefused(
                "image_too_large", _("This picture is too large to be checked. Take it with a lower resolution.")
            )
        case "too_small":
            width, height = worker.LEAST
            message = _("This photo is too small to read. It needs at least %(width)d × %(height)d pixels.")
            return PhotoRefused("image_too_small", message, width=width, height=height)
        case "damaged":
            return PhotoRefused("image_damaged", _("This photo cannot be opened. Take it again."))
        case _:
            return PhotoRefused("not_a_photo", _("This is not a photo. Choose a JPG, PNG or HEIC file."))
