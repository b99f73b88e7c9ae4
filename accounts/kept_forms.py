"""A form sent after the session had ended: kept until its owner logs in again, then shown with what was typed.

It is sealed in the browser's new session, at most half an hour; passwords and codes are never kept, nor are files.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from vssid.crypto import DecryptionFailed, decrypt, encrypt

KEPT, SECONDS, MOST_BYTES = "kept_form", 1800, 32_768
CONTEXT = "accounts.kept_form"
NOT_KEPT = ("password", "otp", "csrfmiddlewaretoken", "last6", "action")


def keep_form(request: HttpRequest, user: User, *, at: datetime) -> dict[str, Any] | None:
    """Return what the ended session's user had just sent, to be put into the session that begins; None for nothing."""
    if request.method != "POST" or request.content_type not in FORMS:
        return None
    fields = {name: request.POST.getlist(name) for name in request.POST if not any(part in name for part in NOT_KEPT)}
    typed = json.dumps(fields).encode()
    if not any(value.strip() for values in fields.values() for value in values) or len(typed) > MOST_BYTES:
        return None
    sealed = base64.b64encode(encrypt(typed, context=CONTEXT)).decode()
    return {"user": user.pk, "path": request.path, "at": int(at.timestamp()), "fields": sealed}


FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def carried(request: HttpRequest, user: User, *, at: datetime) -> dict[str, Any] | None:
    """Return what the session keeps for this user, to survive the login; None when it is another's or too old."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    if kept is None or kept["user"] != user.pk or at.timestamp() - kept["at"] > SECONDS:
        return None
    return kept


def kept_fields(request: HttpRequest) -> dict[str, Any]:
    """Return, once, what was typed on this page before the login: initial values of its form, usually none."""
    kept = request.session.get(KEPT)
    if request.method != "GET" or kept is None or (kept["path"], kept["user"]) != (request.path, request.user.pk):
        return {}
    del request.session[KEPT]
    try:
        fields = json.loads(decrypt(base64.b64decode(kept["fields"]), context=CONTEXT))
    except DecryptionFailed:
        return {}
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
