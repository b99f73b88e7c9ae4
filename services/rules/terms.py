"""The day by which a request is decided."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.dossiers.terms import due_day
from services.procedures.definition import Answers, Procedure


def due_on(procedure: Procedure, answers: Answers, at: datetime) -> date:
    """The last day for a request sent at `at`: after working days, or days of the calendar where the law says so."""
    if procedure.calendar_days is None:
        return due_day(at, procedure.term_days)
    return timezone.localdate(at) + timedelta(days=procedure.calendar_days(answers))
