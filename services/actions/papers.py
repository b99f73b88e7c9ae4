"""Papers of a request: kept, replaced, taken away, erased."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import CHANGEABLE
from accounts.models import User
from services import attachments
from services.models import RequestPaper, ServiceRequest
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.documents import scanner, storage
from vssid.documents.scanner import ScannerAway
from vssid.errors import Conflict, DomainError, NotFound, TooMany

CONTEXT = "paper"
HARMFUL = _("The virus check found something harmful in this file. Take a photo of the paper instead.")
Scan = RequestPaper.Scan
A_DAY = 20
MOST_BYTES = 100 * 1024 * 1024


class TooManyPapers(TooMany):
    """So many files came within a day already."""

    code = "too_many_papers"
    message = _("You added 20 files today. Add more tomorrow, or bring them to the office.")


class NoRoom(DomainError):
    """The papers of one account fill its share of the store."""

    code = "no_room"
    status = 413
    message = _("Your requests hold 100 MB of papers. Take some away, or bring this one to the office.")


def keep(*, request: ServiceRequest, name: str, upload: UploadedFile, at: datetime) -> RequestPaper:
    """Keep one file as the paper `name` of a draft or returned request, in place of an earlier one.

    Raises NotFound for a paper the procedure does not know, TooManyPapers, NoRoom, PaperRefused, StorageFull.
    """
    if name not in {paper.name for paper in request.procedure.papers}:
        raise NotFound
    today = AuditEvent.objects.filter(actor=request.account.actor, at__gt=at - timedelta(days=1))
    if today.filter(event=Event.PAPER_ADDED).count() >= A_DAY:
        raise TooManyPapers(retry_after=3600)
    if kept_bytes(request.account_id) + (upload.size or 0) > MOST_BYTES:
        raise NoRoom
    paper = attachments.read_upload(upload)
    scan = _scanned(paper)
    stored = storage.save(paper.data, context=CONTEXT)
    try:
        return _keep(request, name, paper, scan, stored, at)
    except BaseException:
        storage.delete(stored)
        raise


@transaction.atomic
def _keep(
    request: ServiceRequest, name: str, paper: attachments.Paper, scan: str, stored: str, at: datetime
) -> RequestPaper:
    locked = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.status not in CHANGEABLE:
        raise Conflict
    for old in RequestPaper.objects.filter(request=locked, name=name):
        _forget(old)
    record(Event.PAPER_ADDED, actor=request.account.actor, subject=locked.subject, at=at, paper=name)
    return RequestPaper.objects.create(
        request=locked,
        name=name,
        original_name=paper.name,
        kind=paper.kind,
        stored_name=stored,
        size=len(paper.data),
        scan=scan,
        created_at=at,
    )


@transaction.atomic
def remove(*, request: ServiceRequest, name: str) -> None:
    """Take a paper of a draft or returned request away."""
    locked = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.status not in CHANGEABLE:
        raise Conflict
    for paper in RequestPaper.objects.filter(request=locked, name=name):
        _forget(paper)


@transaction.atomic
def open_for_staff(paper: RequestPaper, *, by: User, at: datetime) -> bytes:
    """Return the file, having written down who opened it: for the request's history and for whom it is about.

    Raises NotFound while nobody may open it.
    """
    if not paper.readable:
        raise NotFound
    request = paper.request
    facts: dict[str, Any] = {"actor": by.actor, "at": at, "office": request.office_id}
    record(Event.PHOTO_VIEWED, subject=request.subject, slot=paper.name, **facts)
    for person in {request.person_id, request.account.person_id} - {None}:
        subject = f"person:{person}"
        record(Event.RECORD_VIEWED, subject=subject, purpose="paper", number=request.number, **facts)
    return storage.open(paper.stored_name, context=CONTEXT)


def erase(request: ServiceRequest) -> None:
    """Erase all papers of a request, in the caller's transaction."""
    for paper in request.papers.all():
        _forget(paper)


def kept_bytes(account_id: int) -> int:
    """Return how many bytes of papers an account has in the store."""
    kept = RequestPaper.objects.filter(request__account=account_id).exclude(stored_name="")
    return kept.aggregate(all=Sum("size"))["all"] or 0


def scan_waiting(*, limit: int = 100) -> int:
    """Have papers scanned that came while the scanner was away; erase what is harmful; return how many were judged."""
    waiting = RequestPaper.objects.filter(scan=Scan.WAITING).order_by("created_at")
    judged = 0
    for paper in waiting[:limit]:
        try:
            harmful = scanner.is_harmful(storage.open(paper.stored_name, context=CONTEXT))
        except (ScannerAway, DomainError):
            continue
        with transaction.atomic():
            mine = RequestPaper.objects.filter(pk=paper.pk, scan=Scan.WAITING)
            if harmful and mine.update(scan=Scan.HARMFUL, stored_name=""):
                transaction.on_commit(partial(storage.delete, paper.stored_name))
            elif not harmful:
                mine.update(scan=Scan.CLEAN)
        judged += 1
    return judged


def _scanned(paper: attachments.Paper) -> str:
    """The scanner's word about a PDF, which is kept as it came; a photo was made anew from its pixels."""
    if paper.kind != "pdf" or not scanner.is_on():
        return Scan.NONE
    try:
        if scanner.is_harmful(paper.data):
            raise attachments.PaperRefused("harmful", HARMFUL)
    except ScannerAway:
        return Scan.WAITING
    return Scan.CLEAN


def _forget(paper: RequestPaper) -> None:
    paper.delete()
    if paper.stored_name:
        transaction.on_commit(partial(storage.delete, paper.stored_name))
