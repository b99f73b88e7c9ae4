"""The registration dossier: the declaration for electronic transactions and its three photos (domain.md §2)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import Dossier, DossierQuerySet, DossierStatus
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
    BIRTH = "birth", _("Birth certificate")


class Relation(models.TextChoices):
    """What the adult is to the child."""

    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    GUARDIAN = "guardian", _("Guardian")


class IdentityMethod(models.TextChoices):
    """How it was made sure that the applicant is the person."""

    IN_PERSON = "in_person", _("Seen at the office with the original")
    VNEID = "vneid", _("VNeID, level 2")
    PARENT = "parent", _("By the parent's account")


class Kind(models.TextChoices):
    """Whose account it is about."""

    ADULT = "adult", _("Adult")
    CHILD = "child", _("Child")


class RegistrationDossier(Dossier):
    """A citizen asks for an account.

    `bhxh_code` holds the 10-digit code once it is known; a declaration made with the personal number keeps it in
    `id_number` and is matched to the record. Numbers and contacts are encrypted, found through keyed hashes
    (kinds `id_number`, `phone`).
    """

    # Accounts that are frozen were opened by registrations.
    counted: ClassVar[tuple[str, ...]] = ("dossier:", "user:")
    told: ClassVar[re.Pattern[str]] = re.compile(r"(?:receipt|credentials|(?:again:)?dossier):(\d+)(?::\d+)?")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        InsuredPerson, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.ADULT)
    parent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="child_dossiers",
        verbose_name=_("parent or guardian"),
    )
    relation = models.CharField(_("relation to the child"), max_length=8, choices=Relation, blank=True)
    bhxh_code = models.CharField(_("social insurance code"), max_length=10, blank=True)
    full_name = models.CharField(_("full name"), max_length=120)
    date_of_birth = models.DateField(_("date of birth"))
    birth_year_only = models.BooleanField(_("only the year is known"), default=False)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender)
    id_type = models.CharField(_("identity paper"), max_length=8, choices=IdType, default=IdType.CCCD)
    # A child may have no number yet.
    id_number = EncryptedTextField(_("identity number"), null=True)
    id_number_hash = models.BinaryField(max_length=32, null=True, editable=False)
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
    consent_purposes = models.JSONField(default=list, blank=True)
    identity_method = models.CharField(
        _("how the identity was checked"), max_length=9, choices=IdentityMethod, blank=True
    )
    identity_document = models.CharField(_("document that was shown"), max_length=8, choices=IdType, blank=True)
    identity_checked_at = models.DateTimeField(_("identity checked"), null=True, blank=True)
    identity_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What the QR code on the identity card says, as JSON.
    qr_facts = EncryptedTextField(_("QR code of the identity card"), null=True, blank=True)
    # Who VNeID says the applicant is; becomes the account's link on approval.
    vneid_issuer = models.CharField(max_length=200, blank=True)
    vneid_subject = models.CharField(max_length=255, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta(Dossier.Meta):
        verbose_name = _("registration dossier")
        verbose_name_plural = _("registration dossiers")
        permissions: ClassVar = [("decide_registrationdossier", "Can decide registrationdossier")]
        indexes: ClassVar = [
            models.Index(fields=["office", "status", "submitted_at", "id"], name="accounts_regdossier_queue"),
            models.Index(
                fields=["office", "submitted_at", "id"], name="accounts_regdossier_sent", condition=~Q(status="draft")
            ),
            models.Index(
                fields=["office", "due_on", "id"], name="accounts_regdossier_due", condition=Q(status="submitted")
            ),
            GinIndex(
                fields=["marks"],
                name="accounts_regdossier_marks",
                opclasses=["jsonb_path_ops"],
                condition=Q(status="submitted"),
            ),
            models.Index(fields=["bhxh_code"], name="accounts_regdossier_code", condition=~Q(bhxh_code="")),
            models.Index(fields=["phone_hash"], name="accounts_regdossier_phone"),
            models.Index(fields=["id_number_hash"], name="accounts_regdossier_id"),
            models.Index(fields=["created_at"], name="accounts_regdossier_drafts", condition=Q(status="draft")),
            models.Index(
                fields=["office", "decided_at"],
                include=["submitted_at", "decided_automatically"],
                name="accounts_regdossier_decided",
                condition=Q(decided_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            *Dossier.Meta.constraints,
            models.CheckConstraint(
                name="accounts_regdossier_consent_before_submission",
                condition=Q(status="draft")
                | (Q(phone_verified_at__isnull=False, consented_at__isnull=False) & ~Q(consent_version="")),
            ),
            models.CheckConstraint(
                name="accounts_regdossier_child_has_parent",
                condition=Q(kind="adult", parent=None, relation="")
                | (Q(kind="child", parent__isnull=False) & ~Q(relation="")),
            ),
            models.CheckConstraint(
                name="accounts_regdossier_adult_has_number",
                condition=Q(kind="child") | Q(id_number__isnull=False, id_number_hash__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_regdossier_approved_identity_is_checked",
                condition=~Q(status="approved") | (Q(identity_checked_at__isnull=False) & ~Q(identity_method="")),
            ),
        ]

    @property
    def message_keys(self) -> list[str]:
        """The receipt and login data have keys of their own; those sent anew belong to the account it opened."""
        account = getattr(self.person, "user", None) if self.status == DossierStatus.APPROVED else None
        anew = account.credential_keys if account is not None else []
        return [f"receipt:{self.pk}", f"credentials:{self.pk}", *anew, *super().message_keys]

    @classmethod
    def told_by(cls, keys: Sequence[str]) -> Q:
        """Login data that were sent anew name the account that the dossier opened."""
        accounts = [found[1] for key in keys if (found := re.fullmatch(r"credentials:user:(\d+):\d+", key))]
        return super().told_by(keys) | Q(status=DossierStatus.APPROVED, person__user__in=accounts)

    @property
    def slots(self) -> tuple[PhotoSlot, ...]:
        """The pictures this dossier needs: none when VNeID vouched for the applicant."""
        return () if self.identity_method == IdentityMethod.VNEID else SLOTS[Kind(self.kind)]


class PhotoSlot(models.TextChoices):
    """The pictures a dossier can have; also the names of the form's fields. See SLOTS for which one needs."""

    PORTRAIT = "portrait", _("Portrait")
    ID_FRONT = "id_front", _("Front of the identity card")
    ID_BACK = "id_back", _("Back of the identity card")
    BIRTH = "birth", _("Birth certificate")


