"""A gateway as quick as Python allows, a process of its own: `python -m tests.benchmarks.gateway`, prints its port.

Any POST is taken and answered 201 with a Twilio-like JSON over a kept connection, after the seconds in `/delay/<s>` of
its path. GET /codes tells when texts with a one-time code arrived, as time since the epoch by reference.
"""

import asyncio
import json
import re
import time

LENGTH = re.compile(rb"content-length: *(\d+)", re.I)
DELAY = re.compile(rb"/delay/([\d.]+)")
CODE = re.compile(rb"ma(?:\+|%20| )xac.*?([A-Z2-9]{6})(?:\"|&|$)")
codes: dict[str, float] = {}
taken = 0


def answer(status: bytes, content: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        status, len(content), content,
    )  # fmt: skip


class Gateway(asyncio.Protocol):
    """One connection; a client sends its next request only after the answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, found, body = self.data.partition(b"\r\n\r\n")
        if not found:
            return
        length = LENGTH.search(head)
        if len(body) < (int(length[1]) if length else 0):
            return
        self.data = b""
        if head.startswith(b"GET"):
            self.transport.write(answer(b"200 OK", json.dumps(codes).encode()))  # type: ignore[attr-defined]
            return
        if code := CODE.search(body):
            codes[code[1].decode()] = time.time()
        global taken
        taken += 1
        reply = answer(b"201 Created", b'{"sid": "SM%032x", "status": "queued", "body": null}' % taken)
        if delay := DELAY.search(head.partition(b"\r\n")[0]):
            asyncio.get_running_loop().call_later(float(delay[1]), self.transport.write, reply)  # type: ignore[attr-defined]
        else:
            self.transport.write(reply)  # type: ignore[attr-defined]


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Gateway, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
