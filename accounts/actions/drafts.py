"""A declaration while its applicant writes it: a draft, erased after a day, or a dossier that was returned."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import CHANGEABLE, DossierStatus
from accounts.models import IdPhoto, RegistrationDossier
from accounts.models.registration import IdentityMethod, PhotoSlot
from accounts.photos import Photo, PhotoRefused, PhotosBusy
from accounts.photos.quality import warnings_for
from accounts.rules import citizen_card
from accounts.rules.declaration import Declaration
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.documents import storage
from vssid.errors import Conflict, DomainError

LIFE = timedelta(hours=24)
PHOTO_CONTEXT = "id-photo"
BATCH = 100


class AlreadySubmitted(Conflict):
    """The declaration was sent: it can be followed, not changed."""

    code = "already_submitted"
    message = _("This declaration has been sent already.")


@transaction.atomic
def keep_declaration(
    *, declaration: Declaration, dossier: RegistrationDossier | None, language: str, at: datetime
) -> RegistrationDossier:
    """Keep a declaration as a new draft, or in place of what `dossier` (draft or returned) held.

    Raises AlreadySubmitted when the dossier has moved on since it was read.
    """
    dossier = RegistrationDossier(created_at=at) if dossier is None else hold(dossier, CHANGEABLE)
    before = {item["field"]: getattr(dossier, item["field"], None) for item in dossier.return_reasons}
    dossier.language = language
    certified = _certified(dossier)
    _fill(dossier, declaration)
    if certified != _certified(dossier):
        _forget_vneid(dossier)
    note_mended(dossier, {field for field, value in before.items() if getattr(dossier, field, None) != value})
    dossier.save()
    return dossier


def keep_photo(*, dossier: RegistrationDossier, slot: str, photo: Photo, at: datetime) -> IdPhoto:
    """Keep a clean photo in a slot of a draft or returned dossier; the one before it is erased once this is certain.

    What the QR code of the card's front says goes with it, and fills in the former number if none was declared.
    Raises AlreadySubmitted, StorageFull or StorageUnavailable; then everything is as it was.
    """
    name = storage.save(photo.jpeg, context=PHOTO_CONTEXT)
    try:
        with transaction.atomic():
            held = hold(dossier, CHANGEABLE)
            _erase(held.photos.filter(slot=slot))
            if held.status == DossierStatus.RETURNED:
                note_mended(held, {slot})
                held.save(update_fields=["return_reasons"])
                record(Event.PHOTO_ERASED, actor="anonymous", subject=f"dossier:{held.pk}", at=at, reason="replaced")
            if slot == PhotoSlot.ID_FRONT:
                _keep_card(held, photo.qr)
            return IdPhoto.objects.create(
                dossier=held,
                slot=slot,
                stored_name=name,
                width=photo.width,
                height=photo.height,
                size=len(photo.jpeg),
                created_at=at,
                quality=_quality(slot, photo),
                perceptual_hash=photo.perceptual_hash,
            )
    except BaseException:
        storage.delete(name)
        raise


def keep_photos(
    *, dossier: RegistrationDossier, given: Mapping[str, Callable[[], Photo]], at: datetime
) -> tuple[list[IdPhoto], dict[str, DomainError]]:
    """Keep every photo that can be used, each by itself; `given` reads the photo of a slot.

    Return those that were kept, and what is wrong with the others. Raises AlreadySubmitted.
    """
    kept: list[IdPhoto] = []
    wrong: dict[str, DomainError] = {}
    for slot in (str(slot.value) for slot in dossier.slots):
        if slot not in given:
            continue
        try:
            kept.append(keep_photo(dossier=dossier, slot=slot, photo=given[slot](), at=at))
        except (PhotoRefused, PhotosBusy, storage.StorageUnavailable) as error:
            wrong[slot] = error
    return kept, wrong


def is_over(dossier: RegistrationDossier, at: datetime) -> bool:
    """Tell whether this is a draft whose day has passed."""
    return dossier.status == DossierStatus.DRAFT and dossier.created_at + LIFE <= at


def missing_photos(dossier: RegistrationDossier) -> list[PhotoSlot]:
    """Return the slots that have no photo yet."""
    there = set(dossier.photos.filter(erased_at=None).values_list("slot", flat=True))
    return [slot for slot in dossier.slots if slot not in there]


def _quality(slot: str, photo: Photo) -> dict[str, Any]:
    paper = slot != PhotoSlot.PORTRAIT
    flaws = warnings_for(paper=paper, width=photo.width, height=photo.height, figures=photo.figures)
    return {**photo.figures, "warnings": [str(flaw.value) for flaw in flaws]}


def _keep_card(dossier: RegistrationDossier, qr: str) -> None:
    card = citizen_card.parse(qr)
    dossier.qr_facts = citizen_card.dumps(card) if card else None
    if card and card.id_number == dossier.id_number and not dossier.old_id_number:
        dossier.old_id_number = card.old_id_number or None
    dossier.save(update_fields=["qr_facts", "old_id_number"])


def read_photo(photo: IdPhoto) -> bytes:
    """Return the JPEG. Raises NotFound when it was erased, StorageUnavailable."""
    return storage.open(photo.stored_name, context=PHOTO_CONTEXT)


@transaction.atomic
def delete_draft(*, dossier: RegistrationDossier, by: str, at: datetime) -> None:
    """Erase a draft with its photos; `by` is the audit log's actor. Raises AlreadySubmitted."""
    held = hold(dossier, (DossierStatus.DRAFT,))
    _erase(held.photos.all())
    record(Event.DRAFT_DELETED, actor=by, subject=f"dossier:{held.pk}", at=at)
    held.delete()


