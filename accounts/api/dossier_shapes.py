"""What dossiers look like to systems of the offices, and what a decision takes."""

from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.actions import review
from accounts.dossiers.models import DossierStatus
from accounts.forms.review import returnable
from accounts.models import RegistrationDossier
from accounts.models.registration import Gender, IdentityMethod, IdType, Kind, Mark, PhotoSlot
from accounts.photos.quality import advice
from accounts.rules.comparison import Facts, Verdict
from accounts.rules.refusals import REFUSALS
from vssid.api import examples
from vssid.api.values import Text, Whole


class DossierSummarySerializer(serializers.Serializer):
    """Where a dossier stands; nothing of the declaration."""

    number = serializers.CharField()
    office = serializers.CharField()
    kind = serializers.ChoiceField(Kind.values)
    status = serializers.ChoiceField([status for status in DossierStatus.values if status != DossierStatus.DRAFT])
    version = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    due_on = serializers.DateField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    held_until = serializers.DateTimeField(allow_null=True, help_text="An officer works on it until then")
    marks = serializers.ListField(child=serializers.ChoiceField(Mark.values))


class DossierPageSerializer(serializers.Serializer):
    """One page of dossiers."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = DossierSummarySerializer(many=True)


class FactsSerializer(serializers.Serializer):
    """What a declaration or an insurance record says; the date of birth is YYYY when only the year is known."""

    bhxh_code = serializers.CharField()
    full_name = serializers.CharField()
    date_of_birth = serializers.CharField()
    gender = serializers.ChoiceField(Gender.values)
    id_number = serializers.CharField(allow_null=True)
    address = serializers.CharField()
    phone = serializers.CharField(allow_null=True)


class ComparisonSerializer(serializers.Serializer):
    """How each declared fact relates to the recorded one."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return a verdict for every fact."""
        verdicts = [verdict.value for verdict in Verdict]
        return {name: serializers.ChoiceField(verdicts) for name in FactsSerializer().get_fields()}


class IdentitySerializer(serializers.Serializer):
    """How it was made sure that the applicant is the person."""

    method = serializers.ChoiceField(IdentityMethod.values)
    document = serializers.ChoiceField(IdType.values, allow_null=True)
    checked_at = serializers.DateTimeField()


class DossierPhotoSerializer(serializers.Serializer):
    """A photo, its size in pixels, and why it may be hard to read. The pictures are looked at in the admin only."""

    slot = serializers.ChoiceField(PhotoSlot.values)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    warning = serializers.CharField()


class ReasonSerializer(serializers.Serializer):
    """A field or photo, and what is wrong with it: the citizen reads the text."""

    field = serializers.CharField()
    text = Text(max_length=500)


class DecidedSerializer(serializers.Serializer):
    """Why a dossier was refused."""

    reason = serializers.CharField()
    text = serializers.CharField()


class DossierSerializer(DossierSummarySerializer):
    """A dossier: what was declared, what the insurance record says, how both relate."""

    declared = FactsSerializer()
    id_type = serializers.ChoiceField(IdType.values)
    email = serializers.CharField(allow_null=True)
    recorded = FactsSerializer(allow_null=True)
    comparison = ComparisonSerializer()
    identity = IdentitySerializer(allow_null=True)
    photos = DossierPhotoSerializer(many=True)
    returnable = serializers.ListField(child=serializers.CharField(), help_text="What a return can name")
    returned = ReasonSerializer(many=True)
    refusal = DecidedSerializer(allow_null=True)


class CatalogueSerializer(serializers.Serializer):
    """A reason: what the citizen reads, how to mend it, the law it rests on."""

    reason = serializers.ChoiceField(list(REFUSALS))
    title = serializers.CharField()
    remedy = serializers.CharField()
    basis = serializers.CharField()


