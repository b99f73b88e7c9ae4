"""Papers of a request: kept, replaced, taken away, erased."""

from datetime import datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import CHANGEABLE
from services import attachments
from services.models import RequestPaper, ServiceRequest
from vssid.documents import storage
from vssid.errors import Conflict, NotFound, TooMany

CONTEXT = "paper"
A_DAY = 20


class TooManyPapers(TooMany):
    """So many files came within a day already."""

    code = "too_many_papers"
    message = _("You added 20 files today. Add more tomorrow, or bring them to the office.")


def keep(*, request: ServiceRequest, name: str, upload: UploadedFile, at: datetime) -> RequestPaper:
    """Keep one file as the paper `name` of a draft or returned request, in place of an earlier one.

    Raises NotFound for a paper the procedure does not know, TooManyPapers, PaperRefused, StorageFull.
    """
    if name not in {paper.name for paper in request.procedure.papers}:
        raise NotFound
    today = RequestPaper.objects.filter(request__account=request.account_id, created_at__gt=at - timedelta(days=1))
    if today.count() >= A_DAY:
        raise TooManyPapers(retry_after=3600)
    paper = attachments.read_upload(upload)
    stored = storage.save(paper.data, context=CONTEXT)
    try:
        return _keep(request, name, paper, stored, at)
    except BaseException:
        storage.delete(stored)
        raise


@transaction.atomic
def _keep(request: ServiceRequest, name: str, paper: attachments.Paper, stored: str, at: datetime) -> RequestPaper:
    locked = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.status not in CHANGEABLE:
        raise Conflict
    for old in RequestPaper.objects.filter(request=locked, name=name):
        _forget(old)
    return RequestPaper.objects.create(
        request=locked,
        name=name,
        original_name=paper.name,
        kind=paper.kind,
        stored_name=stored,
        size=len(paper.data),
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


def erase(request: ServiceRequest) -> None:
    """Erase all papers of a request, in the caller's transaction."""
    for paper in request.papers.all():
        _forget(paper)


def _forget(paper: RequestPaper) -> None:
    paper.delete()
    if paper.stored_name:
        transaction.on_commit(partial(storage.delete, paper.stored_name))
