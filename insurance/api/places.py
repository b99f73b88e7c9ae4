"""The map for anybody: provinces, wards, offices, health facilities, found as on the portal's own pages."""

from typing import Any

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insurance.models import Facility, Province, Ward
from insurance.reads import places
from insurance.reads.places import Found
from vssid.api import examples
from vssid.api.base import PublicView
from vssid.api.pages import CURSOR, Pages, page_of, page_serializer

PAGE = 200
CODE = {"type": "string", "pattern": "^[0-9]{2}$"}
PROVINCE = OpenApiParameter("province", CODE, description="Two-digit code of the province")
WORDS = OpenApiParameter(
    "q",
    OpenApiTypes.STR,
    description="Words of name, code or address, or their beginnings; accents do not matter",
)


class ByCode(Pages):
    """In the order of the codes."""

    ordering = "code"
    page_size = PAGE


class ProvinceSerializer(serializers.Serializer):
    """A province or city; `former` are the names before 2025-07-01 of what it was made from."""

    code = serializers.CharField()
    name = serializers.CharField()
    former = serializers.ListField(child=serializers.CharField())


class ProvincesView(PublicView):
    """Provinces and cities."""

    query = ("cursor",)

    @extend_schema(
        responses=page_serializer(ProvinceSerializer, "ProvincePage"),
        parameters=[CURSOR],
        operation_id="provinces",
        tags=["places"],
        auth=[],
        examples=[examples.page({"code": "01", "name": "Hà Nội", "former": ["Hà Nội"]})],
    )
    def get(self, request: Request) -> Response:
        """Return all of them by code."""
        rows = list(places.provinces().prefetch_related("former").order_by("code"))
        return Response(page_of(request, rows, _province, size=PAGE))


class WardSerializer(serializers.Serializer):
    """A ward, commune or special zone."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(sorted(Ward.Kind.values))
    province = serializers.CharField()


class WardsView(PublicView):
    """Wards, communes and special zones of a province."""

    query = ("province", "cursor")

    @extend_schema(
        responses=page_serializer(WardSerializer, "WardPage"),
        parameters=[
            OpenApiParameter("province", CODE, required=True, description=str(PROVINCE.description)),
            CURSOR,
        ],
        operation_id="wards",
        tags=["places"],
        auth=[],
        examples=[examples.page({"code": "00004", "name": "Ba Đình", "kind": "ward", "province": "01"})],
    )
    def get(self, request: Request) -> Response:
        """Return those of one province by code."""
        wards = Ward.objects.filter(Q(valid_to=None), province=_province_asked(request)).order_by("code")
        rows = list(wards.values("code", "name", "kind", "province"))
        return Response(page_of(request, rows, dict, size=PAGE))


class OfficeSerializer(serializers.Serializer):
    """A BHXH office; `parent` is the provincial office above it."""

    code = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    province = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
    opening_hours = serializers.CharField()


class OfficesView(PublicView):
    """BHXH offices, of one province or of all."""

    query = ("province", "q", "cursor")

    @extend_schema(
        responses=page_serializer(OfficeSerializer, "OfficePage"),
        parameters=[PROVINCE, WORDS, CURSOR],
        operation_id="offices",
        tags=["places"],
        auth=[],
        examples=[
            examples.page(
                {
                    "code": "00108",
                    "name": "BHXH cơ sở Ví Dụ",
                    "parent": "00100",
                    "province": "01",
                    "address": "Số 1, đường Ví Dụ",
                    "phone": "19009068",
                    "opening_hours": "T2–T6 8:00–17:00",
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return the offices by code; `q` finds those that serve a ward of this name, too."""
        found = places.offices(on=timezone.localdate(), **_asked(request))
        return _page(self, request, found, OfficeSerializer)


class FacilityFoundSerializer(serializers.Serializer):
    """A health facility."""

    code = serializers.CharField()
    name = serializers.CharField()
    province = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
    opening_hours = serializers.CharField()
    level = serializers.ChoiceField(Facility.Level.values, allow_blank=True, help_text="Empty when it is not known")
    contracted = serializers.BooleanField(help_text="Treats people with BHYT cards")
    registers = serializers.BooleanField(help_text="People can register there for first care")
    certifies_leave = serializers.BooleanField(help_text="May certify sick leave")
    made_up = serializers.BooleanField(help_text="Made up for the demonstration")


class FacilitiesView(PublicView):
    """Health facilities, of one province or of all."""

    query = ("province", "q", "registers", "cursor")

    @extend_schema(
        responses=page_serializer(FacilityFoundSerializer, "FacilityPage"),
        parameters=[
            PROVINCE,
            WORDS,
            OpenApiParameter("registers", OpenApiTypes.BOOL, description="Only where one can register for first care"),
            CURSOR,
        ],
        operation_id="facilities",
        tags=["places"],
        auth=[],
        examples=[
            examples.page(
                {
                    "code": "01000",
                    "name": "Trạm Y tế phường Ví Dụ",
                    "province": "01",
                    "address": "Số 2, đường Ví Dụ",
                    "phone": "",
                    "opening_hours": "",
                    "level": "",
                    "contracted": True,
                    "registers": True,
                    "certifies_leave": False,
                    "made_up": True,
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return the facilities by code."""
        registers = request.query_params.get("registers")
        if registers not in {None, "true", "false"}:
            raise serializers.ValidationError({"registers": [_("Say true or false.")]})
        only = {None: None, "true": True, "false": False}[registers]
        found = places.facilities(on=timezone.localdate(), registers=only, **_asked(request))
        return _page(self, request, found, FacilityFoundSerializer)


def _page(view: PublicView, request: Request, found: Found[Any], row: type[serializers.Serializer]) -> Response:
    """Answer with a page by code; what is spelt nearly so is ten rows at most, the nearest first."""
    names = list(row().get_fields())
    if found.near:
        return Response(page_of(request, [_row(one, names) for one in found.rows], dict, size=PAGE))
    pages = ByCode()
    rows = pages.paginate_queryset(found.rows, request, view=view) or []
    return Response(pages.get_paginated_response([_row(one, names) for one in rows]).data)


def _row(place: Model, names: list[str]) -> dict[str, Any]:
    keys = {"province": "province_id", "parent": "parent_id"}
    return {name: getattr(place, keys.get(name, name)) for name in names}


def _asked(request: Request) -> dict[str, Any]:
    asked = {"text": request.query_params.get("q", "")}
    return asked | ({"province": _province_asked(request)} if "province" in request.query_params else {})


def _province_asked(request: Request) -> str:
    code = request.query_params.get("province", "")
    if not (len(code) == 2 and code.isascii() and code.isdigit()):
        raise serializers.ValidationError({"province": [_("A province has a code of two digits.")]})
    return code


def _province(province: Province) -> dict[str, Any]:
    former = sorted(one.name for one in province.former.all())
    return {"code": province.code, "name": province.name, "former": former}
