"""How long a dossier may take: the day by which an office decides it."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from insurance.models import Holiday
from insurance.rules.working_days import add_working_days


def due_day(at: datetime, working_days: int | None = None) -> date:
    """Return the day on which the term of a dossier sent at `at` ends, by the calendar of Vietnam.

    A registration has the term of the settings, a public service that of its procedure.
    """
    start = timezone.localdate(at)
    horizon = start + timedelta(days=90)
    holidays = set(Holiday.objects.filter(day__gt=start, day__lte=horizon).values_list("day", flat=True))
    return add_working_days(start, settings.REVIEW_WORKING_DAYS if working_days is None else working_days, holidays)
