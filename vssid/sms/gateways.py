"""The ways out: Twilio, a domestic gateway over HTTP, and the inbox."""

import uuid
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils import timezone

from vssid.sms.answers import Accepted, Later, Report
from vssid.sms.models import InboxMessage


class Gateway(Protocol):
    """A way out for up to `in_flight` messages side by side; with `can_look_up` it tells what it was given.

    What goes over the wire is a coroutine, for `vssid.sms.calls` to run; what needs none answers at once.
    """

    name: str
    in_flight: int
    can_look_up: bool

    def send(
        self, *, to: str, body: str, purpose: str, attempt_id: uuid.UUID, expires_in: int | None
    ) -> Later[Accepted]:
        """Hand one message over; raise a SendError otherwise. `expires_in` is in seconds."""

    def find(self, *, to: str, ref: str) -> Later[Report | None]:
        """Return what became of the message with this reference, None if the gateway never got it."""

    def status(self, provider_id: str) -> Later[Report | None]:
        """Return what became of an accepted message."""

    def erase(self, provider_id: str) -> Later[None]:
        """Make the gateway forget the text of a message that is done; asked of those that `can_look_up`."""


def named(name: str) -> Gateway:
    """Return a gateway by its name: twilio, http or inbox."""
    if name == "twilio":
        sender = settings.TWILIO_MESSAGING_SERVICE_SID or settings.TWILIO_FROM
        return _twilio(
            settings.TWILIO_ACCOUNT_SID,
            settings.TWILIO_AUTH_TOKEN,
            sender,
            settings.TWILIO_API_BASE,
            settings.PUBLIC_BASE_URL,
        )
    if name == "http":
        return _http(settings.SMS_HTTP_URL, settings.SMS_HTTP_TOKEN, settings.SMS_HTTP_TEMPLATE)
    return InboxGateway()


@lru_cache(maxsize=2)
def _twilio(account: str, token: str, sender: str, api_base: str, public_base: str) -> Gateway:
    from vssid.sms.twilio import TwilioGateway  # the client takes half a second to import

    return TwilioGateway(account=account, token=token, sender=sender, api_base=api_base, public_base=public_base)


@lru_cache(maxsize=2)
def _http(url: str, token: str, template: str) -> Gateway:
    from vssid.sms.http_gateway import HttpGateway  # and aiohttp, which a web process does without

    return HttpGateway(url=url, token=token, template=template)


class InboxGateway:
    """Delivers into the table behind /demo/sms/."""

    name = "inbox"
    in_flight = 1
    can_look_up = False

    def send(self, *, to: str, body: str, purpose: str, attempt_id: uuid.UUID, expires_in: int | None) -> Accepted:
        row = InboxMessage.objects.create(
            attempt_id=attempt_id, to=to, body=body, purpose=purpose, sent_at=timezone.now()
        )
        return Accepted(provider_id=str(row.pk))

    def find(self, *, to: str, ref: str) -> Report | None:
        return None

    def status(self, provider_id: str) -> Report | None:
        return None

    def erase(self, provider_id: str) -> None:
        return None