SLOTS = {
    Kind.ADULT: (PhotoSlot.PORTRAIT, PhotoSlot.ID_FRONT, PhotoSlot.ID_BACK),
    Kind.CHILD: (PhotoSlot.PORTRAIT, PhotoSlot.BIRTH),
}


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
    # Measured when it came: {"sharpness": …, "brightness": …, "warnings": […]}.
    quality = models.JSONField(default=dict, blank=True)
    # 64-bit perceptual hash: the same picture in another dossier has the same or nearly the same.
    perceptual_hash = models.BigIntegerField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        indexes: ClassVar = [
            models.Index(fields=["perceptual_hash"], name="accounts_idphoto_phash", condition=Q(erased_at=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "slot"], name="accounts_idphoto_one_per_slot"),
            models.CheckConstraint(
                name="accounts_idphoto_stored_or_erased",
                condition=(Q(erased_at=None) & ~Q(stored_name="")) | Q(erased_at__isnull=False, stored_name=""),
            ),
        ]

    def __str__(self) -> str:
        return self.slot


class DossierNote(models.Model):
    """Words of one officer to the others; the citizen does not see them."""

    dossier = models.ForeignKey(RegistrationDossier, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("note"), max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return f"{self.dossier_id}"


class PartialDeclaration(models.Model):
    """What was typed, as it was typed: before it can be a draft, or while a draft or returned dossier is changed.

    The key is known to one browser only; on another device the declaration goes on under a new one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.OneToOneField(RegistrationDossier, on_delete=models.CASCADE, null=True, related_name="+")
    # Whose child it is about: sent when the login had ended, there again after the next.
    parent = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    # Field → text, as JSON.
    typed = EncryptedTextField()
    phone_hash = models.BinaryField(max_length=32, null=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("unfinished declaration")
        verbose_name_plural = _("unfinished declarations")
        indexes: ClassVar = [
            models.Index(fields=["phone_hash"], name="accounts_partial_phone"),
            models.Index(fields=["created_at"], name="accounts_partial_created"),
        ]

    def __str__(self) -> str:
        return str(self.id)
