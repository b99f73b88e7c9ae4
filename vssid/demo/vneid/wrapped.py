"""The second dialect of the stand-in: answers as public code reports them of VNeID, encrypted for the client.

`{"data": …, "key": …}`: the data under an AES key in ECB mode, that key under the client's RSA key (PKCS#1 v1.5).
"""

import json
import os
import secrets
from base64 import b64encode
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7

from vssid.demo.vneid.faults import Faults

# The stand-in's facts of a person, and the variables with the names under which the portal wants them.
NAMES = {
    "sub": ("VNEID_CLAIM_SUBJECT", "sub"),
    "level": ("VNEID_CLAIM_LEVEL", "accountLevel"),
    "citizen_id": ("VNEID_CLAIM_CITIZEN_ID", "citizen_id"),
    "name": ("VNEID_CLAIM_NAME", "name"),
    "birthdate": ("VNEID_CLAIM_BIRTHDATE", "birthdate"),
    "phone_number": ("VNEID_CLAIM_PHONE", "phone_number"),
}


class Wrapping:
    """Wraps answers for the holder of `pem`, of which only the public half is used."""

    def __init__(self, pem: str) -> None:
        self.key = public_key(pem)
        self.encrypt_key = "+" + b64encode(secrets.token_bytes(30)).decode()[1:]

    def new_code(self) -> str:
        """A code in base64, with the signs that forms read as something else."""
        return "+/" + b64encode(secrets.token_bytes(30)).decode() + "=="

    def person(self, user: dict[str, Any]) -> dict[str, Any]:
        """Who logged in, by the names of this dialect."""
        told = {os.environ.get(name) or usual: user[fact] for fact, (name, usual) in NAMES.items() if fact in user}
        return told | {"accountType": "citizen"}

    def wrap(self, answer: dict[str, Any], faults: Faults) -> dict[str, Any]:
        """The answer, encrypted; wrong as an armed fault says."""
        if faults.take("wrapped_plain"):
            return answer
        aes_key = secrets.token_bytes(32)
        padder = PKCS7(128).padder()
        padded = padder.update(json.dumps(answer).encode()) + padder.finalize()
        encryptor = Cipher(AES(aes_key), ECB()).encryptor()  # noqa: S305 - what VNeID is reported to use
        data = encryptor.update(padded) + encryptor.finalize()
        if faults.take("wrapped_other_key"):
            aes_key = secrets.token_bytes(32)
        if faults.take("wrapped_cut"):
            data = data[:-1]
        return {"data": b64encode(data).decode(), "key": b64encode(self.key.encrypt(aes_key, PKCS1v15())).decode()}


def public_key(pem: str) -> RSAPublicKey:
    """The public half of an RSA key in a PEM text, whichever half it holds."""
    if "PRIVATE" in pem:
        private = serialization.load_pem_private_key(pem.encode(), password=None)
        if isinstance(private, RSAPrivateKey):
            return private.public_key()
    elif isinstance(key := serialization.load_pem_public_key(pem.encode()), RSAPublicKey):
        return key
    raise ValueError("VNEID_CLIENT_KEY must be an RSA key in PEM for VNEID_DIALECT=wrapped")
