"""Registration dossiers for systems of the offices: list, read, approve, return, refuse, as officers do in the admin.

A system's application belongs to a staff account of its own: that account's posting says which offices, its role says
what may be done, and its name stands in the audit log and in "who looked".
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import review
from accounts.api.dossier_shapes import (
    EXAMPLES,
    ApprovalSerializer,
    DossierPageSerializer,
    DossierSerializer,
    DossierSummarySerializer,
    ReasonsPageSerializer,
    RejectionSerializer,
    ReturnSerializer,
    detail,
    summary,
)
from accounts.dossiers.decisions import AlreadyHandled
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from accounts.permissions import may_decide, may_see_dossiers
from accounts.rules.refusals import REFUSALS
from vssid.api.base import WRITES, ApiView
from vssid.api.idempotency import IDEMPOTENCY_KEY, idempotent
from vssid.api.pages import CURSOR, Pages
from vssid.errors import NotFound

STATUSES = [status for status in DossierStatus.values if status != DossierStatus.DRAFT]
OFFICE = {"type": "string", "pattern": "^[0-9]{5}$"}
NUMBER = OpenApiParameter(
    "number", OpenApiTypes.STR, OpenApiParameter.PATH, description="The dossier's number, each `/` written `-`"
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of the dossier that was read: when it has changed since, nothing is done (412)",
)


class StaffView(ApiView):
    """A view for systems of the offices."""

    required_scopes: tuple[str, ...] = ("dossiers",)

    def staff(self, request: Request) -> User:
        """Return the staff account that the system acts as. Raises PermissionDenied where there is none."""
        token: Any = request.auth
        staff: User | None = token.application.user
        if token.user_id is not None or staff is None or not staff.is_active or staff.frozen_at:
            raise PermissionDenied
        if not may_see_dossiers(staff):
            raise PermissionDenied
        return staff

    def dossier(self, staff: User, number: str) -> RegistrationDossier:
        """Return a dossier of the system's offices. Raises NotFound for any other."""
        found = RegistrationDossier.objects.visible_to(staff).filter(number=number.replace("-", "/"))
        dossier = found.select_related("person__ward__province", "province", "ward").first()
        if dossier is None:
            raise NotFound
        return dossier


class OldestFirst(Pages):
    """In the order in which they wait."""

    ordering = ("submitted_at", "id")


class DossiersView(StaffView):
    """Registration dossiers of the system's offices."""

    query = ("status", "office", "cursor")

    @extend_schema(
        responses=DossierPageSerializer,
        parameters=[
            OpenApiParameter("status", OpenApiTypes.STR, enum=STATUSES, description="Only dossiers in this state"),
            OpenApiParameter("office", OFFICE, description="Only dossiers of the office with this code"),
            CURSOR,
        ],
        operation_id="dossiers",
        tags=["dossiers"],
        examples=[EXAMPLES.page],
    )
    def get(self, request: Request) -> Response:
        """Return a page of them, the longest waiting first; nothing of the declarations is in it."""
        staff, pages = self.staff(request), OldestFirst()
        rows = pages.paginate_queryset(self._asked(request, staff), request, view=self) or []
        answered = pages.get_paginated_response([summary(dossier) for dossier in rows])
        return Response(answered.data)

    def _asked(self, request: Request, staff: User) -> QuerySet[RegistrationDossier]:
        dossiers = RegistrationDossier.objects.visible_to(staff)
        if (status := request.query_params.get("status")) is not None:
            if status not in STATUSES:
                raise serializers.ValidationError({"status": [_("There is no such state.")]})
            dossiers = dossiers.filter(status=status)
        if (office := request.query_params.get("office")) is not None:
            if not (len(office) == 5 and office.isascii() and office.isdigit()):
                raise serializers.ValidationError({"office": [_("An office has a code of five digits.")]})
            dossiers = dossiers.filter(office=office)
        return dossiers


