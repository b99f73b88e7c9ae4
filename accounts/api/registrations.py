"""Registration by programs: the declaration, its photos, the code, sending it; the same acts and limits as the pages.

The first call answers a token that goes in `Authorization: Registration …` of the others. A dossier that an officer
returned is corrected on the portal's own pages, where its applicant proves the phone anew.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import begun, photos, registration_tokens
from accounts.actions import drafts, otp, registration
from accounts.api.registration_shapes import (
    EXAMPLE,
    ID,
    PHOTO_FILES,
    PHOTOS,
    BegunSerializer,
    CodeSentSerializer,
    ConfirmationSerializer,
    DeclarationSerializer,
    PhotosSerializer,
    RegistrationSerializer,
    SentSerializer,
    registration_of,
)
from accounts.dossiers import reopening
from accounts.dossiers.models import DossierStatus
from accounts.forms.registration import places_of
from accounts.models import RegistrationDossier
from accounts.models.registration import PhotoSlot
from accounts.photos import MOST_BODY
from accounts.rules.declaration import FIELDS, read_declaration
from vssid.api import examples
from vssid.api.base import WRITES, ApiView
from vssid.api.idempotency import IDEMPOTENCY_KEY, idempotent
from vssid.api.parsers import JSONParser
from vssid.api.problems import FilesInvalid
from vssid.errors import NotFound
from vssid.identifiers import mask_phone
from vssid.ops import clock, gates


class RegistrationAuthentication(BaseAuthentication):
    """`Authorization: Registration <token>`: speaks for one declaration and for nobody."""

    def authenticate(self, request: Request) -> None:
        """Set `request.registration` and its key; whoever holds the token is still nobody who is logged in."""
        word, _blank, token = request.headers.get("Authorization", "").partition(" ")
        if word.lower() == "registration":
            request._request.registration_token = token.strip() or None  # type: ignore[attr-defined]

    def authenticate_header(self, request: Request) -> str:
        """Say what is missing."""
        return "Registration"


class HoldsToken(BasePermission):
    """The token is that of the registration in the address."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Set the view's `dossier` and `key`. Raises NotFound where the token is another registration's."""
        token = getattr(request._request, "registration_token", None)
        if token is None:
            return False
        wanted: UUID = view.kwargs["id"]
        key = registration_tokens.key_in(token, wanted)
        found = RegistrationDossier.objects.filter(public_id=wanted).first() if key else None
        if found is None or drafts.is_over(found, timezone.now()):
            raise NotFound
        view.dossier, view.key = found, key
        return True


