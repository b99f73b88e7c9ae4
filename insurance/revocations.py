"""Which codes of cards are good no longer although their signature is: of reissued cards, and withdrawn prints.

A clinic without network works from the signed list at /.well-known/bhyt-revoked.json; with network it asks here.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal

from django.core.cache import cache
from django.utils import timezone

from insurance import card_tokens
from insurance.models import HealthCard, WithdrawnPrints

Status = Literal["valid", "ended", "revoked", "unknown_key", "invalid"]

FRESH_SECONDS = 300
_KEY = "card-revocations"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a code stands, and what it says when it is one of ours; its last day is what the database knows now."""

    status: Status
    said: card_tokens.Statement | None = None


def signed_list(at: datetime) -> dict[str, str]:
    """Return the list as a JWS in flattened JSON; made at most once in FRESH_SECONDS."""
    found: dict[str, str] | None = cache.get(_KEY)
    if found is None:
        found = card_tokens.sign_list(revoked(at), at)
        cache.set(_KEY, found, FRESH_SECONDS)
    return found


def forget() -> None:
    """Have the next list made anew: something was revoked just now."""
    cache.delete(_KEY)


def revoked(at: datetime) -> dict[int, int]:
    """Return the second up to which codes of a card are revoked, by card; cards that are over need no entry."""
    today = timezone.localdate(at)
    prints = WithdrawnPrints.objects.filter(card__valid_to__gte=today).values_list("card_id", "at")
    entries = {card: int(withdrawn.timestamp()) for card, withdrawn in prints}
    gone = HealthCard.objects.filter(revoked_at__isnull=False, valid_to__gte=today).values_list("pk", "valid_to")
    for card, valid_to in gone:
        # Whenever it was printed: the agency may revoke a card as of an earlier day.
        over = datetime.combine(valid_to + timedelta(days=1), time.min, timezone.get_default_timezone())
        entries[card] = int(over.timestamp())
    return entries


def check(token: str, at: datetime) -> Verdict:
    """Return how a card's code stands now, with everything the database knows; never raises on what somebody sends."""
    checked = card_tokens.verify(token, at)
    if checked.said is None:
        return Verdict(checked.status)
    card = HealthCard.objects.filter(pk=checked.said.card).select_related("withdrawn_prints").first()
    if card is None or card.revoked_at is not None:
        return Verdict("revoked", checked.said)
    withdrawn: WithdrawnPrints | None = getattr(card, "withdrawn_prints", None)
    if withdrawn is not None and checked.issued_at <= withdrawn.at.timestamp():
        return Verdict("revoked", checked.said)
    said = replace(checked.said, valid_to=card.valid_to)
    return Verdict("ended" if card.valid_to < timezone.localdate(at) else checked.status, said)
