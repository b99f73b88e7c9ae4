"""The insurance records of the token's person: card and contributions."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insurance import card_tokens
from insurance.api.person import PAGE, PersonView
from insurance.reads.cards import card_of
from insurance.reads.contributions import KIND_WORDS, KINDS, STATUS_WORDS, PeriodRow, contributions_of, summary_of
from vssid.api import examples
from vssid.api.pages import CURSOR, page_of
from vssid.errors import NotFound

FUNDS = {"type": "string", "pattern": "^({0})(,({0}))*$".format("|".join(KINDS))}


class FacilitySerializer(serializers.Serializer):
    """Where the card's holder goes first."""

    code = serializers.CharField()
    name = serializers.CharField()


class CardSerializer(serializers.Serializer):
    """A BHYT card; all but `status` is null when there is none."""

    number = serializers.CharField(allow_null=True)
    object_code = serializers.CharField(allow_null=True)
    level = serializers.IntegerField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    facility = FacilitySerializer(allow_null=True)
    five_years_from = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(["valid", "expiring", "ended", "none"])


class CardView(PersonView):
    """The BHYT card in force, else the last one."""

    required_scopes = ("card",)

    @extend_schema(
        responses=CardSerializer,
        operation_id="me_card",
        tags=["me"],
        examples=[
            examples.answered(
                {
                    "number": "DN4010099100001",
                    "object_code": "DN",
                    "level": 4,
                    "valid_from": "2026-01-01",
                    "valid_to": "2026-12-31",
                    "facility": {"code": "01000", "name": "Trạm Y tế phường Ví Dụ"},
                    "five_years_from": "2027-01-01",
                    "status": "valid",
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return the card of the token's person."""
        card = card_of(self.person(request).pk, timezone.localdate())
        if card is None:
            empty = dict.fromkeys(CardSerializer().fields)
            return Response({**empty, "status": "none"})
        answer = {
            "number": card.number,
            "object_code": card.object_code,
            "level": card.level,
            "valid_from": card.valid_from,
            "valid_to": card.valid_to,
            "facility": {"code": card.facility_code, "name": card.facility_name},
            "five_years_from": card.five_years_from,
            "status": card.status.value,
        }
        return Response(answer)


class CardCodeSerializer(serializers.Serializer):
    """The code of the card for a screen, and when it ends."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class CardCodeView(PersonView):
    """The code that a clinic scans, made anew at each call."""

    required_scopes = ("card",)

    @extend_schema(
        responses=CardCodeSerializer,
        operation_id="me_card_qr",
        tags=["me"],
        examples=[examples.answered({"token": "eyJhbGciOiJFUzI1NiJ9.…", "expires_at": "2026-11-22T08:05:00Z"})],
    )
    def get(self, request: Request) -> Response:
        """Return a code of the card in force; 404 without one."""
        person, now = self.person(request), timezone.now()
        card = card_of(person.pk, timezone.localdate(now))
        if card is None or not card.usable:
            raise NotFound
        token, expires_at = card_tokens.sign(card.says_of(person), now)
        return Response({"token": token, "expires_at": expires_at})


class PeriodSerializer(serializers.Serializer):
    """Months in a row at one employer on one salary; months are YYYY-MM, the salary is in đồng."""

    kind = serializers.ChoiceField(sorted(KINDS))
    to = serializers.RegexField(r"^\d{4}-\d{2}$")
    employer = serializers.CharField()
    position = serializers.CharField()
    salary = serializers.IntegerField()
    status = serializers.ChoiceField(sorted(STATUS_WORDS.values()))

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add `from`, which Python keeps for itself."""
        return {"from": serializers.RegexField(r"^\d{4}-\d{2}$"), **super().get_fields()}


class PeriodPageSerializer(serializers.Serializer):
    """One page of periods."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PeriodSerializer(many=True)


class ContributionsView(PersonView):
    """The contribution history, by fund and then by time."""

    required_scopes = ("contributions",)
    query = ("kind", "cursor")

    @extend_schema(
        responses=PeriodPageSerializer,
        operation_id="me_contributions",
        tags=["me"],
        parameters=[
            OpenApiParameter("kind", FUNDS, description="Funds, comma-separated: bhxh,bhtn,tnld,bhyt"),
            CURSOR,
        ],
        examples=[
            examples.page(
                {
                    "kind": "bhxh",
                    "from": "2024-01",
                    "to": "2024-12",
                    "employer": "Công ty TNHH Ví Dụ",
                    "position": "Nhân viên",
                    "salary": 8_000_000,
                    "status": "paid",
                }
            )
        ],
    )
    def get(self, request: Request) -> dict[str, Any]:
        """Return a page of the periods of the token's person."""
        kinds = _kinds(request.query_params.get("kind"))
        rows = contributions_of(self.person(request).pk, kinds.pop() if len(kinds) == 1 else None)
        if kinds:
            rows = [row for row in rows if row[0] in kinds]
        return page_of(request, rows, _period, size=PAGE)


class TotalSerializer(serializers.Serializer):
    """Whole months of one fund."""

    months = serializers.IntegerField()
    owed_months = serializers.IntegerField()


class SummarySerializer(serializers.Serializer):
    """The totals of every fund."""

    bhxh = TotalSerializer()
    bhtn = TotalSerializer()
    tnld = TotalSerializer()
    bhyt = TotalSerializer()


class ContributionSummaryView(PersonView):
    """Months paid and months owed, per fund."""

    required_scopes = ("contributions",)

    @extend_schema(
        responses=SummarySerializer,
        operation_id="me_contributions_summary",
        tags=["me"],
        examples=[
            examples.answered(
                {
                    "bhxh": {"months": 60, "owed_months": 0},
                    "bhtn": {"months": 48, "owed_months": 2},
                    "tnld": {"months": 48, "owed_months": 0},
                    "bhyt": {"months": 60, "owed_months": 0},
                }
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return the totals of the token's person."""
        totals = summary_of(self.person(request).pk)
        answer = {word: {"months": 0, "owed_months": 0} for word in KINDS}
        for kind, total in totals.items():
            answer[KIND_WORDS[kind]] = {"months": total.months, "owed_months": total.owed_months}
        return Response(answer)


def _kinds(text: str | None) -> set[int]:
    if text is None:
        return set()
    words = set(text.split(","))
    if unknown := words - KINDS.keys():
        known = ", ".join(KINDS)
        raise serializers.ValidationError(
            {"kind": [_("%(word)s is not a fund; there are %(known)s.") % {"word": sorted(unknown)[0], "known": known}]}
        )
    return {KINDS[word] for word in words}


class _Months(dict[date, str]):
    """Day → its month as YYYY-MM. A person's periods name the same months again and again, and so do all persons'."""

    def __missing__(self, day: date) -> str:
        self[day] = text = f"{day.year}-{day.month:02}"
        return text


_MONTHS = _Months()


def _period(row: PeriodRow) -> dict[str, str | int]:
    kind, first, last, employer, occupation, salary, status, _place = row
    return {
        "kind": KIND_WORDS[kind],
        "from": _MONTHS[first],
        "to": _MONTHS[last],
        "employer": employer,
        "position": occupation,
        "salary": salary,
        "status": STATUS_WORDS[status],
    }