class RegistrationsView(ApiView):
    """Begin a registration with the declaration."""

    authentication_classes = ()
    permission_classes = ()
    limits = WRITES
    # Beyond the soft limit of an address a task is to be solved.
    refusals = ("403",)

    @extend_schema(
        request=DeclarationSerializer,
        responses={201: BegunSerializer},
        parameters=[IDEMPOTENCY_KEY],
        operation_id="registrations_begin",
        tags=["registrations"],
        auth=[],
        examples=[
            examples.asked(
                {
                    "bhxh_code": "0199000199",
                    "full_name": "Nguyễn Thị Ví Dụ",
                    "date_of_birth": "1985-02-09",
                    "gender": "female",
                    "id_type": "cccd",
                    "id_number": "001185000199",
                    "phone": "0912345678",
                    "province": "01",
                    "ward": "00256",
                    "address": "Số 0, ngõ Ví Dụ",
                    "office": "00103",
                }
            ),
            examples.answered({"id": ID, "token": "kC3…x0.9f86d081…", "expires_at": "2026-11-23T08:00:00Z"}),
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep the declaration as a draft for a day and return its token."""
        asked = DeclarationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        typed = {name: asked.validated_data.get(name, "") for name in FIELDS}
        declaration = read_declaration(typed, places=places_of(typed), today=timezone.localdate())
        begun.count_begun(request._request)
        draft = drafts.keep_declaration(
            declaration=declaration, dossier=None, language=get_language() or "vi", at=timezone.now()
        )
        answer = {
            "id": draft.public_id,
            "token": registration_tokens.issue(draft.public_id),
            "expires_at": draft.created_at + drafts.LIFE,
        }
        return Response(answer, status=201)


class HeldView(ApiView):
    """A view of one registration for whoever holds its token."""

    authentication_classes = (RegistrationAuthentication,)
    permission_classes = (HoldsToken,)
    dossier: RegistrationDossier
    key: str

    def draft(self) -> RegistrationDossier:
        """Return the registration while it can be written in. Raises AlreadySubmitted."""
        if self.dossier.status != DossierStatus.DRAFT:
            raise drafts.AlreadySubmitted
        return self.dossier


class RegistrationView(HeldView):
    """Where a registration stands."""

    @extend_schema(
        responses=RegistrationSerializer,
        operation_id="registration",
        tags=["registrations"],
        examples=[examples.answered(EXAMPLE, "A photo of three")],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Return its state, number, photos, and what an officer said."""
        reopening.note_reading(self.dossier, actor="anonymous", at=timezone.now())
        return Response(registration_of(self.dossier))


class RegistrationPhotosView(HeldView):
    """Add photos to a registration."""

    limits = WRITES
    parser_classes = (MultiPartParser, JSONParser)
    most_bytes = MOST_BODY
    refusals = ("503",)

    @extend_schema(
        request={"multipart/form-data": PHOTO_FILES, "application/json": PhotosSerializer},
        responses=RegistrationSerializer,
        parameters=[IDEMPOTENCY_KEY],
        operation_id="registration_photos",
        tags=["registrations"],
        examples=[
            OpenApiExample("Base64", {"portrait": "/9j/4AAQSkZJRg…"}, request_only=True, media_type="application/json"),
            examples.answered(EXAMPLE),
        ],
    )
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Keep the photos that can be used; another one of the same name takes the place of the first."""
        draft = self.draft()
        _added, wrong = drafts.keep_photos(dossier=draft, given=_given(request), at=timezone.now())
        if wrong:
            raise FilesInvalid(wrong)
        return Response(registration_of(draft))


class RegistrationCodeView(HeldView):
    """Send the code that proves the phone."""

    limits = WRITES

    @extend_schema(
        request=None,
        responses=CodeSentSerializer,
        parameters=[IDEMPOTENCY_KEY],
        operation_id="registration_otp",
        tags=["registrations"],
        examples=[examples.answered({"phone": "••••••5678", "expires_at": "2026-11-22T08:05:00Z"})],
    )
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Send a code by SMS once all photos are there."""
        draft, now = self.draft(), clock.now()
        if drafts.missing_photos(draft):
            raise registration.PhotosMissing
        visitor = gates.visitor(request._request, "otp")
        registration.send_code(dossier=draft, browser_key=self.key, visitor=visitor, at=now)
        return Response({"phone": mask_phone(draft.phone), "expires_at": now + otp.LIFE})


class NoCode(otp.OtpExpired):
    """Sent without a code that could prove the phone: a step was skipped, or it took too long."""

    status = 409


class RegistrationSubmitView(HeldView):
    """Send a registration."""

    limits = WRITES

    @extend_schema(
        request=ConfirmationSerializer,
        responses=SentSerializer,
        parameters=[IDEMPOTENCY_KEY],
        operation_id="registration_submit",
        tags=["registrations"],
        examples=[
            examples.asked({"otp": "123456", "consent": True}),
            examples.answered({"number": "00103GD/2026/00107", "status": "submitted", "due_on": "2026-11-27"}),
        ],
    )
    @idempotent(commits_itself=True)
    def post(self, request: Request, id: UUID) -> Response:
        """Send the declaration with the code and the consent; return the dossier's number."""
        asked = ConfirmationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        draft, now = self.draft(), clock.now()
        try:
            proof = otp.check(
                code=asked.validated_data["otp"], browser_key=self.key, at=now, **registration.proof_of(draft)
            )
        except otp.OtpExpired as error:
            raise NoCode from error
        sent = registration.submit(dossier=draft, proof=proof, at=now)
        begun.count_finished(request._request)
        return Response({"number": sent.number, "status": sent.status, "due_on": sent.due_on})


def _given(request: Request) -> dict[str, Callable[[], photos.Photo]]:
    """Return how to read each photo that came. Raises ValidationError when there is none."""
    found: dict[str, Callable[[], photos.Photo]] = {}
    for name in PHOTOS:
        sent = request.data.get(name) if hasattr(request.data, "get") else None
        reads_qr = name == PhotoSlot.ID_FRONT
        if isinstance(sent, UploadedFile):
            found[name] = partial(photos.read_upload, sent, qr=reads_qr)
        elif isinstance(sent, str):
            found[name] = partial(photos.read_base64, sent, qr=reads_qr)
        elif sent is not None:
            raise serializers.ValidationError({name: [_("Send a file, or its bytes as text in base64.")]})
    if not found:
        raise serializers.ValidationError({"portrait": [_("Send at least one photo.")]})
    return found
