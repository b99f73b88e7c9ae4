"""Papers people attach: photos drawn anew, PDFs opened and refused when they do more than show pages (T25, T26).

Source of the limits: docs/security.md. No archives and no office files are taken.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.photos import ENDINGS, TYPES, place, prepare
from services import pdf_worker
from vssid.errors import DomainError

MOST_BYTES = 10 * 1024 * 1024
PDF_TYPES = frozenset({"application/pdf", "application/x-pdf", "application/octet-stream", ""})
# Wall clock: the process itself ends after pdf_worker.SECONDS of work.
SECONDS = 10


class PaperRefused(DomainError):
    """The file cannot be taken; `code` names the reason for programs."""

    def __init__(self, code: str, message: str | Promise, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that is safe to keep: a JPEG made from pixels, or a PDF that only shows pages."""

    data: bytes
    kind: str
    name: str


def read_upload(upload: UploadedFile) -> Paper:
    """Return an uploaded photo or PDF as a safe file.

    Name, declared type and content must agree. Raises PaperRefused, PhotosBusy, and PhotoRefused for photos.
    """
    name = (upload.name or "")[-150:]
    ending = PurePath(name).suffix.lower()
    declared = upload.content_type or ""
    if (upload.size or 0) > MOST_BYTES:
        raise PaperRefused("too_heavy", _("A file may have at most 10 MB."), status=413)
    if "\0" in name or "%00" in name:
        raise PaperRefused("not_taken", NOT_TAKEN, status=415)
    if ending == ".pdf" and declared in PDF_TYPES:
        return Paper(_checked_pdf(upload.read()), "pdf", name)
    if ending in ENDINGS and declared in TYPES:
        return Paper(prepare(upload.read()).jpeg, "jpeg", name)
    raise PaperRefused("not_taken", NOT_TAKEN, status=415)


NOT_TAKEN = _("Only photos (JPG, PNG, HEIC) and PDF files are taken.")
REASONS = {
    "damaged": _("This PDF cannot be opened. Save it again, or take a photo of the paper."),
    "locked": _("This PDF asks for a password. Save it without one."),
    "active": _("This PDF holds a program or other files. Print it to a new PDF, or take a photo of the paper."),
    "long": _("A PDF may have at most 50 pages."),
}


def _checked_pdf(data: bytes) -> bytes:
    if not data.startswith(b"%PDF-"):
        raise PaperRefused("not_taken", NOT_TAKEN, status=415)
    try:
        with place():
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", str(Path(pdf_worker.__file__).resolve())],
                input=data,
                capture_output=True,
                timeout=SECONDS,
                env={"MALLOC_ARENA_MAX": "1"},
            )
    except subprocess.TimeoutExpired as late:
        raise PaperRefused("damaged", REASONS["damaged"]) from late
    verdict = done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else "damaged"
    if verdict != "good":
        code = verdict if verdict in REASONS else "damaged"
        raise PaperRefused(code, REASONS[code])
    return data
