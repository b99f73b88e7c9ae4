"""What the photos of a dossier tell an officer when it is sent: the card's QR code, the same picture elsewhere."""

from __future__ import annotations

from django.db import connection
from django.db.models import BigIntegerField, Func, Value

from accounts.dossiers.models import OPEN, DossierStatus
from accounts.models import IdPhoto, RegistrationDossier
from accounts.models.registration import PhotoSlot
from accounts.rules import citizen_card
from accounts.rules.marks import Mark

# How many of 64 bits may differ. Two people's cards, photographed alike, are closer to each other than two faces.
NEAR = {PhotoSlot.PORTRAIT: 4}
NEAR_PAPER = 1
# The same hash is found among all photos, a near one among those of this many newest dossiers: it is computed for each.
NEWEST = 20_000


class _BitsThatDiffer(Func):
    template = "bit_count((%(expressions)s)::bit(64))"
    arg_joiner = " # "
    output_field = BigIntegerField()


def photo_marks(dossier: RegistrationDossier) -> list[Mark]:
    """Return the marks that a dossier's photos give, and mark the open dossiers that have the same picture.

    Runs in the transaction that sends it: of two with one picture, sent in the same moment, the later sees the earlier.
    """
    photos = list(dossier.photos.filter(erased_at=None, perceptual_hash__isnull=False))
    _one_at_a_time([photo.perceptual_hash for photo in photos if photo.perceptual_hash is not None])
    others = {number for photo in photos for number in same_photo(photo)}
    _mark(others)
    found = {Mark.QR_DIFFERS: citizen_card.differs(dossier), Mark.PHOTO_ELSEWHERE: bool(others)}
    return [mark for mark, applies in found.items() if applies]


def same_photo(photo: IdPhoto) -> set[int]:
    """Return the other dossiers, once sent, of which a photo shows the same."""
    photos = IdPhoto.objects.filter(erased_at=None).exclude(dossier_id=photo.dossier_id)
    equal = photos.filter(perceptual_hash=photo.perceptual_hash)
    newest = RegistrationDossier.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    differing = _BitsThatDiffer("perceptual_hash", Value(photo.perceptual_hash, output_field=BigIntegerField()))
    near = photos.filter(slot=photo.slot, dossier_id__gt=newest - NEWEST).alias(differing=differing)
    near = near.filter(differing__lte=NEAR.get(PhotoSlot(photo.slot), NEAR_PAPER))
    found = {number for rows in (equal, near) for number in rows.values_list("dossier_id", flat=True)}
    return set(
        RegistrationDossier.objects.filter(pk__in=found)
        .exclude(status=DossierStatus.DRAFT)
        .values_list("pk", flat=True)
    )


def _mark(dossiers: set[int]) -> None:
    """Tell the officers who open the other dossiers. One that is being decided or sent just now is left alone."""
    rows = RegistrationDossier.objects.filter(pk__in=dossiers, status__in=OPEN).order_by("pk")
    for other in rows.select_for_update(skip_locked=True):
        if Mark.PHOTO_ELSEWHERE not in other.marks:
            other.marks = [*other.marks, Mark.PHOTO_ELSEWHERE]
            other.save(update_fields=["marks"])


def _one_at_a_time(hashes: list[int]) -> None:
    """Dossiers with one picture that are sent in the same moment wait for each other, in one order."""
    with connection.cursor() as cursor:
        for key in sorted(set(hashes)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
