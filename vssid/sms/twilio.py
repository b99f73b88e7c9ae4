"""Twilio through its own client, with time limits, a base address of choice and a strict reading of answers."""

import logging
import uuid
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
from twilio.base import values
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from vssid.sms import wire
from vssid.sms.answers import IN_FLIGHT, Accepted, Alarm, Ambiguous, Report, SendError, refuse, twilio_report

TWILIO_BASE = "https://api.twilio.com"
LOOKED_THROUGH = 50  # messages to one number; the limits for each phone allow ten a day
STATUS_PATH = "/webhooks/twilio/status/"


class TwilioGateway:
    """Sends by Twilio's message resource; each attempt's status callback carries the attempt's id."""

    name = "twilio"
    in_flight = IN_FLIGHT
    can_look_up = True

    def __init__(self, *, account: str, token: str, sender: str, api_base: str, public_base: str) -> None:
        # A non-empty mapping keeps the client from reading TWILIO_REGION and TWILIO_EDGE, which rebuild the host name.
        isolated = {"TWILIO_REGION": ""}
        self.client = Client(account, token, http_client=_HttpClient(api_base), environment=isolated)
        self.sender = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        self.public_base = public_base

    async def send(
        self, *, to: str, body: str, purpose: str, attempt_id: uuid.UUID, expires_in: int | None
    ) -> Accepted:
        try:
            message = await self.client.messages.create_async(
                to=to,
                body=body,
                status_callback=f"{self.public_base}{STATUS_PATH}?attempt={attempt_id}",
                validity_period=values.unset if expires_in is None else expires_in,
                **self.sender,
            )
        except Exception as error:  # the client raises many kinds
            raise _translated(error) from None
        if not message.sid:
            raise Ambiguous("empty")
        return Accepted(provider_id=message.sid)

    async def find(self, *, to: str, ref: str) -> Report | None:
        try:
            listed = await self.client.messages.list_async(to=to, limit=LOOKED_THROUGH, page_size=LOOKED_THROUGH)
        except Exception as error:
            raise _translated(error) from None
        ours = [message for message in listed if message.sid and ref in (message.body or "")]
        return _newest(ours)

    async def status(self, provider_id: str) -> Report | None:
        try:
            message = await self.client.messages(provider_id).fetch_async()
        except Alarm as error:
            if error.code == "20404":
                return None
            raise
        except Exception as error:
            raise _translated(error) from None
        return _newest([message])

    async def erase(self, provider_id: str) -> None:
        try:
            await self.client.messages(provider_id).update_async(body="")
        except Alarm as error:
            if error.code != "20404":  # otherwise it is gone already
                raise
        except Exception as error:
            raise _translated(error) from None


def _newest(messages: list[Any]) -> Report | None:
    for message in messages:
        if told := twilio_report(message.sid, str(message.status), str(message.error_code or "")):
            return told
    return None


def _translated(error: Exception) -> SendError:
    if isinstance(error, SendError):
        return error
    return Ambiguous(type(error).__name__)


class _HttpClient(AsyncHttpClient):  # type: ignore[misc, unused-ignore]
    """Twilio's place for an HTTP client: our connections and time limits, no logs, errors told apart by status."""

    def __init__(self, api_base: str) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self.api_base = api_base or TWILIO_BASE

    async def request(
        self, method: str, url: str, params: Any = None, data: Any = None, headers: Any = None, auth: Any = None,
        timeout: float | None = None, allow_redirects: bool = False,
    ) -> Response:  # fmt: skip
        url = url.replace(TWILIO_BASE, self.api_base, 1)
        content = urlencode(data, doseq=True).encode() if data else None
        signed = {**headers, "Authorization": aiohttp.encode_basic_auth(*auth)}
        answer = await wire.request(method, url, headers=signed, content=content, params=params)
        refuse(answer.status, answer.headers.get("Retry-After", ""), code=_error_code(answer.content))
        return Response(answer.status, answer.content.decode())


def _error_code(content: bytes) -> int:
    try:
        return int(orjson.loads(content)["code"])
    except (ValueError, KeyError, TypeError):
        return 0
