"""Public services and estimators for anybody: what can be asked for, and what one would get; schemas of the answers."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insurance.rules.estimates import Estimate, Quantity, Unit
from insurance.rules.estimates.lines import whole
from services import estimators, procedures
from services.forms.procedures import Places
from services.procedures.definition import Paper, Procedure
from services.procedures.schemas import schema_of
from services.reads import known_of_nobody
from services.rules.json_answers import read_json
from vssid.api import examples
from vssid.api.base import Limit, PublicView
from vssid.api.pages import CURSOR, page_of, page_serializer
from vssid.errors import NotFound

PAGE = 100


class ProcedureSerializer(serializers.Serializer):
    """A public service. `by_api` is false where it is signed on the portal's own pages only."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    summary = serializers.CharField()
    topic = serializers.CharField()
    reference = serializers.CharField()
    form = serializers.CharField()
    legal_basis = serializers.CharField()
    term_days = serializers.IntegerField(help_text="Working days")
    fee = serializers.CharField()
    result = serializers.CharField()
    by_api = serializers.BooleanField()


class ConditionSerializer(serializers.Serializer):
    """Asked for only while the field has one of these answers."""

    field = serializers.CharField()
    answers = serializers.ListField()


class PaperSerializer(serializers.Serializer):
    """A file that goes with the answers: a photo or a PDF."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    required = serializers.BooleanField()  # type: ignore[assignment]
    help = serializers.CharField()
    only = ConditionSerializer(allow_null=True)


class ProcedureDetailSerializer(ProcedureSerializer):
    """A public service with its papers and the JSON Schema (2020-12) of its answers."""

    papers = PaperSerializer(many=True)
    schema = serializers.DictField()


EXAMPLE = {
    "code": "feedback",
    "version": 1,
    "name": "Feedback and complaints",
    "summary": "A missing month, a visit that was not yours, bad service, an idea: you get a number and an answer.",
    "topic": "feedback",
    "reference": "",
    "form": "",
    "legal_basis": "NĐ 20/2008/NĐ-CP; Luật Khiếu nại 02/2011/QH13",
    "term_days": 5,
    "fee": "None",
    "result": "Answer in writing",
    "by_api": True,
}


class ProceduresView(PublicView):
    """Public services that can be asked for."""

    query = ("cursor",)

    @extend_schema(
        responses=page_serializer(ProcedureSerializer, "ProcedurePage"),
        parameters=[CURSOR],
        operation_id="procedures",
        tags=["procedures"],
        auth=[],
        examples=[examples.page(EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        """Return them by code."""
        return Response(page_of(request, procedures.offered(), _procedure, size=PAGE))


class ProcedureView(PublicView):
    """One public service: its papers and the schema of its answers."""

    @extend_schema(
        responses=ProcedureDetailSerializer,
        operation_id="procedure",
        tags=["procedures"],
        auth=[],
        examples=[
            examples.answered(
                {
                    **EXAMPLE,
                    "papers": [
                        {
                            "name": "picture",
                            "label": "Picture or document",
                            "required": False,
                            "help": "",
                            "only": None,
                        }
                    ],
                    "schema": {
                        "type": "object",
                        "properties": {"text": {"type": "string", "maxLength": 3000}},
                        "required": ["text"],
                    },
                }
            )
        ],
    )
    def get(self, request: Request, code: str) -> Response:
        """Return the newest version of it."""
        try:
            found = procedures.get(code)
        except procedures.UnknownProcedure as unknown:
            raise NotFound from unknown
        papers = [_paper(paper) for paper in found.papers]
        return Response({**_procedure(found), "papers": papers, "schema": schema_of(found)})


class TopicSerializer(serializers.Serializer):
    """Something that can be estimated, and the JSON Schema (2020-12) of what is asked."""

    topic = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    legal_basis = serializers.CharField()
    schema = serializers.DictField()


class EstimatesView(PublicView):
    """Estimators, each with the schema of its questions."""

    query = ("cursor",)

    @extend_schema(
        responses=page_serializer(TopicSerializer, "TopicPage"),
        parameters=[CURSOR],
        operation_id="estimates",
        tags=["estimates"],
        auth=[],
        examples=[
            examples.page(
                {
                    "topic": "om-dau",
                    "name": "Sickness",
                    "summary": "Pay for days of sick leave.",
                    "legal_basis": "Luật BHXH 41/2024/QH15, Điều 42 đến Điều 45",
                    "schema": {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]},
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return all topics."""
        return Response(page_of(request, estimators.ESTIMATORS, _topic, size=PAGE))


