"""What registrations by programs look like, and what each call takes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.actions import drafts
from accounts.dossiers.models import DossierStatus
from accounts.models import IdPhoto, RegistrationDossier
from accounts.models.registration import PhotoSlot
from accounts.photos.quality import advice
from accounts.rules.declaration import FIELDS, OPTIONAL
from accounts.rules.refusals import REFUSALS
from vssid.api.values import Text, Truth

ID = "1b4e28ba-2fa1-4d2b-883f-0016d3cca427"


class DeclarationSerializer(serializers.Serializer):
    """The declaration, judged by the rules of the portal's own page."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return a text for every field of the declaration."""
        return {name: Text(required=name not in OPTIONAL, allow_blank=True, max_length=300) for name in FIELDS}


class BegunSerializer(serializers.Serializer):
    """A registration that was begun: its token is told once; what is not sent until `expires_at` is erased."""

    id = serializers.UUIDField()
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class KeptPhotoSerializer(serializers.Serializer):
    """A photo that is kept, its size in pixels, and why it may be hard to read."""

    slot = serializers.ChoiceField([PhotoSlot.PORTRAIT, PhotoSlot.ID_FRONT, PhotoSlot.ID_BACK])
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    warning = serializers.CharField()


class ReturnedSerializer(serializers.Serializer):
    """What an officer wants corrected."""

    field = serializers.CharField()
    text = serializers.CharField()


class RefusalSerializer(serializers.Serializer):
    """Why the registration was refused, and what can be done."""

    reason = serializers.CharField()
    title = serializers.CharField()
    remedy = serializers.CharField()
    text = serializers.CharField()


class RegistrationSerializer(serializers.Serializer):
    """Where a registration stands. Nothing of the declaration is in it."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(DossierStatus.values)
    number = serializers.CharField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    photos = KeptPhotoSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Photos that are still needed")
    returned = ReturnedSerializer(many=True)
    refusal = RefusalSerializer(allow_null=True)


EXAMPLE = {
    "id": ID,
    "status": "draft",
    "number": None,
    "submitted_at": None,
    "due_on": None,
    "photos": [{"slot": "portrait", "width": 1200, "height": 1600, "warning": ""}],
    "missing": ["id_front", "id_back"],
    "returned": [],
    "refusal": None,
}


PHOTOS = ("portrait", "id_front", "id_back")


class PhotosSerializer(serializers.Serializer):
    """One, two or all photos: as files (multipart) or as text in base64 (JSON); JPG, PNG or HEIC of at most 12 MB."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return a text for each photo."""
        return {name: Text(required=False) for name in PHOTOS}


PHOTO_FILES = {
    "type": "object",
    "properties": {name: {"type": "string", "format": "binary"} for name in PHOTOS},
}


class CodeSentSerializer(serializers.Serializer):
    """Where the code went, masked, and until when it can be entered."""

    phone = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ConfirmationSerializer(serializers.Serializer):
    """The code, and consent to what the consent's text says."""

    otp = Text(max_length=12)
    consent = Truth()

    def validate_consent(self, value: bool) -> bool:
        """Nothing is sent without it."""
        if not value:
            raise serializers.ValidationError(_("Tick this box to send the declaration."))
        return value


class SentSerializer(serializers.Serializer):
    """The number of the dossier; `due_on` is when it is decided at the latest."""

    number = serializers.CharField()
    status = serializers.ChoiceField(DossierStatus.values)
    due_on = serializers.DateField(allow_null=True)


def registration_of(dossier: RegistrationDossier) -> dict[str, Any]:
    """Return where a registration stands."""
    there = dossier.photos.filter(erased_at=None).order_by("slot")
    refusal = REFUSALS.get(dossier.reason)
    return {
        "id": dossier.public_id,
        "status": dossier.status,
        "number": dossier.number,
        "submitted_at": dossier.submitted_at,
        "due_on": dossier.due_on,
        "photos": [_photo(photo) for photo in there],
        "missing": drafts.missing_photos(dossier) if dossier.status == DossierStatus.DRAFT else [],
        "returned": [{"field": item["field"], "text": item["text"]} for item in dossier.return_reasons],
        "refusal": refusal
        and {
            "reason": dossier.reason,
            "title": refusal.title,
            "remedy": refusal.remedy,
            "text": dossier.reason_text,
        },
    }


def _photo(photo: IdPhoto) -> dict[str, Any]:
    warnings = photo.quality.get("warnings")
    warning = advice(warnings) if warnings else ""
    return {"slot": photo.slot, "width": photo.width, "height": photo.height, "warning": warning}
