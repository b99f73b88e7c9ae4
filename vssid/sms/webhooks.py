"""Twilio's status callbacks."""

import base64
import hmac
import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from vssid.sms import states
from vssid.sms.gateways import Report, twilio_report
from vssid.sms.models import Attempt


@csrf_exempt
@login_not_required
@require_POST
def twilio_status(request: HttpRequest) -> HttpResponse:
    """Take a report on a message: 403 unless Twilio signed it, else 204, be it new, repeated or unknown."""
    if not _signed(request) or request.POST.get("AccountSid") != settings.TWILIO_ACCOUNT_SID:
        return HttpResponse(status=403)
    told = twilio_report(
        request.POST.get("MessageSid", "")[:64],
        request.POST.get("MessageStatus", ""),
        request.POST.get("ErrorCode", "")[:40],
    )
    attempt = _attempt(request.GET.get("attempt", ""))
    if told is None or attempt is None:
        return HttpResponse(status=204)
    return HttpResponse(status=204 if _apply(attempt, told) else 403)


@transaction.atomic
def _apply(attempt: Attempt, told: Report) -> bool:
    """Move the message on; False if the report speaks of another message than this attempt made."""
    message = states.locked(attempt.message_id)
    attempt.refresh_from_db(fields=["provider_id"])
    if attempt.provider_id and attempt.provider_id != told.provider_id:
        return False
    if not attempt.provider_id:
        attempt.provider_id = told.provider_id
        attempt.save(update_fields=["provider_id"])
    states.advance(message, told.status, at=timezone.now(), provider_id=told.provider_id, error_code=told.error_code)
    return True


def _attempt(text: str) -> Attempt | None:
    try:
        return Attempt.objects.filter(pk=uuid.UUID(text), provider="twilio").first()
    except ValueError:
        return None


def _signed(request: HttpRequest) -> bool:
    """Check HMAC-SHA1 over the public address and the sorted fields; no header chooses another algorithm."""
    if not settings.TWILIO_AUTH_TOKEN:
        return False
    signed = f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}" + "".join(
        name + value for name in sorted(request.POST) for value in sorted(set(request.POST.getlist(name)))
    )
    digest = hmac.digest(settings.TWILIO_AUTH_TOKEN.encode(), signed.encode(), "sha1")
    given = request.headers.get("X-Twilio-Signature", "")
    return hmac.compare_digest(base64.b64encode(digest), given.encode("utf-8", "replace"))
