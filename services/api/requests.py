"""Requests for public services by applications that act for a citizen; the same acts and limits as the pages.

A request is begun with its answers, gets its papers, and is sent with a code that the citizen receives: consent alone
signs nothing. One that an office returned is corrected and sent the same way. What needs a fresh proof of identity is
filed, corrected and withdrawn on the portal's own pages.
"""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import otp
from accounts.api.registration_shapes import CodeSentSerializer
from accounts.dossiers import reopening
from accounts.dossiers.models import CHANGEABLE, DossierStatus
from accounts.models import OneTimeCode
from accounts.photos import MOST_BODY
from insurance.api.person import PersonView
from insurance.models import InsuredPerson
from services import procedures
from services.actions import papers as paper_actions
from services.actions import requests as actions
from services.api.request_shapes import (
    DETAIL,
    DRAFT,
    SUMMARY,
    AnswersSerializer,
    FilingSerializer,
    RequestSerializer,
    RequestSummarySerializer,
    SigningSerializer,
    detail,
    summary,
)
from services.forms.procedures import Places
from services.models import ServiceRequest
from services.procedures.definition import Procedure
from services.reads import known_of, office_for
from services.rules.json_answers import read_json
from vssid.api import examples
from vssid.api.base import READS, WRITES, Limit
from vssid.api.idempotency import IDEMPOTENCY_KEY, idempotent
from vssid.api.pages import CURSOR, Pages, page_serializer
from vssid.api.problems import FilesInvalid
from vssid.errors import Conflict, DomainError, NotFound
from vssid.identifiers import mask_phone
from vssid.ops import clock

STATUSES = list(DossierStatus.values)
NUMBER = OpenApiParameter(
    "number",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="The request's number, each `/` written `-`, or its id",
)


FILES = {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}, "minProperties": 1}


class PagesOnly(DomainError):
    """This service needs a fresh proof of identity."""

    code = "pages_only"
    status = 403
    message = _("This service is asked for on the portal's own pages, with a fresh proof of who you are.")


class NoCode(otp.OtpExpired):
    """Sent without a code that could sign it: a step was skipped, or it took too long."""

    status = 409


class NewestFirst(Pages):
    """The newest first."""

    ordering = ("-created_at", "-id")


class RequestView(PersonView):
    """A view of one's own requests: those that this account filed about its own person."""

    def own(self, request: Request, person: InsuredPerson) -> Any:
        """Return the requests of the token's citizen."""
        own = ServiceRequest.objects.filter(account=request.user.pk, person=person)
        return own.select_related("office", "account", "person__ward")

    def found(self, request: Request, number: str) -> ServiceRequest:
        """Return one of them by number or id. Raises NotFound."""
        own = self.own(request, self.person(request))
        try:
            one: ServiceRequest | None = own.filter(public_id=UUID(number)).first()
        except ValueError:
            one = own.filter(number=number.replace("-", "/")).first()
        if one is None or (one.status == DossierStatus.DRAFT and one.created_at + actions.LIFE <= timezone.now()):
            raise NotFound
        return one