def erase_drafts(*, before: datetime, at: datetime) -> int:
    """Erase all drafts begun before a moment, each in its own transaction; return how many."""
    erased = 0
    drafts = RegistrationDossier.objects.filter(status=DossierStatus.DRAFT, created_at__lt=before)
    for dossier in drafts.order_by("created_at").iterator(chunk_size=BATCH):
        try:
            delete_draft(dossier=dossier, by="system", at=at)
        except AlreadySubmitted:  # sent or deleted by its owner in this moment
            continue
        erased += 1
    return erased


def hold(dossier: RegistrationDossier, statuses: Collection[str]) -> RegistrationDossier:
    """Return the dossier as it is now, locked until the transaction ends, if it has not moved on since it was read."""
    same = RegistrationDossier.objects.filter(pk=dossier.pk, version=dossier.version, status__in=statuses)
    held = same.select_for_update(of=("self",)).first()
    if held is None:
        raise AlreadySubmitted
    return held


def note_mended(dossier: RegistrationDossier, fields: Collection[str]) -> None:
    """Tick off in memory what an officer asked for and these fields or photos answer."""
    dossier.return_reasons = [
        {**item, "mended": True} if item["field"] in fields else item for item in dossier.return_reasons
    ]


def _erase(photos: QuerySet[IdPhoto]) -> None:
    """Delete the rows now and their files after the commit: a row must not outlive its file through a rollback."""
    for name in photos.values_list("stored_name", flat=True):
        transaction.on_commit(partial(storage.delete, name), robust=True)
    photos.delete()


def _certified(dossier: RegistrationDossier) -> tuple[object, ...]:
    """What VNeID vouched for, if it did."""
    return dossier.full_name, dossier.date_of_birth, dossier.birth_year_only, dossier.gender, dossier.id_number


def _forget_vneid(dossier: RegistrationDossier) -> None:
    """Other facts than VNeID's need another proof: photos, and a visit."""
    if dossier.identity_method == IdentityMethod.VNEID:
        dossier.identity_method = dossier.vneid_issuer = dossier.vneid_subject = ""
        dossier.identity_checked_at = None


def _fill(dossier: RegistrationDossier, declaration: Declaration) -> None:
    dossier.bhxh_code = declaration.bhxh_code
    dossier.full_name = declaration.full_name
    dossier.date_of_birth = declaration.birth.date
    dossier.birth_year_only = declaration.birth.year_only
    dossier.gender = declaration.gender
    dossier.id_type = declaration.id_type
    dossier.id_number = declaration.id_number
    dossier.id_number_hash = keyed_hash(declaration.id_number, kind="id_number")
    dossier.old_id_number = declaration.old_id_number
    dossier.phone = declaration.phone
    dossier.phone_hash = keyed_hash(declaration.phone, kind="phone")
    dossier.email = declaration.email
    dossier.province_id = declaration.province
    dossier.ward_id = declaration.ward
    dossier.address = declaration.address
    dossier.office_id = declaration.office
