"""Granting several requests at once, and what in one of them needs a look of its own."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.dossiers import bulk, leases
from accounts.dossiers.bulk import Candidate, NotAtOnce, Outcome
from accounts.dossiers.models import DossierStatus
from accounts.models import User
from services.actions import review
from services.models import RequestMessage, RequestNote, RequestPaper, ServiceRequest


def look_through(*, keys: Sequence[int], by: User, at: datetime) -> list[Candidate[ServiceRequest]]:
    """Return the chosen requests in the order of the queue. Raises TooManyChosen; NotFound for another office's."""
    return bulk.look_through(_read(by), keys=keys, why_not=lambda request: why_not(request, by, at))


def approve_chosen(*, chosen: Sequence[tuple[int, int]], by: User, at: datetime) -> list[Outcome]:
    """Grant requests, given as (key, version seen), each in a transaction of its own; tell what became of each.

    Call it outside of a transaction. First of all it may raise TooManyChosen, or NotFound for another office's request.
    """
    candidates = look_through(keys=[key for key, _version in chosen], by=by, at=at)

    def approve(key: int, version: int) -> None:
        with transaction.atomic():
            request = _read(by).get(pk=key)
            why = why_not(request, by, at) if request.version == version else ""
            if why:
                raise NotAtOnce(why)
            review.approve(dossier_id=key, version=version, by=by, at=at)

    return bulk.approve_each(candidates, versions=dict(chosen), approve=approve)


def why_not(request: ServiceRequest, by: User, at: datetime) -> str | Promise:
    """Return what in this request, read as here, needs an officer's eye before it is granted, empty for nothing."""
    holder = leases.holder_of(request, at)
    if request.status != DossierStatus.SUBMITTED:
        return _("It does not wait for a decision any more.")
    if holder is not None and holder.pk != by.pk:
        return _("Somebody else is working on it.")
    if not request.procedure.routine:
        return _("This service is decided one by one.")
    if request.has_words:  # type: ignore[attr-defined]
        return _("It has papers, messages or notes to look at.")
    return ""


def _read(by: User) -> QuerySet[ServiceRequest]:
    about = {"request": OuterRef("pk")}
    words = (
        Exists(RequestPaper.objects.filter(**about))
        | Exists(RequestMessage.objects.filter(**about))
        | Exists(RequestNote.objects.filter(**about))
    )
    mine = ServiceRequest.objects.visible_to(by).annotate(has_words=words)
    return mine.select_related("person", "holder")
