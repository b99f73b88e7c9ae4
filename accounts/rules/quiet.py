"""Hours of rest: what is not urgent waits until they end."""

from datetime import datetime, timedelta

from django.utils import timezone


def rests_until(at: datetime, *, quiet_from: int, quiet_to: int) -> datetime | None:
    """Return when the rest that `at` falls into ends, None outside of it.

    Hours are of the portal's time zone, 0 to 23; the rest may pass midnight, and the same hour twice means none.
    """
    local = timezone.localtime(at)
    hour = local.hour
    over_midnight = quiet_from > quiet_to
    resting = (hour >= quiet_from or hour < quiet_to) if over_midnight else quiet_from <= hour < quiet_to
    if not resting:
        return None
    end = local.replace(hour=quiet_to, minute=0, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)
