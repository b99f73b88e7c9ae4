"""What requests for public services look like to programs, and what each call takes."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from accounts.dossiers.models import CHANGEABLE, DossierStatus
from services.actions.requests import missing_papers
from services.actions.review import catalogue
from services.models import RequestPaper, ServiceRequest
from services.procedures.definition import Field, Group, Procedure
from vssid.api.values import Text
from vssid.identifiers import mask_tail

ID = "1b4e28ba-2fa1-4d2b-883f-0016d3cca427"


class RequestSummarySerializer(serializers.Serializer):
    """Where a request stands. A draft has no number; `id` names it as well as the number."""

    id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    procedure = serializers.CharField()
    name = serializers.CharField(help_text="Of the procedure, in the language of the request")
    status = serializers.ChoiceField(DossierStatus.values)
    office = serializers.CharField()
    begun_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class RequestPaperSerializer(serializers.Serializer):
    """A file of the request."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(["jpeg", "pdf"])
    size = serializers.IntegerField()
    scan = serializers.ChoiceField(RequestPaper.Scan.values)


class RequestReasonSerializer(serializers.Serializer):
    """What an officer wants corrected."""

    field = serializers.CharField()
    text = serializers.CharField()


class RequestRefusalSerializer(serializers.Serializer):
    """Why the request was refused, and what can be done."""

    reason = serializers.CharField()
    title = serializers.CharField()
    remedy = serializers.CharField()
    text = serializers.CharField()


class RequestSerializer(RequestSummarySerializer):
    """A request with its answers (sensitive ones masked but for their last four signs) and what the office said."""

    answers = serializers.DictField()
    papers = RequestPaperSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Papers that are still needed")
    returned = RequestReasonSerializer(many=True)
    refusal = RequestRefusalSerializer(allow_null=True)
    outcome = serializers.CharField()
    page = serializers.CharField(allow_null=True, help_text="Its page on the portal: talk, payment, correction")


class FilingSerializer(serializers.Serializer):
    """The procedure's code, and answers as its JSON Schema says (`GET /procedures/{code}`)."""

    procedure = Text(max_length=40)
    answers = serializers.DictField()


class AnswersSerializer(serializers.Serializer):
    """All answers, as the procedure's JSON Schema says."""

    answers = serializers.DictField()


class SigningSerializer(serializers.Serializer):
    """The code that the citizen received."""

    otp = Text(max_length=12)


def summary(request: ServiceRequest) -> dict[str, Any]:
    """Return where a request stands."""
    return {
        "id": request.public_id,
        "number": request.number,
        "procedure": request.procedure_code,
        "name": request.procedure.name,
        "status": request.status,
        "office": request.office_id,
        "begun_at": request.created_at,
        "submitted_at": request.submitted_at,
        "due_on": request.due_on,
        "decided_at": request.decided_at,
    }


def detail(request: ServiceRequest) -> dict[str, Any]:
    """Return all that the request's own page says."""
    refusal = catalogue(request).get(request.reason)
    page = settings.PUBLIC_BASE_URL + reverse("services:request", args=[request.url_number]) if request.number else None
    return {
        **summary(request),
        "answers": _masked(request.procedure, request.answers),
        "papers": [
            {"name": paper.name, "kind": paper.kind, "size": paper.size, "scan": paper.scan}
            for paper in request.papers.order_by("name")
        ],
        "missing": missing_papers(request) if request.status in CHANGEABLE else [],
        "returned": [{"field": item["field"], "text": item["text"]} for item in request.return_reasons],
        "refusal": refusal
        and {
            "reason": request.reason,
            "title": refusal.title,
            "remedy": refusal.remedy,
            "text": request.reason_text,
        },
        "outcome": request.outcome,
        "page": page,
    }


def _masked(procedure: Procedure, answers: Mapping[str, Any]) -> dict[str, Any]:
    return _line(procedure.fields, answers)


def _line(items: tuple[Field | Group, ...], answers: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if item.name not in answers:
            continue
        value = answers[item.name]
        if isinstance(item, Group):
            found[item.name] = [_line(item.fields, line) for line in value]
        else:
            found[item.name] = mask_tail(str(value)) if item.sensitive and value else value
    return found


SUMMARY: dict[str, Any] = {
    "id": ID,
    "number": "00103DVC/2026/00012",
    "procedure": "feedback",
    "name": "Feedback and complaints",
    "status": "submitted",
    "office": "00103",
    "begun_at": "2026-11-22T08:00:00Z",
    "submitted_at": "2026-11-22T08:05:00Z",
    "due_on": "2026-11-27",
    "decided_at": None,
}
DETAIL: dict[str, Any] = {
    **SUMMARY,
    "answers": {"topic": "gap", "text": "Thiếu hai tháng năm 2024."},
    "papers": [],
    "missing": [],
    "returned": [],
    "refusal": None,
    "outcome": "",
    "page": "https://portal.example/dich-vu-cong/ho-so/00103DVC-2026-00012/",
}
DRAFT = {**DETAIL, "number": None, "status": "draft", "submitted_at": None, "due_on": None, "page": None}