class RequestsView(RequestView):
    """Requests of the citizen; begin another one."""

    query = ("status", "cursor")

    @property
    def required_scopes(self) -> tuple[str, ...]:  # type: ignore[override]
        """Reading and writing are allowed apart."""
        return ("requests:write",) if self.request and self.request.method == "POST" else ("requests",)

    @property
    def limits(self) -> tuple[Limit, ...]:  # type: ignore[override]
        """Return the limits of the method."""
        return WRITES if self.request and self.request.method == "POST" else READS

    @extend_schema(
        responses=page_serializer(RequestSummarySerializer, "RequestPage"),
        parameters=[
            OpenApiParameter("status", OpenApiTypes.STR, enum=STATUSES, description="Only requests in this state"),
            CURSOR,
        ],
        operation_id="me_requests",
        tags=["requests"],
        examples=[examples.page(SUMMARY)],
    )
    def get(self, request: Request) -> Response:
        """Return a page of the requests, the newest first."""
        own, pages = self.own(request, self.person(request)), NewestFirst()
        if (status := request.query_params.get("status")) is not None:
            if status not in STATUSES:
                raise serializers.ValidationError({"status": [_("There is no such state.")]})
            own = own.filter(status=status)
        rows = pages.paginate_queryset(own, request, view=self) or []
        return Response(pages.get_paginated_response([summary(one) for one in rows]).data)

    @extend_schema(
        request=FilingSerializer,
        responses={201: RequestSerializer},
        parameters=[IDEMPOTENCY_KEY],
        operation_id="me_requests_begin",
        tags=["requests"],
        examples=[
            examples.asked({"procedure": "feedback", "answers": {"topic": "gap", "text": "Thiếu hai tháng năm 2024."}}),
            examples.answered(DRAFT),
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep the answers as a draft for a day; add its papers, then send it with the code."""
        asked = FilingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        procedure = _procedure(asked.validated_data["procedure"])
        draft = _kept(procedure, asked.validated_data["answers"], self.person(request), request, None)
        return Response(detail(draft), status=201)


class OneRequestView(RequestView):
    """One request."""

    required_scopes = ("requests",)

    @extend_schema(
        responses=RequestSerializer,
        parameters=[NUMBER],
        operation_id="me_request",
        tags=["requests"],
        examples=[examples.answered(DETAIL)],
    )
    def get(self, request: Request, number: str) -> Response:
        """Return where it stands, its answers, and what the office said."""
        one = self.found(request, number)
        reopening.note_reading(one, actor=one.account.actor, at=timezone.now())
        return Response(detail(one))


class WritingView(RequestView):
    """A step with a request."""

    required_scopes = ("requests:write",)
    limits = WRITES

    def mine(self, request: Request, number: str) -> ServiceRequest:
        """Return a request that an application may act on. Raises NotFound, PagesOnly."""
        one = self.found(request, number)
        # One that its citizen began on the pages is no more an application's to sign.
        _must_be_open_to_programs(one.procedure)
        return one

    def draft(self, request: Request, number: str) -> ServiceRequest:
        """Return one that can be written in. Raises NotFound, PagesOnly, and Conflict when it was sent."""
        one = self.mine(request, number)
        if one.status not in CHANGEABLE:
            raise Conflict
        return one


class AnswersView(WritingView):
    """Correct the answers of a request."""

    @extend_schema(
        request=AnswersSerializer,
        responses=RequestSerializer,
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        operation_id="me_request_answers",
        tags=["requests"],
        examples=[
            examples.asked({"answers": {"topic": "gap", "text": "Thiếu tháng 3 và tháng 4 năm 2024."}}),
            examples.answered(DRAFT),
        ],
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Keep these answers in place of the former, in a draft or in what an office returned; then send it again."""
        asked = AnswersSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        draft = self.draft(request, number)
        return Response(detail(_kept(draft.procedure, asked.validated_data["answers"], draft.person, request, draft)))


class PapersView(WritingView):
    """Add papers to a request."""

    parser_classes = (MultiPartParser,)
    most_bytes = MOST_BODY
    refusals = ("503",)

    @extend_schema(
        request={
            "multipart/form-data": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}}
        },
        responses=RequestSerializer,
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        operation_id="me_request_papers",
        tags=["requests"],
        examples=[examples.answered(DRAFT)],
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Keep the files, each under the name of its paper; another of the same name takes the place of the first."""
        draft = self.draft(request, number)
        files: dict[str, UploadedFile] = dict(request.FILES.items())
        if not files:
            raise serializers.ValidationError({"": [_("Send at least one file, under the name of its paper.")]})
        errors: dict[str, DomainError] = {}
        for name, upload in files.items():
            try:
                paper_actions.keep(request=draft, name=name, upload=upload, at=timezone.now())
            except DomainError as error:
                errors[name] = error
        if errors:
            raise FilesInvalid(errors)
        return Response(detail(draft))


class CodeView(WritingView):
    """Send the code that signs a request."""

    @extend_schema(
        request=None,
        responses=CodeSentSerializer,
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        operation_id="me_request_otp",
        tags=["requests"],
        examples=[examples.answered({"phone": "••••••5678", "expires_at": "2026-11-22T08:05:00Z"})],
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Send a code to the citizen's phone once all papers are there."""
        draft, now = self.draft(request, number), clock.now()
        if actions.missing_papers(draft):
            raise actions.PapersMissing
        phone = draft.account.phone or ""
        otp.issue(phone=phone, at=now, **_challenge(request, draft))
        return Response({"phone": mask_phone(phone), "expires_at": now + otp.LIFE})


class SubmitView(WritingView):
    """Sign and send a request."""

    @extend_schema(
        request=SigningSerializer,
        responses=RequestSerializer,
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        operation_id="me_request_submit",
        tags=["requests"],
        examples=[examples.asked({"otp": "123456"}), examples.answered(DETAIL)],
    )
    @idempotent(commits_itself=True)
    def post(self, request: Request, number: str) -> Response:
        """Send it with the code that the citizen received; it gets its number."""
        asked = SigningSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        draft, now = self.draft(request, number), clock.now()
        try:
            proof = otp.check(code=asked.validated_data["otp"], at=now, **_challenge(request, draft))
        except otp.OtpExpired as error:
            raise NoCode from error
        known = known_of(draft.person, on=timezone.localdate(now))
        return Response(detail(actions.submit(request=draft, proof=proof, known=known, at=now)))


class WithdrawView(WritingView):
    """Withdraw a request."""

    @extend_schema(
        request=None,
        responses=RequestSerializer,
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        operation_id="me_request_withdraw",
        tags=["requests"],
        examples=[examples.answered({**DETAIL, "status": "withdrawn"})],
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Take it back while it is not decided; the citizen is told. A draft ends by itself with its day."""
        mine = self.mine(request, number)
        return Response(detail(actions.withdraw(request=mine, at=timezone.now(), unseen=True)))


def _procedure(code: str) -> Procedure:
    """Return what can be asked for here. Raises ValidationError, PagesOnly."""
    try:
        procedure = procedures.get(code)
    except procedures.UnknownProcedure as unknown:
        raise serializers.ValidationError({"procedure": [_("There is no such service.")]}) from unknown
    _must_be_open_to_programs(procedure)
    return procedure


def _must_be_open_to_programs(procedure: Procedure) -> None:
    if procedure.proof_minutes is not None:
        raise PagesOnly


def _kept(
    procedure: Procedure, given: Any, person: InsuredPerson, request: Request, draft: ServiceRequest | None
) -> ServiceRequest:
    """Judge answers and keep them in the draft, or in a new one. Raises AnswersInvalid and what `keep` does."""
    known = known_of(person, on=timezone.localdate())
    return actions.keep(
        procedure=procedure,
        person=person,
        account=request.user,  # type: ignore[arg-type]
        office=office_for(person),
        answers=read_json(procedure, given, known=known, register=Places()),
        known=known,
        request=draft,
        at=timezone.now(),
    )


def _challenge(request: Request, draft: ServiceRequest) -> dict[str, Any]:
    """What the code is bound to: the draft as it is now, and the application that the citizen allowed."""
    token: Any = request.auth
    return {
        "purpose": OneTimeCode.Purpose.STEP_UP,
        "subject": actions.signed_as(draft),
        "browser_key": f"application:{token.application_id}",
    }
