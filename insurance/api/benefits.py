"""Benefits and medical visits of the token's person."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insurance.api.person import PAGE, PersonView
from insurance.api.records import FacilitySerializer
from insurance.models import Benefit, Visit
from insurance.reads.benefits import BENEFIT_WORDS, BenefitRow, benefits_of
from insurance.reads.visits import VisitRow, visits_of
from vssid.api import examples
from vssid.api.pages import CURSOR, page_of


class AdjustmentSerializer(serializers.Serializer):
    """Another amount of a month from a day on."""

    amount = serializers.IntegerField()
    legal_basis = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add `from`, which Python keeps for itself."""
        return {"from": serializers.DateField(), **super().get_fields()}


class BenefitSerializer(serializers.Serializer):
    """One benefit; amounts in đồng, of a month when `monthly`; the account but for its last four signs masked."""

    kind = serializers.ChoiceField(sorted(BENEFIT_WORDS.values()))
    regime = serializers.ChoiceField(sorted(Benefit.Regime.values), allow_null=True)
    number = serializers.CharField()
    decided_on = serializers.DateField()
    to = serializers.DateField(allow_null=True)
    amount = serializers.IntegerField()
    monthly = serializers.BooleanField()
    months = serializers.IntegerField(allow_null=True)
    reserved_months = serializers.IntegerField(allow_null=True)
    capacity_loss = serializers.IntegerField(allow_null=True)
    payer = serializers.CharField()
    account = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(sorted(Benefit.Status.values))
    adjustments = AdjustmentSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add `from`, which Python keeps for itself."""
        return {"from": serializers.DateField(allow_null=True), **super().get_fields()}


class BenefitPageSerializer(serializers.Serializer):
    """One page of benefits."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = BenefitSerializer(many=True)


class BenefitsView(PersonView):
    """What the person received or receives, by kind and then the latest first."""

    required_scopes = ("benefits",)
    query = ("cursor",)

    @extend_schema(
        responses=BenefitPageSerializer,
        operation_id="me_benefits",
        tags=["me"],
        parameters=[CURSOR],
        examples=[
            examples.page(
                {
                    "kind": "monthly",
                    "regime": "pension",
                    "number": "VD-0001",
                    "decided_on": "2024-05-20",
                    "from": "2024-06-01",
                    "to": None,
                    "amount": 5_200_000,
                    "monthly": True,
                    "months": None,
                    "reserved_months": None,
                    "capacity_loss": None,
                    "payer": "Bưu điện Ví Dụ",
                    "account": "•••• 4321",
                    "status": "paying",
                    "adjustments": [{"from": "2025-07-01", "amount": 5_616_000, "legal_basis": "Nghị định ví dụ"}],
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return a page of the benefits of the token's person."""
        return Response(page_of(request, benefits_of(self.person(request).pk), _benefit, size=PAGE))


class VisitSerializer(serializers.Serializer):
    """A medical visit; total = fund + other + copayment + self_paid, in đồng."""

    admitted_on = serializers.DateField()
    discharged_on = serializers.DateField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)
    facility = FacilitySerializer()
    disease_code = serializers.CharField()
    disease = serializers.CharField()
    department = serializers.CharField()
    outcome = serializers.ChoiceField(sorted(Visit.Outcome.values), allow_null=True)
    right_level = serializers.BooleanField()
    total = serializers.IntegerField()
    fund = serializers.IntegerField()
    other = serializers.IntegerField()
    copayment = serializers.IntegerField()
    self_paid = serializers.IntegerField()


YEAR = {"type": "integer", "minimum": 1900, "maximum": date.max.year}


class YearSerializer(serializers.Serializer):
    """The year that is asked for."""

    year = serializers.IntegerField(min_value=1900, max_value=date.max.year, required=False)


class VisitPageSerializer(serializers.Serializer):
    """One page of visits."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = VisitSerializer(many=True)


class VisitsView(PersonView):
    """The medical visits, the latest first."""

    required_scopes = ("visits",)
    query = ("year", "cursor")

    @extend_schema(
        responses=VisitPageSerializer,
        operation_id="me_visits",
        tags=["me"],
        parameters=[OpenApiParameter("year", YEAR, description="Visits that began in this year"), CURSOR],
        examples=[
            examples.page(
                {
                    "admitted_on": "2026-03-02",
                    "discharged_on": "2026-03-02",
                    "paid_on": "2026-04-10",
                    "facility": {"code": "01000", "name": "Trạm Y tế phường Ví Dụ"},
                    "disease_code": "J00",
                    "disease": "Viêm mũi họng cấp",
                    "department": "Khám bệnh",
                    "outcome": "recovered",
                    "right_level": True,
                    "total": 250_000,
                    "fund": 200_000,
                    "other": 0,
                    "copayment": 50_000,
                    "self_paid": 0,
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return a page of the visits of the token's person."""
        asked = YearSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows = visits_of(self.person(request).pk)
        if year := asked.validated_data.get("year"):
            rows = [row for row in rows if row.admitted_on.year == year]
        return Response(page_of(request, rows, _visit, size=PAGE))


def _benefit(row: BenefitRow) -> dict[str, Any]:
    return {
        "kind": BENEFIT_WORDS[row.kind],
        "regime": row.regime or None,
        "number": row.number,
        "decided_on": row.decided_on,
        "from": row.from_date,
        "to": row.to_date,
        "amount": row.amount,
        "monthly": row.monthly,
        "months": row.months,
        "reserved_months": row.reserved_months,
        "capacity_loss": row.capacity_loss,
        "payer": row.payer,
        "account": f"•••• {row.account}" if row.account else None,
        "status": row.status,
        "adjustments": [
            {"from": first, "amount": amount, "legal_basis": basis} for first, amount, basis in row.adjustments
        ],
    }


def _visit(row: VisitRow) -> dict[str, Any]:
    facts = row._asdict()
    del facts["id"]
    facility = {"code": facts.pop("facility_code"), "name": facts.pop("facility")}
    return facts | {"facility": facility, "outcome": row.outcome or None}
