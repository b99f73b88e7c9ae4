"""Pages of lists: `next` and `previous` are addresses with an opaque cursor."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

CURSOR_SCHEMA = {"type": "string", "format": "cursor"}
CURSOR = OpenApiParameter("cursor", CURSOR_SCHEMA, description="Where the page begins, from `next` or `previous`")


class Pages(CursorPagination):
    """Pages of a queryset by its `ordering`, which must tell any two rows apart."""

    page_size = 50

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameter as the other lists describe it."""
        described = {"name": "cursor", "in": "query", "description": CURSOR.description, "schema": CURSOR_SCHEMA}
        return [described]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Return a page's rows. Raises ValidationError for a cursor that is none of ours."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ModelValidationError, ValueError, TypeError, OverflowError, DataError):
            raise _foreign_cursor() from None


def page_of(request: Request, rows: Sequence[Any], shown: Callable[[Any], Any], *, size: int) -> dict[str, Any]:
    """Return a page of a list in memory. Raises ValidationError for a cursor that is none of ours."""
    start = _start_of(request.query_params.get("cursor", ""))
    return {
        "next": _address_of(request, start + size) if len(rows) > start + size else None,
        "previous": _address_of(request, max(start - size, 0)) if start else None,
        "results": [shown(row) for row in rows[start : start + size]],
    }


def _start_of(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        start = int(base64.urlsafe_b64decode(cursor.encode("ascii")).removeprefix(b"o="))
    except (ValueError, binascii.Error):
        start = -1
    if not 0 <= start <= 100_000:
        raise _foreign_cursor()
    return start


def _address_of(request: Request, start: int) -> str:
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(b"o=%d" % start).decode()
    return request.build_absolute_uri(f"?{query.urlencode()}")


def _foreign_cursor() -> serializers.ValidationError:
    return serializers.ValidationError({"cursor": [_("This cursor is not one of ours.")]})


def page_serializer(row: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """Return the shape of a page of these rows, called `name` in the description."""
    members = {
        "__doc__": "One page of a list.",
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "results": row(many=True),
    }
    return type(name, (serializers.Serializer,), members)
