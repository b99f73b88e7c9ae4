"""Twilio's status callbacks."""

import base64
import hmac
import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from vssid.sms import reports
from vssid.sms.answers import twilio_report


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
    if told is None:
        return HttpResponse(status=204)
    attempt_id = _uuid(request.GET.get("attempt", ""))
    attempt = reports.attempt_of(attempt_id)
    if attempt is None:
        reports.park(attempt_id, told, at=timezone.now())
        return HttpResponse(status=204)
    return HttpResponse(status=204 if reports.apply(attempt, told, at=timezone.now()) else 403)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _signed(request: HttpRequest) -> bool:
    """Check the HMAC over the public address and the sorted fields; settings choose its algorithm, no header does."""
    key = settings.TWILIO_SIGNATURE_KEY or settings.TWILIO_AUTH_TOKEN
    if not key:
        return False
    signed = f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}" + "".join(
        name + value for name in sorted(request.POST) for value in sorted(set(request.POST.getlist(name)))
    )
    digest = hmac.digest(key.encode(), signed.encode(), settings.TWILIO_SIGNATURE)
    given = request.headers.get("X-Twilio-Signature", "")
    return hmac.compare_digest(base64.b64encode(digest), given.encode("utf-8", "replace"))
