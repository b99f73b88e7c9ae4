"""Changes that wait before they count: stopped by a code or on their page, carried out when their time has come."""

from __future__ import annotations

import logging
from datetime import datetime
from hmac import compare_digest

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actions.credentials import TEMPORARY_ALPHABET
from accounts.dossiers.models import DossierStatus
from services.actions import granting
from services.models import ServiceRequest
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import code_hash
from vssid.errors import DomainError
from vssid.sms import outbox

log = logging.getLogger("vssid.services")

LENGTH = 10


class StopRefused(DomainError):
    """Number and code belong to no change that waits."""

    code = "stop_refused"
    message = _("Nothing waits under this number and code. Check both, or call the hotline.")


def begin(request: ServiceRequest, *, at: datetime) -> str:
    """Let a request that is being sent wait for the time of its procedure; return the code that stops it."""
    assert request.procedure.hold is not None
    request.effective_at = at + request.procedure.hold
    request.stop_hash = _hash(request, _drawn(request))
    return _drawn(request)


def code_of(request: ServiceRequest) -> str:
    """Return the code that stops a change which waits, to be told again; "" when nothing waits."""
    return _drawn(request) if request.stop_hash else ""


def _drawn(request: ServiceRequest) -> str:
    """Draw the code from our key: the same each time, so that a message sent again leaves those before it good."""
    drawn = code_hash(str(request.public_id), context="stop")
    return "".join(TEMPORARY_ALPHABET[byte % len(TEMPORARY_ALPHABET)] for byte in drawn[:LENGTH])


@transaction.atomic
def stop(*, number: str, code: str, at: datetime) -> ServiceRequest:
    """End a change that waits, for whoever has the number and code of its message. Raises StopRefused.

    Fifty bits of code need no counted tries, which a thief could use up; the page limits them by address.
    """
    found = ServiceRequest.objects.select_for_update(of=("self",)).select_related("account")
    request = found.filter(number=number, stop_hash__isnull=False).first()
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    if request is None or not compare_digest(_hash(request, typed), bytes(request.stop_hash or b"")):
        raise StopRefused
    end(request, actor="anonymous", at=at)
    granting.tell(request, at=at)
    return request


def end(request: ServiceRequest, *, actor: str, at: datetime) -> None:
    """Move a locked request to where nothing comes of it. Raises InvalidTransition when its time is over."""
    granted = request.status == DossierStatus.APPROVED
    if granted or request.status == DossierStatus.RETURNED:
        outbox.cancel(request.message_key, at=at)
    request.move_to(DossierStatus.CANCELLED if granted and request.waits else DossierStatus.WITHDRAWN, at=at)
    request.decided_at = request.decided_by = request.effective_at = request.stop_hash = None
    request.save()
    event = Event.DOSSIER_CANCELLED if granted else Event.DOSSIER_WITHDRAWN
    record(event, actor=actor, subject=request.subject, at=at, office=request.office_id)


def carry_out_due(*, at: datetime, limit: int = 500) -> int:
    """Carry out granted changes whose time has come, each in a transaction of its own; return how many.

    Two runs side by side share the work: what one holds, the other leaves.
    """
    done = 0
    for key in _due(at).values_list("pk", flat=True)[:limit]:
        try:
            done += _carry_out(key, at)
        except OperationalError:
            raise
        except Exception as error:  # one change that cannot be made holds up nobody else's
            log.error("change.stuck", extra={"request": key, "error": type(error).__name__})
    return done


@transaction.atomic
def _carry_out(key: int, at: datetime) -> bool:
    request = _due(at).select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
    if request is None:
        return False
    granting.carry_out(request, at=at)
    return True


def _due(at: datetime) -> QuerySet[ServiceRequest]:
    waiting = ServiceRequest.objects.filter(status=DossierStatus.APPROVED, applied_at=None, effective_at__lte=at)
    return waiting.select_related("decided_by").order_by("effective_at")


def _hash(request: ServiceRequest, code: str) -> bytes:
    return code_hash(code, context=f"stop:{request.public_id}")
