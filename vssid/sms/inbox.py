"""Reading the inbox that stands for people's phones in the demonstration and in tests."""

from datetime import datetime
from typing import TypedDict

from vssid.sms.models import InboxMessage


class InboxItem(TypedDict):
    """A message as the phone shows it."""

    to: str
    body: str
    purpose: str
    sent_at: datetime


def messages(to: str | None = None) -> list[InboxItem]:
    """Return the messages to an E.164 number, or all of them, newest first."""
    return [
        InboxItem(to=message.to, body=message.body, purpose=message.purpose, sent_at=message.sent_at)
        for message in InboxMessage.objects.all()
        if to is None or message.to == to
    ]
