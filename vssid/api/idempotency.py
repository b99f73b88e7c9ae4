"""Idempotency-Key: a write that is repeated happens once, and is answered as the first time.

The first request with a key claims a row, so that a second one at the same moment is told to wait (409). What the write
changes and the answer that is kept are one transaction: after a crash there are both or neither, and an unanswered
claim that is older than any request lives is taken over. Refusals are not kept: they changed nothing, and the corrected
request may use the same key.
"""

import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from vssid.api.models import KeptAnswer
from vssid.api.renderers import JSONRenderer
from vssid.errors import Conflict, DomainError
from vssid.ops.client import place_of

KEPT = timedelta(hours=24)
LONGEST_REQUEST = timedelta(seconds=60)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{8,255}$"},
    OpenApiParameter.HEADER,
    description="8 to 255 visible ASCII signs. For 24 hours the same request with it is answered as the first time",
)

_KEY = re.compile(r"[!-~]{8,255}")
Handler = Callable[..., Response]


class KeyReused(DomainError):
    """The key stood before another request."""

    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was used for another request.")


class InProgress(Conflict):
    """The first request with this key is not answered yet."""

    code = "in_progress"
    message = _("The same request is being worked on. Ask again in a moment.")


def idempotent(handler: Handler | None = None, *, commits_itself: bool = False) -> Any:
    """Make a view's `post`, `put`, `patch` or `delete` take an Idempotency-Key.

    `commits_itself`: the handler needs to commit on its own (it counts the tries of a code, say), and repeating it is
    harmless; then a crash just after its commit means that it runs again.
    """
    if handler is None:
        return functools.partial(idempotent, commits_itself=commits_itself)

    @functools.wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise ValidationError({"Idempotency-Key": [_("A key has 8 to 255 visible ASCII signs.")]})
        at = timezone.now()
        kept = _claim(salted_hmac("api.key", f"{_client(request)}\0{key}", algorithm="sha256").digest(), request, at)
        if kept.status is not None:
            return Response(orjson.loads(kept.body) if kept.body else None, status=kept.status)
        return _first(kept, commits_itself, functools.partial(handler, view, request, *args, **kwargs))

    return once


def forget(*, at: datetime) -> int:
    """Erase answers that nobody may ask for again; return how many."""
    return KeptAnswer.objects.filter(began_at__lt=at - KEPT).delete()[0]


def _claim(digest: bytes, request: Request, at: datetime) -> KeptAnswer:
    """Return the row of this key: ours to answer, or answered. Raises KeyReused or InProgress."""
    mine = KeptAnswer(digest=digest, fingerprint=_fingerprint(request), began_at=at)
    KeptAnswer.objects.filter(digest=digest, began_at__lt=at - KEPT).delete()
    try:
        with transaction.atomic():
            mine.save(force_insert=True)
        return mine
    except IntegrityError:
        found = KeptAnswer.objects.filter(digest=digest).first()
    if found is None:  # refused in this moment
        raise InProgress
    if bytes(found.fingerprint) != mine.fingerprint:
        raise KeyReused
    if found.status is not None:
        return found
    left_behind = KeptAnswer.objects.filter(pk=found.pk, status=None, began_at__lt=at - LONGEST_REQUEST)
    if not left_behind.update(began_at=at):
        raise InProgress
    found.began_at = at
    return found


def _first(kept: KeptAnswer, commits_itself: bool, handle: Callable[[], Response]) -> Response:
    try:
        with nullcontext() if commits_itself else transaction.atomic():
            refusal: Exception | None = None
            try:
                response = handle()
            except (APIException, DomainError) as error:
                # What a refusal wrote down (a try, an entry of the audit log) stays.
                refusal = error
            else:
                if response.status_code < 300:
                    _keep(kept, response)
        if refusal is not None:
            raise refusal
        return response
    finally:
        if kept.status is None:
            KeptAnswer.objects.filter(pk=kept.pk, began_at=kept.began_at, status=None).delete()


def _keep(kept: KeptAnswer, response: Response) -> None:
    """Write the answer down, unless another request took the claim over; then nothing of this one may stay."""
    body = JSONRenderer().render(response.data).decode()
    mine = KeptAnswer.objects.filter(pk=kept.pk, began_at=kept.began_at, status=None)
    if not mine.update(status=response.status_code, body=body):
        raise RuntimeError("this request took too long, another one has its Idempotency-Key now")
    kept.status = response.status_code


def _client(request: Request) -> str:
    """Who the key belongs to: an application and its citizen, the holder of a token of another kind, an address."""
    token: Any = request.auth
    if token is not None:
        return f"application:{token.application_id}:{token.user_id or ''}"
    return request.headers.get("Authorization") or f"address:{place_of(request._request)}"


def _fingerprint(request: Request) -> bytes:
    """Hash method, path and what the body says; two writings of one form or document are the same."""
    seen = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in _parts(request):
        seen.update(part)
    return seen.digest()


def _parts(request: Request) -> Iterator[bytes]:
    value: Any
    if not isinstance(request.data, QueryDict):
        # Not orjson: it knows no integer of more than 64 bits.
        yield json.dumps(request.data, sort_keys=True).encode()
        return
    for name, values in sorted(request.data.lists()):
        for value in values:
            if hasattr(value, "chunks"):
                digest = hashlib.sha256()
                for chunk in value.chunks():
                    digest.update(chunk)
                value.seek(0)
                value = digest.hexdigest()
            yield f"{len(name)}:{name}={len(value)}:{value}\n".encode("utf-8", "surrogatepass")