class ReasonsPageSerializer(serializers.Serializer):
    """The catalogue, all on one page."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CatalogueSerializer(many=True)


class VersionSerializer(serializers.Serializer):
    """The version that the decision is made on; without it, and without If-Match, the present one."""

    version = Whole(min_value=1, max_value=2_000_000_000, required=False)


class ApprovalSerializer(VersionSerializer):
    """What the applicant showed at the office; needed unless the identity was proved before."""

    document = serializers.ChoiceField(IdType.values, required=False)


class ReturnSerializer(VersionSerializer):
    """What the applicant must correct."""

    reasons = serializers.ListField(child=ReasonSerializer(), min_length=1, max_length=20)

    def validate_reasons(self, reasons: list[dict[str, str]]) -> list[dict[str, str]]:
        """Only what this dossier has can be corrected."""
        known = returnable(self.context["dossier"])
        wrong = [
            {"field": [_("This dossier has no such field.")]} if one["field"] not in known else {} for one in reasons
        ]
        if any(wrong):
            raise serializers.ValidationError(wrong)
        return [dict(one) for one in reasons]


class RejectionSerializer(VersionSerializer):
    """A reason of the catalogue, and words added to it."""

    reason = serializers.ChoiceField(list(REFUSALS))
    text = Text(max_length=1000, allow_blank=True, required=False, default="")


def summary(dossier: RegistrationDossier) -> dict[str, Any]:
    """Return where a dossier stands."""
    return {
        "number": dossier.number,
        "office": dossier.office_id,
        "kind": dossier.kind,
        "status": dossier.status,
        "version": dossier.version,
        "submitted_at": dossier.submitted_at,
        "due_on": dossier.due_on,
        "decided_at": dossier.decided_at,
        "held_until": dossier.held_until,
        "marks": dossier.marks,
    }


def detail(dossier: RegistrationDossier) -> dict[str, Any]:
    """Return all that an officer's page says of the declaration and the record."""
    recorded = review.recorded(dossier.person)
    return {
        **summary(dossier),
        "declared": _facts(review.declared(dossier)) | {"id_number": dossier.id_number},
        "id_type": dossier.id_type,
        "email": dossier.email,
        "recorded": recorded and _facts(recorded),
        "comparison": {name: verdict.value for name, verdict in review.verdicts(dossier).items()},
        "identity": _identity(dossier),
        "photos": [
            {
                "slot": photo.slot,
                "width": photo.width,
                "height": photo.height,
                "warning": advice(photo.quality.get("warnings", ())),
            }
            for photo in dossier.photos.filter(erased_at=None).order_by("slot")
        ],
        "returnable": list(returnable(dossier)),
        "returned": [{"field": item["field"], "text": item["text"]} for item in dossier.return_reasons],
        "refusal": {"reason": dossier.reason, "text": dossier.reason_text} if dossier.reason else None,
    }


def _facts(facts: Facts) -> dict[str, Any]:
    born = facts.date_of_birth
    return {
        "bhxh_code": facts.bhxh_code,
        "full_name": facts.full_name,
        "date_of_birth": str(born.day.year) if born.year_only else born.day.isoformat(),
        "gender": facts.gender,
        "id_number": facts.id_number,
        "address": facts.address,
        "phone": facts.phone,
    }


def _identity(dossier: RegistrationDossier) -> dict[str, Any] | None:
    if not review.identity_proved(dossier):
        return None
    return {
        "method": dossier.identity_method,
        "document": dossier.identity_document or None,
        "checked_at": dossier.identity_checked_at,
    }


_SUMMARY = {
    "number": "00103GD/2026/00107",
    "office": "00103",
    "kind": "adult",
    "status": "submitted",
    "version": 3,
    "submitted_at": "2026-11-20T08:00:00Z",
    "due_on": "2026-11-27",
    "decided_at": None,
    "held_until": None,
    "marks": ["name_differs"],
}
_FACTS = {
    "bhxh_code": "0199000199",
    "full_name": "NGUYỄN THỊ VÍ DỤ",
    "date_of_birth": "1985-02-09",
    "gender": "female",
    "id_number": "001185000199",
    "address": "Số 0, ngõ Ví Dụ, Phường Ví Dụ, Hà Nội",
    "phone": "+84912345678",
}


EXAMPLES = SimpleNamespace(
    page=examples.page(_SUMMARY),
    decided=examples.answered({**_SUMMARY, "status": "approved", "version": 4, "decided_at": "2026-11-22T08:00:00Z"}),
    approval=examples.asked({"document": "cccd", "version": 3}),
    returned=examples.asked({"reasons": [{"field": "portrait", "text": "Ảnh bị mờ, xin chụp lại."}], "version": 3}),
    refused=examples.asked({"reason": "record_differs", "text": "", "version": 3}),
    reasons=examples.answered(
        {
            "next": None,
            "previous": None,
            "results": [
                {
                    "reason": "unknown_code",
                    "title": "There is no insurance record with this code",
                    "remedy": "Look up your social insurance code on your book or card, or call the hotline, then"
                    " register again.",
                    "basis": "NĐ 164/2025/NĐ-CP",
                }
            ],
        }
    ),
    detail=examples.answered(
        {
            **_SUMMARY,
            "declared": _FACTS,
            "id_type": "cccd",
            "email": None,
            "recorded": {**_FACTS, "full_name": "NGUYỄN THỊ VÍ DỤ A"},
            "comparison": {**dict.fromkeys(_FACTS, "agrees"), "full_name": "differs"},
            "identity": None,
            "photos": [{"slot": "portrait", "width": 1200, "height": 1600, "warning": ""}],
            "returnable": ["portrait", "id_front", "id_back", "full_name"],
            "returned": [],
            "refusal": None,
        }
    ),
)
