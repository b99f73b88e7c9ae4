"""A stand-in for Twilio's message resource, run as a process of its own: `python twilio_stub.py`, prints its port.

Under /gateway it is a domestic gateway that takes JSON.

It answers creating, listing and fetching messages as the real one does, keeps every message that it "accepted", and
misbehaves on request (POST /_control): see `MODES`; with `delay` seconds it waits, after it took the message or before
(`late`). Behind it stands Twilio's published description of the API.
"""

import base64
import hmac
import json
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

ACCOUNT = "AC" + "0" * 32
TOKEN = "stub-token"
MODES = {
    "ok": "take the message, answer 201",
    "empty": "take the message, answer 201 without content",
    "hang": "take the message, never answer",
    "hang-before": "never answer, take nothing",
    "drop": "take the message, close the connection",
    "drop-before": "close the connection, take nothing",
    "error": "take nothing, answer `status` with Twilio's `code` and `retry_after`",
    "error-after": "take the message, answer `status` all the same",
}


class State:
    """What the stub was told and what it saw."""

    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.control = {"mode": "ok"}
        self.messages = []
        self.requests = []
        self.in_flight = 0
        self.most_in_flight = 0

    def take(self, fields):
        with self.lock:
            sid = f"SM{len(self.messages) + 1:032x}"
            message = {
                "sid": sid,
                "account_sid": ACCOUNT,
                "to": fields["To"],
                "from": fields.get("From"),
                "messaging_service_sid": fields.get("MessagingServiceSid"),
                "body": fields["Body"],
                "status": "queued",
                "error_code": None,
                "error_message": None,
                "date_created": time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()),
                "date_updated": None,
                "date_sent": None,
                "validity_period": fields.get("ValidityPeriod"),
                "status_callback": fields.get("StatusCallback"),
                "num_segments": "1",
                "direction": "outbound-api",
                "api_version": "2010-04-01",
                "price": None,
                "price_unit": "USD",
                "num_media": "0",
                "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
                "subresource_uris": {},
            }
            self.messages.append(message)
            return message

    def mode(self):
        """The mode of this request; with `times` it falls back to ok afterwards."""
        with self.lock:
            control = dict(self.control)
            if "times" in control:
                self.control["times"] -= 1
                if self.control["times"] <= 0:
                    self.control = {"mode": "ok"}
            return control


STATE = State()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, content=None, headers=()):
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

    def authorised(self):
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") == expected:
            return True
        self.answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        return False

    def do_GET(self):
        path = urlsplit(self.path)
        query = dict(parse_qsl(path.query))
        if path.path == "/_state":
            with STATE.lock:
                return self.answer(
                    200,
                    {
                        "messages": STATE.messages,
                        "requests": STATE.requests,
                        "in_flight": STATE.in_flight,
                        "most_in_flight": STATE.most_in_flight,
                    },
                )
        if not self.authorised():
            return None
        with STATE.lock:
            STATE.requests.append({"method": "GET", "path": self.path})
        control = STATE.mode() if STATE.control.get("reads") else {"mode": "ok"}
        if control["mode"] == "error":
            return self.refuse(control)
        if path.path.endswith("/Messages.json"):
            found = [m for m in STATE.messages if query.get("To") in (None, m["to"])]
            return self.answer(200, {"messages": found[::-1], "page_size": 50, "page": 0, "next_page_uri": None})
        sid = path.path.rpartition("/")[2].removesuffix(".json")
        found = [m for m in STATE.messages if m["sid"] == sid]
        if not found:
            return self.answer(404, {"code": 20404, "message": "not found", "status": 404})
        return self.answer(200, found[0])

    def do_POST(self):
        path = urlsplit(self.path).path
        if path == "/_control":
            with STATE.lock:
                STATE.control = json.loads(self.body())
            return self.answer(204)
        if path == "/_reset":
            with STATE.lock:
                STATE.reset()
            return self.answer(204)
        if path == "/_status":
            return self.report(json.loads(self.body()))
        if path == "/gateway":
            return self.take_json()
        return self.create() if path.endswith("/Messages.json") else self.erase(path)

    def take_json(self):
        """A domestic gateway beside Twilio: JSON with `to` and `text` and a bearer token, no memory to ask."""
        told = json.loads(self.body())
        control = STATE.mode()
        with STATE.lock:
            headers = {"authorization": self.headers.get("Authorization"), "connection": self.client_address[1]}
            STATE.requests.append({"method": "POST", "path": self.path, "json": told, **headers})
        return self.misbehave(control, {"To": told.get("to", ""), "Body": told.get("text", "")})

    def erase(self, path):
        """An update with an empty Body is how Twilio forgets a text; only of messages that are done."""
        self.body()
        if not self.authorised():
            return None
        control = STATE.mode() if STATE.control.get("erasing") else {"mode": "ok"}
        sid = path.rpartition("/")[2].removesuffix(".json")
        message = next((m for m in STATE.messages if m["sid"] == sid), None)
        if message is None:
            return self.answer(404, {"code": 20404, "message": "not found", "status": 404})
        if control["mode"] == "error":
            return self.refuse(control)
        if message["status"] in {"queued", "sending"}:
            return self.answer(400, {"code": 20009, "message": "not complete", "status": 400})
        message["body"] = ""
        return self.answer(200, message)

    def create(self):
        fields = {name: values[0] for name, values in parse_qs(self.body()).items()}
        if not self.authorised():
            return None
        control = STATE.mode()
        with STATE.lock:
            STATE.requests.append({"method": "POST", "path": self.path, "fields": fields})
            STATE.in_flight += 1
            STATE.most_in_flight = max(STATE.most_in_flight, STATE.in_flight)
        try:
            return self.misbehave(control, fields)
        finally:
            with STATE.lock:
                STATE.in_flight -= 1

    def misbehave(self, control, fields):
        mode = control["mode"]
        taken = mode in {"ok", "empty", "hang", "drop", "error-after"}
        message = STATE.take(fields) if taken and not control.get("late") else None
        time.sleep(control.get("delay", 0))
        if taken and message is None:
            message = STATE.take(fields)
        if mode in {"hang", "hang-before"}:
            time.sleep(3600)
        if mode in {"drop", "drop-before"}:
            self.close_connection = True
            return self.connection.close()
        if mode in {"error", "error-after"}:
            return self.refuse(control)
        return self.answer(201, None if mode == "empty" else message)

    def refuse(self, control):
        wait = control.get("retry_after")
        content = {"code": control.get("code"), "message": "refused", "status": control["status"]}
        return self.answer(control["status"], content, [("Retry-After", str(wait))] if wait is not None else [])

    def report(self, told):
        """Set a message's status; with `callback` also tell its address, signed as Twilio does."""
        message = next(m for m in STATE.messages if m["sid"] == told["sid"])
        message["status"], message["error_code"] = told["status"], told.get("error_code")
        if not told.get("callback"):
            return self.answer(200, {})
        fields = {"MessageSid": told["sid"], "MessageStatus": told["status"], "AccountSid": ACCOUNT}
        if told.get("error_code"):
            fields["ErrorCode"] = str(told["error_code"])
        request = urllib.request.Request(
            message["status_callback"],
            data=urllib.parse.urlencode(fields).encode(),
            headers={"X-Twilio-Signature": signature(message["status_callback"], fields)},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return self.answer(200, {"status": answer.status})


def signature(url, fields, token=TOKEN, algorithm="sha1"):
    """Twilio's signature of a callback: an HMAC over the address and the fields sorted by name."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), algorithm)).decode()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)  # noqa: T201
    server.serve_forever()
