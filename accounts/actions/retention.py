"""Erasing the photos of dossiers that are over, once the rule of their outcome says so.

An identity photo serves the decision and an objection to it. How many days it is kept afterwards is a setting per
outcome (docs/settings.md); Law 91/2025/QH15 on personal data asks for erasure when the purpose is reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import IdPhoto, RegistrationDossier
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.documents import storage

ENDS = (Event.DOSSIER_WITHDRAWN, Event.DOSSIER_CANCELLED)


@dataclass(frozen=True)
class Due:
    """One dossier whose photos have served: its outcome and when it was reached."""

    pk: int
    number: str
    outcome: str
    ended_at: datetime
    photos: int


def due(*, at: datetime) -> Iterator[Due]:
    """Yield the dossiers whose photos are to be erased, the oldest end first."""
    for dossier in _over(at).iterator(chunk_size=500):
        count = dossier.photos.filter(erased_at=None).count()
        yield Due(dossier.pk, dossier.number or "", dossier.status, dossier.ended_at, count)  # type: ignore[attr-defined]


def erase_photos(*, at: datetime, limit: int | None = None) -> int:
    """Erase the photos of at most `limit` dossiers that are due; return of how many dossiers.

    Each is a transaction of its own. What fails stays as it was for the next run and is raised at the end:
    StorageUnavailable.
    """
    done, failed = 0, None
    for pk in _over(at).values_list("pk", flat=True)[:limit]:
        try:
            done += _erase_photos(pk, at=at)
        except storage.StorageUnavailable as error:
            failed = error
    if done:
        record(Event.RETENTION_RAN, actor="system", at=at, dossiers=done)
    if failed is not None:
        raise failed
    return done


@transaction.atomic
def _erase_photos(pk: int, *, at: datetime) -> bool:
    """Erase the photos of one dossier, with the entry that says so; return False if another run did.

    The files go before the commit: the entry is true when it is written, and a run that was cut off is repeated.
    """
    dossier = _over(at).select_for_update(of=("self",)).filter(pk=pk).first()
    if dossier is None:
        return False
    erase_kept(dossier, reason=f"retention:{dossier.status}", by="system", at=at)
    return True


def erase_kept(dossier: RegistrationDossier, *, reason: str, by: str, at: datetime) -> int:
    """Erase the photos that a (locked) dossier still has, with the entry that says so; return how many."""
    kept = list(dossier.photos.select_for_update().filter(erased_at=None))
    for photo in kept:
        name, photo.stored_name = photo.stored_name, ""
        photo.erased_at, photo.erased_reason = at, reason
        photo.perceptual_hash = None
        photo.save(update_fields=["stored_name", "erased_at", "erased_reason", "perceptual_hash"])
        storage.delete(name)
    # What the card's QR code said was read from a photo and goes with it.
    RegistrationDossier.objects.filter(pk=dossier.pk).update(qr_facts=None)
    record(
        Event.PHOTO_ERASED,
        actor=by,
        subject=f"dossier:{dossier.pk}",
        at=at,
        office=dossier.office_id,
        photos=len(kept),
        reason=reason,
    )
    return len(kept)


def _over(at: datetime) -> QuerySet[RegistrationDossier]:
    """Return dossiers with photos whose end, `ended_at`, is longer ago than the rule of their outcome allows."""
    subject = Concat(Value("dossier:"), Cast(OuterRef("pk"), CharField()))
    ends = AuditEvent.objects.filter(subject=subject, event__in=ENDS).order_by("-at").values("at")[:1]
    kept = IdPhoto.objects.filter(dossier=OuterRef("pk"), erased_at=None)
    over = Q()
    for outcome, days in settings.RETENTION_PHOTOS_DAYS.items():
        over |= Q(status=outcome, ended_at__lt=at - timedelta(days=days))
    dossiers = RegistrationDossier.objects.filter(Exists(kept), status__in=settings.RETENTION_PHOTOS_DAYS)
    dossiers = dossiers.annotate(ended_at=Coalesce("decided_at", Subquery(ends), "submitted_at"))
    return dossiers.filter(over).order_by("ended_at", "pk")
