"""Records brought in by systems: batches of rows, as the command `import_records` takes them from files."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insurance.actions.imports import import_rows
from insurance.actions.records import IMPORT_KINDS
from insurance.actions.records.fields import Row
from insurance.actions.records.files import as_text
from vssid.api import examples
from vssid.api.base import ApiView, Limit
from vssid.api.idempotency import IDEMPOTENCY_KEY, idempotent

MOST_ROWS = 5_000
MOST_BODY = 4 * 1024 * 1024
COLUMNS = "; ".join(
    f"`{kind}`: {', '.join(sorted(known.required))}"
    + (f" ({', '.join(sorted(known.optional))})" if known.optional else "")
    for kind, known in IMPORT_KINDS.items()
)


@extend_schema_field(
    {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_ROWS,
        "items": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}},
    }
)
class RowsField(serializers.Field):
    """Rows of plain values, as the columns of a CSV file have them. Plain code, for it is run for millions."""

    default_error_messages = {
        "list": _("Send a list of objects."),
        "count": _("Send from 1 to {most} rows at once."),
        "value": _("Row {row} is no object of plain values."),
    }

    def to_internal_value(self, data: Any) -> list[Row]:
        """Return the rows as text."""
        if not isinstance(data, list):
            self.fail("list")
        if not 1 <= len(data) <= MOST_ROWS:
            self.fail("count", most=MOST_ROWS)
        return [self._row(number, row) for number, row in enumerate(data, start=1)]

    def _row(self, number: int, row: Any) -> Row:
        try:
            return {name: as_text(value) for name, value in row.items()}
        except (AttributeError, ValueError):
            self.fail("value", row=number)


class ImportSerializer(serializers.Serializer):
    """What comes in: one kind of records."""

    kind = serializers.ChoiceField(list(IMPORT_KINDS))
    rows = RowsField(
        help_text=format_lazy(
            "{} {}", _("At least these columns of each row; those in brackets may be left out."), COLUMNS
        )
    )


class RefusedSerializer(serializers.Serializer):
    """A row that was not taken, counted from 1, and why, by column."""

    row = serializers.IntegerField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.DictField()))  # type: ignore[assignment]


class ImportedSerializer(serializers.Serializer):
    """How many rows were taken, and those that were not; they cost the others nothing."""

    accepted = serializers.IntegerField()
    refused = RefusedSerializer(many=True)


class RecordsImportView(ApiView):
    """Insured persons, cards, periods, benefits, visits and what belongs to them, from the agency's own systems."""

    required_scopes = ("records:write",)
    limits = (Limit("imports", 120, "application"),)
    most_bytes = MOST_BODY

    @extend_schema(
        request=ImportSerializer,
        responses=ImportedSerializer,
        parameters=[IDEMPOTENCY_KEY],
        operation_id="records_import",
        tags=["records"],
        examples=[
            examples.asked(
                {
                    "kind": "periods",
                    "rows": [
                        {
                            "bhxh_code": "0099100001",
                            "kind": "bhxh",
                            "from": "2024-01",
                            "to": "2026-10",
                            "employer": "TZ0001M",
                            "position": "Công nhân may",
                            "salary": 8_000_000,
                            "status": "paid",
                        }
                    ],
                },
                "Periods",
            ),
            examples.asked(
                {
                    "kind": "cards",
                    "rows": [
                        {
                            "source_key": "vi-du-1",
                            "bhxh_code": "0099100001",
                            "number": "DN4010099100001",
                            "valid_from": "2026-01-01",
                            "valid_to": "2026-12-31",
                            "facility": "01000",
                        }
                    ],
                },
                "Cards",
            ),
            examples.answered(
                {
                    "accepted": 1,
                    "refused": [
                        {
                            "row": 2,
                            "errors": {"employer": [{"code": "row_refused", "message": "There is no such employer."}]},
                        }
                    ],
                }
            ),
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take the rows that can be; each is known by its source's key, so sending it again changes nothing."""
        token: Any = request.auth
        if token.user_id is not None:
            raise PermissionDenied
        asked = ImportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by = f"application:{token.application.client_id}"
        report = import_rows(asked.validated_data["kind"], asked.validated_data["rows"], at=timezone.now(), by=by)
        refused = [
            {
                "row": row.row,
                "errors": {field: [{"code": "row_refused", "message": text}] for field, text in row.errors.items()},
            }
            for row in report.refused
        ]
        return Response({"accepted": report.accepted, "refused": refused})
