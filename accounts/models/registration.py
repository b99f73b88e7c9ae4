"""The registration dossier: the declaration for electronic transactions and its three photos (domain.md §2)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import Dossier, DossierQuerySet
from accounts.rules.marks import Mark as Mark
from insurance.models import InsuredPerson, Province, Ward
from vssid.crypto import EncryptedTextField


class Gender(models.TextChoices):
    """As the declaration asks it."""

    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class IdType(models.TextChoices):
    """Which paper proves the identity."""

    CCCD = "cccd", _("Citizen identity card")
    PASSPORT = "passport", _("Passport")


class RegistrationDossier(Dossier):
    """A citizen asks for an account.

    `bhxh_code` holds the 10-digit code once it is known; a declaration made with the personal number keeps it in
    `id_number` and is matched to the record. Numbers and contacts are encrypted, found through keyed hashes
    (kinds `id_number`, `phone`).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        InsuredPerson, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    bhxh_code = models.CharField(_("BHXH code"), max_length=10, blank=True)
    full_name = models.CharField(_("full name"), max_length=120)
    date_of_birth = models.DateField(_("date of birth"))
    birth_year_only = models.BooleanField(_("only the year is known"), default=False)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender)
    id_type = models.CharField(_("identity paper"), max_length=8, choices=IdType, default=IdType.CCCD)
    id_number = EncryptedTextField(_("identity number"))
    id_number_hash = models.BinaryField(max_length=32, editable=False)
    old_id_number = EncryptedTextField(_("former identity number (CMND)"), null=True, blank=True)
    phone = EncryptedTextField(_("phone"))
    phone_hash = models.BinaryField(max_length=32, editable=False)
    email = EncryptedTextField(_("e-mail"), null=True, blank=True)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="+", verbose_name=_("ward"))
    address = models.CharField(_("address"), max_length=200)
    language = models.CharField(max_length=2, default="vi")
    marks = models.JSONField(default=list, blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    identity_checked_at = models.DateTimeField(_("identity checked in person"), null=True, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta(Dossier.Meta):
        verbose_name = _("registration dossier")
        verbose_name_plural = _("registration dossiers")
        permissions: ClassVar = [("decide_registrationdossier", "Can decide registrationdossier")]
        indexes: ClassVar = [
            models.Index(fields=["office", "status", "submitted_at", "id"], name="accounts_regdossier_queue"),
            models.Index(fields=["bhxh_code"], name="accounts_regdossier_code", condition=~Q(bhxh_code="")),
            models.Index(fields=["phone_hash"], name="accounts_regdossier_phone"),
            models.Index(fields=["id_number_hash"], name="accounts_regdossier_id"),
            models.Index(fields=["created_at"], name="accounts_regdossier_drafts", condition=Q(status="draft")),
        ]
        constraints: ClassVar = [
            *Dossier.Meta.constraints,
            models.CheckConstraint(
                name="accounts_regdossier_consent_before_submission",
                condition=Q(status="draft")
                | (Q(phone_verified_at__isnull=False, consented_at__isnull=False) & ~Q(consent_version="")),
            ),
        ]


class PhotoSlot(models.TextChoices):
    """The three pictures a dossier needs; also the names of the form's fields."""

    PORTRAIT = "portrait", _("Portrait")
    ID_FRONT = "id_front", _("Front of the identity card")
    ID_BACK = "id_back", _("Back of the identity card")


class IdPhoto(models.Model):
    """One re-encoded picture, encrypted in the private storage under `stored_name`; erased by the retention rule."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(RegistrationDossier, on_delete=models.CASCADE, related_name="photos")
    slot = models.CharField(max_length=8, choices=PhotoSlot)
    stored_name = models.CharField(max_length=100, blank=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "slot"], name="accounts_idphoto_one_per_slot"),
            models.CheckConstraint(
                name="accounts_idphoto_stored_or_erased",
                condition=(Q(erased_at=None) & ~Q(stored_name="")) | Q(erased_at__isnull=False, stored_name=""),
            ),
        ]

    def __str__(self) -> str:
        return self.slot
