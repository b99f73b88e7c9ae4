"""Numbers of dossiers, counted per office, kind and year, without gaps or repeats; messages that are true no more."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.dossiers.models import Dossier, DossierStatus
from vssid.sms import outbox


def next_number(*, office: str, kind: str, at: datetime) -> str:
    """Return the next number, e.g. `00108GD/2026/00107`; `kind` is GD (registration) or DVC (public service).

    Takes part in the caller's transaction: the counter's row stays locked until the number is kept or given back.
    Raises TransactionManagementError outside of one. The year is that of the clock in Vietnam.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a number is drawn in the transaction that keeps it")
    year = timezone.localtime(at).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_dossiercounter AS counter (office_id, kind, year, last) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (office_id, kind, year) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [office, kind, year],
        )
        (last,) = cursor.fetchone()
    return f"{office}{kind}/{year}/{last:05d}"


def forget_return(*, dossier: Dossier, at: datetime) -> None:
    """Cancel the message about a return that the applicant knows already or that is over; call it before moving on."""
    if dossier.status == DossierStatus.RETURNED:
        outbox.cancel(dossier.message_key, at=at)
