"""Withdrawing the printed codes of somebody's cards: a lost sheet, a picture sent to the wrong person."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from insurance import revocations
from insurance.models import HealthCard, WithdrawnPrints
from vssid.audit.events import Event
from vssid.audit.log import record


@transaction.atomic
def withdraw_prints(*, person_id: int, by: str, at: datetime) -> int:
    """Make the codes printed up to `at` good for nothing; return of how many cards that still hold or are to come.

    Codes printed later are good. Clinics without network learn it with their next list.
    """
    cards = HealthCard.objects.filter(person=person_id, revoked_at__isnull=True, valid_to__gte=timezone.localdate(at))
    found = list(cards.values_list("pk", flat=True))
    WithdrawnPrints.objects.bulk_create(
        [WithdrawnPrints(card_id=card, at=at) for card in found],
        update_conflicts=True,
        unique_fields=["card"],
        update_fields=["at"],
    )
    if found:
        record(Event.CARD_PRINTS_WITHDRAWN, actor=by, subject=f"person:{person_id}", at=at, cards=len(found))
        transaction.on_commit(revocations.forget)
    return len(found)
