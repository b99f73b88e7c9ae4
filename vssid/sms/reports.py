"""What a gateway reports on its own about a message: taken at once, or parked until we know the attempt."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from vssid.sms import states
from vssid.sms.answers import Report
from vssid.sms.models import Attempt, Message, ParkedReport

PARKED_FOR = timedelta(hours=24)


def attempt_of(attempt_id: uuid.UUID | None) -> Attempt | None:
    """Return the attempt whose id stood in the report's address."""
    return Attempt.objects.filter(pk=attempt_id, provider="twilio").first() if attempt_id else None


@transaction.atomic
def apply(attempt: Attempt, told: Report, *, at: datetime) -> bool:
    """Move the message on; False if the report speaks of another message than this attempt made."""
    message = states.locked(attempt.message_id)
    attempt.refresh_from_db(fields=["provider_id"])
    if attempt.provider_id and attempt.provider_id != told.provider_id:
        return False
    if not attempt.provider_id:
        attempt.provider_id = told.provider_id
        attempt.save(update_fields=["provider_id"])
    states.advance(message, told.status, at=at, provider_id=told.provider_id, error_code=told.error_code)
    return True


def park(attempt_id: uuid.UUID | None, told: Report, *, at: datetime) -> None:
    """Keep a report on an attempt that we do not know; once each."""
    if attempt_id and told.provider_id:
        report = ParkedReport(
            attempt_id=attempt_id,
            provider_id=told.provider_id,
            status=told.status,
            error_code=told.error_code,
            received_at=at,
        )
        ParkedReport.objects.bulk_create([report], ignore_conflicts=True)


def take_up_parked(*, at: datetime) -> int:
    """Apply parked reports whose attempt is known by now and forget the others after a day; return how many applied."""
    ParkedReport.objects.filter(received_at__lt=at - PARKED_FOR).delete()
    taken = 0
    for parked in ParkedReport.objects.order_by("received_at")[:100]:
        told = Report(parked.provider_id, Message.Status(parked.status), parked.error_code)
        attempt = attempt_of(parked.attempt_id)
        if attempt is not None:
            taken += apply(attempt, told, at=at)
            parked.delete()
    return taken