class QuantitySerializer(serializers.Serializer):
    """A number and what it counts; đồng are whole, percent are written as percent (4.5 is 4.5 %)."""

    value = serializers.FloatField()
    unit = serializers.ChoiceField([unit.value for unit in Unit])


class LineSerializer(serializers.Serializer):
    """One step: `terms`, joined by `operator`, give `result`, because of `law`."""

    what = serializers.CharField()
    terms = QuantitySerializer(many=True)
    operator = serializers.CharField()
    result = QuantitySerializer()
    law = serializers.CharField()
    because = serializers.CharField()


class MissingSerializer(serializers.Serializer):
    """A figure that no table holds yet; `year` says of which year, null of any."""

    what = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)


class EstimateSerializer(serializers.Serializer):
    """The answer line by line; `total` in đồng is null while a figure is missing, or where there is no one sum."""

    lines = LineSerializer(many=True)
    total = serializers.IntegerField(allow_null=True)
    missing = MissingSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class EstimateView(PublicView):
    """Estimate of a benefit or contribution, line by line with its law; nothing is kept."""

    limits = (Limit("estimates", 60, "address"),)

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "topic",
                OpenApiTypes.STR,
                OpenApiParameter.PATH,
                enum=[one.code for one in estimators.ESTIMATORS],
                description="What is estimated",
            )
        ],
        request={
            "application/json": {"oneOf": [schema_of(one, words=False) for one in estimators.ESTIMATORS]},
        },
        responses=EstimateSerializer,
        operation_id="estimate",
        tags=["estimates"],
        auth=[],
        examples=[
            examples.asked({"salary": 10_000_000, "days": 5, "years": 3}, "Five days of sickness (topic om-dau)"),
            examples.answered(
                {
                    "lines": [
                        {
                            "what": "Sick pay",
                            "terms": [{"value": 10_000_000, "unit": "dong"}, {"value": 75, "unit": "percent"}],
                            "operator": "×",
                            "result": {"value": 1_562_500, "unit": "dong"},
                            "law": "Luật BHXH 41/2024/QH15, Điều 45",
                            "because": "",
                        }
                    ],
                    "total": 1_562_500,
                    "missing": [],
                    "notes": [],
                }
            ),
        ],
    )
    def post(self, request: Request, topic: str) -> Response:
        """Return what one would get or pay by the rules of today."""
        about = estimators.TOPICS.get(topic)
        if about is None or about.estimate is None:
            raise NotFound
        known = known_of_nobody(timezone.localdate())
        answers = read_json(about, request.data, known=known, register=Places())
        return Response(_estimate(about.estimate(answers, known)))


def _procedure(procedure: Procedure) -> dict[str, Any]:
    names = [name for name in ProcedureSerializer().get_fields() if name != "by_api"]
    return {name: getattr(procedure, name) for name in names} | {"by_api": procedure.proof_minutes is None}


def _paper(paper: Paper) -> dict[str, Any]:
    only = paper.only and {"field": paper.only.name, "answers": sorted(paper.only.answers, key=str)}
    return {"name": paper.name, "label": paper.label, "required": paper.required, "help": paper.help, "only": only}


def _topic(about: Procedure) -> dict[str, Any]:
    return {
        "topic": about.code,
        "name": about.name,
        "summary": about.summary,
        "legal_basis": about.legal_basis,
        "schema": schema_of(about),
    }


def _estimate(found: Estimate) -> dict[str, Any]:
    return {
        "lines": [
            {
                "what": line.what,
                "terms": [_quantity(term) for term in line.terms],
                "operator": line.operator,
                "result": _quantity(line.result),
                "law": line.law,
                "because": line.because,
            }
            for line in found.lines
        ],
        "total": found.total,
        "missing": [{"what": gap.what, "year": gap.year or None} for gap in found.missing],
        "notes": list(found.notes),
    }


def _quantity(found: Quantity) -> dict[str, Any]:
    if found.unit == Unit.DONG or found.value == found.value.to_integral_value():
        return {"value": whole(found.value), "unit": found.unit.value}
    return {"value": float(found.value), "unit": found.unit.value}
