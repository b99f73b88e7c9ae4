"""The citizen's own data in the API: `/me`."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vssid.errors import NotFound
from vssid.identifiers import mask_tail


class MeSerializer(serializers.Serializer):
    """Who the token speaks for; numbers are masked but for their last four signs."""

    bhxh_code = serializers.CharField()
    citizen_id = serializers.CharField(allow_null=True)
    full_name = serializers.CharField()
    date_of_birth = serializers.CharField(help_text="YYYY-MM-DD, or YYYY when only the year is known")
    gender = serializers.ChoiceField(["male", "female"])
    phone = serializers.CharField(allow_null=True)
    address = serializers.CharField()


class MeView(APIView):
    """The person the access token speaks for."""

    required_scopes = ("profile",)

    @extend_schema(responses=MeSerializer, operation_id="me", tags=["me"])
    def get(self, request: Request) -> Response:
        """Return the person's own data, masked."""
        person = getattr(request._request, "insured_person", None)
        if person is None:
            raise NotFound
        born, phone = person.date_of_birth, getattr(request.user, "phone", None)
        return Response(
            {
                "bhxh_code": person.bhxh_code,
                "citizen_id": mask_tail(person.citizen_id) if person.citizen_id else None,
                "full_name": person.full_name,
                "date_of_birth": str(born.year) if person.birth_year_only else born.isoformat(),
                "gender": person.gender,
                "phone": mask_tail(phone) if phone else None,
                "address": person.address,
            },
            headers={"Cache-Control": "no-store"},
        )
