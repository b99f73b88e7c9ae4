"""A web server that is told to end while somebody's photo is on its way answers that request first."""

from __future__ import annotations

import base64
import json
import socket
import threading
import urllib.request
from urllib.parse import urlsplit

from tests.harness.live import Live
from tests.registration.pictures import jpeg
from vssid.up.services import WEB

DECLARED = {
    "bhxh_code": "0199000204", "full_name": "ĐỖ XUÂN HẢI", "date_of_birth": "1972-06-25", "gender": "male",
    "id_type": "cccd", "id_number": "001072000204", "phone": "0900000204", "province": "01", "ward": "00292",
    "address": "Số 40, phố Bản Mẫu", "office": "00103",
}  # fmt: skip


def asked(live: Live, path: str, body: dict[str, str] | None = None, token: str = "") -> dict[str, object]:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Registration {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{live.url}{path}", data, headers)) as answer:
        return dict(json.load(answer))


def serves(live: Live) -> bool:
    """Whether the web server still takes requests."""
    try:
        urllib.request.urlopen(f"{live.url}/healthz", timeout=1).close()
    except OSError:
        return False
    return True


def test_a_photo_on_its_way_arrives_although_the_web_server_is_being_replaced(live: Live) -> None:
    begun = asked(live, "/api/v1/registrations", DECLARED)
    own, token = f"/api/v1/registrations/{begun['id']}", str(begun["token"])
    body = json.dumps({"portrait": base64.b64encode(jpeg()).decode()}).encode()
    head = (
        f"POST {own}/photos HTTP/1.1\r\nHost: {urlsplit(live.url).netloc}\r\nContent-Type: application/json\r\n"
        f"Authorization: Registration {token}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    port = urlsplit(live.url).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(head + body[: len(body) // 2])
        ending = threading.Thread(target=live.stop, args=(WEB,))
        ending.start()
        try:
            while serves(live):
                pass
            wire.sendall(body[len(body) // 2 :])
            answer = wire.makefile("rb").read()
        finally:
            ending.join()
            live.start(WEB)
    assert answer.startswith(b"HTTP/1.1 200")
    assert "portrait" not in asked(live, own, token=token)["missing"]  # type: ignore[operator]
