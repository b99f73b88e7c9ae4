"""A domestic gateway over HTTP, wholly described by settings."""

import json
import uuid
from typing import Any, ClassVar

import orjson

from vssid.sms import wire
from vssid.sms.answers import IN_FLIGHT, Accepted, Report, refuse


class HttpGateway:
    """Takes JSON by POST with a bearer token; SMS_HTTP_TEMPLATE shapes the JSON.

    The template's texts may hold {to}, {body} and {reference} (the attempt's id, by which a gateway can drop repeats).
    """

    name = "http"
    in_flight = IN_FLIGHT
    can_look_up = False
    id_names: ClassVar[tuple[str, ...]] = ("id", "message_id", "messageId", "sid")

    def __init__(self, *, url: str, token: str, template: str) -> None:
        self.template: Any = json.loads(template)
        self.url = url
        self.headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    async def send(
        self, *, to: str, body: str, purpose: str, attempt_id: uuid.UUID, expires_in: int | None
    ) -> Accepted:
        values = {"{to}": to, "{body}": body, "{reference}": str(attempt_id)}
        content = orjson.dumps(_filled(self.template, values))
        answer = await wire.request("POST", self.url, headers=self.headers, content=content)
        refuse(answer.status, answer.headers.get("Retry-After", ""), code=0)
        return Accepted(provider_id=self._provider_id(answer.content))

    async def find(self, *, to: str, ref: str) -> Report | None:
        return None

    async def status(self, provider_id: str) -> Report | None:
        return None

    async def erase(self, provider_id: str) -> None:
        return None

    def _provider_id(self, answer: bytes) -> str:
        try:
            content = orjson.loads(answer)
        except ValueError:
            return ""
        ids = [content[name] for name in self.id_names if name in content] if isinstance(content, dict) else []
        return str(ids[0])[:64] if ids else ""


def _filled(part: Any, values: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, values) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    if isinstance(part, str) and part in values:
        return values[part]
    if isinstance(part, str):
        for place, value in values.items():
            part = part.replace(place, value)
    return part
