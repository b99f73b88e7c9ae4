"""Did we send this message? Asked by its six signs; answered without anything about who got it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vssid.sms.models import Message, Purpose, Suspicion
from vssid.sms.outbox import REF_ALPHABET, REF_LENGTH

KEPT = timedelta(days=180)
LONGEST_TEXT, LONGEST_SENDER = 1000, 40


@dataclass(frozen=True)
class Sent:
    """A message that left us: when, to the minute, and what it was about."""

    at: datetime
    purpose: Purpose


def tidy(ref: str) -> str:
    """Return a typed reference as it is kept, "" if it cannot be one: "k7m-2qd " becomes "K7M2QD"."""
    signs = "".join(sign for sign in ref.upper() if sign.isalnum())
    signs = signs.removeprefix("MA") if len(signs) > REF_LENGTH else signs
    return signs if len(signs) == REF_LENGTH and set(signs) <= set(REF_ALPHABET) else ""


def find(ref: str) -> Sent | None:
    """Return when we handed the message with this reference over, None if we did not."""
    message = Message.objects.defer("to", "body").filter(ref=tidy(ref)).first()
    if message is None or message.status in (Message.Status.PENDING, Message.Status.CANCELLED):
        return None
    at = message.accepted_at
    if at is None and message.status in (Message.Status.SUBMITTING, Message.Status.UNKNOWN):
        at = message.attempts.latest("started_at").started_at  # perhaps sent: the phone has it, or nobody asks
    return Sent(at.replace(second=0, microsecond=0), Purpose(message.purpose)) if at else None


def report(*, ref: str, sender: str, text: str, at: datetime) -> Suspicion:
    """Keep what somebody tells about a message that may not be ours, for staff to look at."""
    return Suspicion.objects.create(
        reported_at=at, ref=tidy(ref), sender=sender[:LONGEST_SENDER], text=text[:LONGEST_TEXT]
    )


def forget(*, at: datetime) -> int:
    """Erase reports after half a year; return how many."""
    return Suspicion.objects.filter(reported_at__lt=at - KEPT).delete()[0]