class ReasonsView(StaffView):
    """Reasons with which a dossier can be refused."""

    @extend_schema(
        responses=ReasonsPageSerializer,
        operation_id="dossiers_reasons",
        tags=["dossiers"],
        examples=[EXAMPLES.reasons],
    )
    def get(self, request: Request) -> Response:
        """Return the catalogue: what the citizen reads, how to mend it, on which law it rests."""
        self.staff(request)
        rows = [
            {"reason": code, "title": reason.title, "remedy": reason.remedy, "basis": reason.basis}
            for code, reason in REFUSALS.items()
        ]
        return Response({"next": None, "previous": None, "results": rows})


class DossierView(StaffView):
    """One dossier: the declaration beside the insurance record."""

    @extend_schema(
        responses=DossierSerializer,
        parameters=[NUMBER],
        operation_id="dossier",
        tags=["dossiers"],
        examples=[EXAMPLES.detail],
    )
    def get(self, request: Request, number: str) -> Response:
        """Return it with its version as ETag. Each reading is written down, the citizen sees it."""
        staff = self.staff(request)
        dossier = self.dossier(staff, number)
        review.note_view(dossier=dossier, by=staff, at=timezone.now())
        return Response(detail(dossier), headers={"ETag": f'"{dossier.version}"'})


class DecisionView(StaffView):
    """A decision on the version that was read, or on the present one where none is named."""

    required_scopes = ("dossiers", "dossiers:decide")
    limits = WRITES
    refusals = ("412",)

    def decide(
        self, request: Request, number: str, asks: type[serializers.Serializer], act: Callable[..., RegistrationDossier]
    ) -> Response:
        """Judge the body, then act once; of two decisions on one version the second is refused.

        By 409, by 412 where If-Match named the version.
        """
        staff = self.staff(request)
        if not may_decide(staff):
            raise PermissionDenied
        dossier = self.dossier(staff, number)
        asked = asks(data=request.data, context={"dossier": dossier})
        asked.is_valid(raise_exception=True)
        said: dict[str, Any] = dict(asked.validated_data)
        named = said.pop("version", None)
        version = named or _matched(request, dossier)
        try:
            decided = act(dossier_id=dossier.pk, version=version, by=staff, at=timezone.now(), **said)
        except AlreadyHandled as error:
            if named is None and "If-Match" in request.headers:
                error.status = 412  # RFC 9110 §13.1.1
            raise
        return Response(summary(decided), headers={"ETag": f'"{decided.version}"'})


def _decision(name: str, asks: type[serializers.Serializer], example: OpenApiExample) -> Any:
    return extend_schema(
        request=asks,
        responses=DossierSummarySerializer,
        parameters=[NUMBER, IF_MATCH, IDEMPOTENCY_KEY],
        operation_id=name,
        tags=["dossiers"],
        examples=[example, EXAMPLES.decided],
    )


class ApproveView(DecisionView):
    """Approve a dossier: the account is opened and its login data go out by SMS."""

    @_decision("dossier_approve", ApprovalSerializer, EXAMPLES.approval)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Approve it. `document` says what the applicant showed, unless the identity was proved before."""
        return self.decide(request, number, ApprovalSerializer, review.approve)


class ReturnView(DecisionView):
    """Return a dossier to its applicant, with words beside fields and photos."""

    @_decision("dossier_return", ReturnSerializer, EXAMPLES.returned)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Return it; the citizen reads the reasons and corrects."""
        return self.decide(request, number, ReturnSerializer, review.return_for_changes)


class RejectView(DecisionView):
    """Refuse a dossier for a reason of the catalogue."""

    @_decision("dossier_reject", RejectionSerializer, EXAMPLES.refused)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Refuse it; the citizen reads why, how to mend it and where to object."""
        return self.decide(request, number, RejectionSerializer, review.reject)


def _matched(request: Request, dossier: RegistrationDossier) -> int:
    """Return the version that If-Match names, the present one without it; another ETag is no version (0)."""
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if tag in {"", "*"}:
        return dossier.version
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else 0
