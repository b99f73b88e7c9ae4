"""What runs by the clock. Each task may run twice or late without harm."""

import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from oauth2_provider.models import clear_expired

from accounts.actions import (
    archives,
    children,
    consents,
    deliveries,
    drafts,
    login,
    otp,
    reminders,
    retention,
    unfinished,
)
from accounts.models import UsedAssertion
from accounts.models.channels import Channel
from vssid.notices import posting
from vssid.sms.clock import database_now

CODES_KEPT = timedelta(days=7)
NOTICES_KEPT = timedelta(days=365)
NOTICES_AT_ONCE = 20_000
DELIVERY_SECONDS = 8.0
DOSSIERS_AT_ONCE = 100  # well within a task's time, with a bucket far away too


@shared_task
def erase_old_drafts() -> int:
    """Erase declarations that were not sent within a day, with their photos."""
    now = timezone.now()
    before = now - drafts.LIFE
    return drafts.erase_drafts(before=before, at=now) + unfinished.erase_typed(before=before)


@shared_task
def clear_sessions() -> None:
    """Delete sessions, one-time codes and known browsers that nobody can use any more."""
    import_string(f"{settings.SESSION_ENGINE}.SessionStore").clear_expired()
    now = timezone.now()
    otp.forget(before=now - CODES_KEPT)
    login.forget_old(at=now)
    clear_expired()
    UsedAssertion.objects.filter(expires_at__lt=now).delete()


@shared_task
def forget_notices() -> int:
    """Delete notices of more than a year ago; what is left after a full batch goes in another task."""
    forgotten = posting.forget(before=timezone.now() - NOTICES_KEPT, limit=NOTICES_AT_ONCE)
    if forgotten == NOTICES_AT_ONCE:
        forget_notices.delay()
    return forgotten


@shared_task
def forget_deliveries() -> int:
    """Delete rows of deliveries that were over a month ago; what is left after a full batch goes in another task."""
    forgotten = deliveries.forget(before=timezone.now() - deliveries.KEPT, limit=NOTICES_AT_ONCE)
    if forgotten == NOTICES_AT_ONCE:
        forget_deliveries.delay()
    return forgotten


@shared_task
def hand_over_notices(channel: str) -> int:
    """Hand over what is due by a channel, for some seconds; what is left waits for the next call of the schedule."""
    begun, handed = time.monotonic(), 0
    while time.monotonic() - begun < DELIVERY_SECONDS:
        seen = deliveries.hand_over(Channel(channel), at=database_now())
        if not seen:
            break
        handed += seen
    return handed


@shared_task
def remind(after: int = 0) -> None:
    """Remind people of what ends soon, from the record's key `after` on; who is left gets a task of their own."""
    begun, at, last = time.monotonic(), timezone.now(), after
    if not after:
        reminders.remind_of_age(at=at)
    while time.monotonic() - begun < DELIVERY_SECONDS:
        reached = reminders.remind_some(after=last, at=at)
        if reached is None:
            return
        last = reached
    remind.delay(last)


@shared_task
def end_consents() -> int:
    """End what citizens allowed applications until now."""
    return consents.end_due(at=timezone.now())


@shared_task
def end_guardianships() -> int:
    """Hand the accounts of children who came of age over to them."""
    return children.end_due(at=timezone.now())


@shared_task
def erase_old_photos() -> int:
    """Erase the photos of dossiers that were over long ago; what is left after a full batch goes in another task."""
    erased = retention.erase_photos(at=timezone.now(), limit=DOSSIERS_AT_ONCE)
    if erased == DOSSIERS_AT_ONCE:
        erase_old_photos.delay()
    return erased


@shared_task
def make_archive(pk: int) -> bool:
    """Make one archive of a citizen's data."""
    return archives.make_archive(pk=pk, at=timezone.now())


@shared_task
def tend_archives() -> int:
    """Erase archives past their day and have those made that were left."""
    return archives.tend(at=timezone.now())
