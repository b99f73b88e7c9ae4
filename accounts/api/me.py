"""The citizen's own data in the API: `/me`."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from insurance.api.person import PersonView
from vssid.api import examples
from vssid.api.pages import Pages
from vssid.identifiers import mask_tail
from vssid.notices.models import Notice


class MeSerializer(serializers.Serializer):
    """Who the token speaks for; numbers are masked but for their last four signs."""

    bhxh_code = serializers.CharField()
    citizen_id = serializers.CharField(allow_null=True)
    full_name = serializers.CharField()
    date_of_birth = serializers.CharField(help_text="YYYY-MM-DD, or YYYY when only the year is known")
    gender = serializers.ChoiceField(["male", "female"])
    phone = serializers.CharField(allow_null=True)
    address = serializers.CharField()


class MeView(PersonView):
    """The person the access token speaks for."""

    required_scopes = ("profile",)

    @extend_schema(
        responses=MeSerializer,
        operation_id="me",
        tags=["me"],
        examples=[
            examples.answered(
                {
                    "bhxh_code": "0099100001",
                    "citizen_id": "••••••••0001",
                    "full_name": "NGUYỄN THỊ VÍ DỤ",
                    "date_of_birth": "1985-02-09",
                    "gender": "female",
                    "phone": "••••••0001",
                    "address": "Số 0, ngõ Ví Dụ",
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return the person's own data, masked."""
        person = self.person(request)
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
            }
        )


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """One notice, in the language of the request; `url` is a page of the portal or empty."""

    title = serializers.CharField()
    body = serializers.CharField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "title", "body", "url", "created_at", "read_at")


class NoticePagination(Pages):
    """Newest first."""

    ordering = ("-created_at", "-id")


class NoticesView(PersonView, ListAPIView[Notice]):
    """What the portal told the person."""

    required_scopes = ("notices",)
    query = ("cursor",)
    pagination_class = NoticePagination
    serializer_class = NoticeSerializer

    @extend_schema(
        operation_id="me_notices",
        tags=["me"],
        examples=[
            examples.answered(
                {
                    "id": "1b4e28ba-2fa1-4d2b-883f-0016d3cca427",
                    "kind": "request.changed",
                    "title": "Your request is granted",
                    "body": "The result is on its page.",
                    "url": "/dich-vu-cong/",
                    "created_at": "2026-11-22T08:00:00Z",
                    "read_at": None,
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return a page of the notices to the token's person."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Notice]:
        """Return the person's notices; a token of a system speaks for nobody."""
        return Notice.objects.of_family(self.person(self.request).pk)
