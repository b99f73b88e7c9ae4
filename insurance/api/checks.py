"""Whether a card's code or a document of this portal is what it claims to be, for anybody who holds it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insurance import revocations
from insurance.actions.statements import find_statement, same_digest
from vssid.api import examples
from vssid.api.base import Limit, PublicView
from vssid.api.values import Text


class TokenSerializer(serializers.Serializer):
    """The text of a card's QR code."""

    token = Text(max_length=2000, pattern=r"^[!-~]+$")


class VerdictSerializer(serializers.Serializer):
    """How a card's code stands."""

    status = serializers.ChoiceField(["valid", "ended", "revoked", "unknown_key", "invalid"])


class CardVerifyView(PublicView):
    """Check of a card's code with everything the portal knows; without network, see /.well-known/jwks.json."""

    limits = (Limit("cards-verify", 60, "address"),)

    @extend_schema(
        request=TokenSerializer,
        responses=VerdictSerializer,
        operation_id="cards_verify",
        tags=["cards"],
        auth=[],
        examples=[
            examples.asked({"token": "eyJhbGciOiJFUzI1NiJ9.eyJjYXJkIjoi.c2lnbmVk"}),
            examples.answered({"status": "valid"}),
        ],
    )
    def post(self, request: Request) -> Response:
        """Return the verdict on a code."""
        asked = _read(TokenSerializer, request)
        verdict = revocations.check(asked["token"], timezone.now())
        return Response({"status": verdict.status})


class DocumentSerializer(serializers.Serializer):
    """The code printed on a document, and the SHA-256 of the file to compare (64 hexadecimal digits)."""

    code = Text(max_length=40)
    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$", required=False)


class DocumentVerdictSerializer(serializers.Serializer):
    """Whether the portal handed such a document out; `same` tells of the file, null when none was named."""

    status = serializers.ChoiceField(["issued", "unknown"])
    made_at = serializers.DateTimeField(allow_null=True)
    same = serializers.BooleanField(allow_null=True)


class DocumentVerifyView(PublicView):
    """Check of a document that this portal handed out, by the code on it. What it says stays in the file."""

    limits = (Limit("documents-verify", 60, "address"),)

    @extend_schema(
        request=DocumentSerializer,
        responses=DocumentVerdictSerializer,
        operation_id="documents_verify",
        tags=["documents"],
        auth=[],
        examples=[
            examples.asked({"code": "abcde-fghjk-mnpqr-stvwx", "sha256": "0" * 64}),
            examples.answered({"status": "issued", "made_at": "2026-11-22T08:00:00Z", "same": False}),
        ],
    )
    def post(self, request: Request) -> Response:
        """Return whether the code is one of ours, and whether the file is the one that was handed out."""
        asked = _read(DocumentSerializer, request)
        found, digest = find_statement(asked["code"]), asked.get("sha256")
        if found is None:
            return Response({"status": "unknown", "made_at": None, "same": None})
        same = same_digest(found, bytes.fromhex(digest)) if digest else None
        return Response({"status": "issued", "made_at": found.made_at, "same": same})


def _read(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found
