"""A telephone that keeps passkeys, in Python: what a browser would send for it."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One key; `verifies` is whether it asked its owner for a finger or PIN, `origin` what the browser says."""

    def __init__(self, *, verifies: bool = True, origin: str = "") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.handle = b""
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.origin = origin or settings.PUBLIC_BASE_URL
        self.count = 0

    def create(self, options: dict[str, Any]) -> str:
        """Answer a question that makes a passkey."""
        self.handle = plain(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(options["rp"]["id"], self.flags | ATTESTED) + attested
        response = {
            "clientDataJSON": coded(self._client("webauthn.create", options)),
            "attestationObject": coded(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._credential(response)

    def get(self, options: dict[str, Any]) -> str:
        """Answer a question for a passkey that is there."""
        self.count += 1
        client, data = self._client("webauthn.get", options), self._data(options["rpId"], self.flags)
        signed = data + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": coded(client),
            "authenticatorData": coded(data),
            "signature": coded(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": coded(self.handle),
        }
        return self._credential(response)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _credential(self, response: dict[str, str]) -> str:
        name = coded(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def coded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def plain(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
