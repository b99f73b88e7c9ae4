"""An application's own events, to be read again from any point of the last month."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vssid.api import examples
from vssid.api.base import ApiView
from vssid.webhooks.models import Event, Kind

PAGE = 100
LAST = 2**62
FURTHER = {"type": "integer", "minimum": 0, "maximum": LAST}
EXAMPLE = {
    "id": "1b4e28ba-2fa1-4d2b-883f-0016d3cca427",
    "number": 41,
    "type": "request.changed",
    "time": "2026-11-22T08:00:00Z",
    "data": {"number": "00103DVC-2026-00107", "consent": "6fa459ea-ee8a-4ca4-894e-db77e160355e"},
}


class EventSerializer(serializers.Serializer):
    """One event, as it is sent to the application's address; `data` holds ids only."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    type = serializers.ChoiceField(Kind.values)
    time = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add `data`, a name that serializers keep for themselves."""
        return {**super().get_fields(), "data": serializers.DictField(child=serializers.CharField())}


class EventPageSerializer(serializers.Serializer):
    """Events in their order; `cursor` is where to go on the next time, when `next` is null as well."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    cursor = serializers.CharField()
    results = EventSerializer(many=True)


class AskedSerializer(serializers.Serializer):
    """The number of the last event that is known."""

    cursor = serializers.IntegerField(min_value=0, max_value=LAST, required=False, default=0)


class EventsView(ApiView):
    """The events of the application that asks."""

    required_scopes = ("events",)
    query = ("cursor",)

    @extend_schema(
        responses=EventPageSerializer,
        operation_id="events",
        tags=["events"],
        parameters=[OpenApiParameter("cursor", FURTHER, description="`cursor` of the last page; 0: from the start")],
        examples=[examples.answered({"next": None, "previous": None, "cursor": "41", "results": [EXAMPLE]})],
    )
    def get(self, request: Request) -> Response:
        """Return a page of events after the cursor."""
        asked = AskedSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        after, token = asked.validated_data["cursor"], cast(Any, request.auth)
        mine = Event.objects.filter(application=token.application_id, number__gt=after)
        events = list(mine.order_by("number")[: PAGE + 1])
        page = events[:PAGE]
        cursor = page[-1].number if page else after
        more = request.build_absolute_uri(f"?cursor={cursor}") if len(events) > PAGE else None
        results = [
            {"id": one.key, "number": one.number, "type": one.kind, "time": one.created_at, "data": one.data}
            for one in page
        ]
        return Response({"next": more, "previous": None, "cursor": str(cursor), "results": results})
