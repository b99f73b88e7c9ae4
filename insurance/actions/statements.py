"""Handing out statements of a contribution history, and telling whether one is ours."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from insurance.models import Statement
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import TooMany

MOST_A_DAY = 10
ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"
"""Without signs that look alike on paper; twenty of them are 98 bits."""
LENGTH = 20


class TooManyStatements(TooMany):
    """Ten statements of one person within a day."""

    message = _("Ten statements were made within a day. Use one of them, or come back tomorrow.")


def issue_statement(
    *, person_id: int, draw: Callable[[str], bytes], by: str, at: datetime, file: str = "statement.pdf"
) -> bytes:
    """Return what `draw` makes for a new code, and keep the code with its SHA-256; `file` names its kind in the log.

    Raises `TooManyStatements`, and what `draw` raises; then nothing is kept.
    """
    since = at - timedelta(days=1)
    if Statement.objects.filter(person_id=person_id, made_at__gt=since).count() >= MOST_A_DAY:
        raise TooManyStatements(retry_after=86_400)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    data = draw(code)
    with transaction.atomic():
        digest = hashlib.sha256(data).digest()
        Statement.objects.create(code=code, person_id=person_id, made_at=at, digest=digest)
        record(Event.DATA_EXPORTED, actor=by, subject=f"person:{person_id}", at=at, file=file, count=1)
    return data


def find_statement(code: str) -> Statement | None:
    """Return the statement with a code as people type it, with or without its dashes."""
    return Statement.objects.filter(code=re.sub(r"[-_]", "", code.lower())).first()


def same_file(statement: Statement, file: bytes) -> bool:
    """Tell whether these bytes are the file that was handed out under the statement's code."""
    return same_digest(statement, hashlib.sha256(file).digest())


def same_digest(statement: Statement, digest: bytes) -> bool:
    """Tell whether a file with this SHA-256 is the one that was handed out under the statement's code."""
    return hmac.compare_digest(digest, bytes(statement.digest))
