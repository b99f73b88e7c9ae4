"""The second dialect, off by default: the answers that public code reports of VNeID itself (domain.md §7).

Code flow without nonce and without ID token. The bodies of token and userinfo are `{"data": …, "key": …}`: an AES key
under RSA PKCS#1 v1.5, the data under it in AES-ECB. Nothing is signed, so whoever answers at the pinned host is
believed; hence state and PKCE always, one host, subject and level present, and a code by SMS at every log-in.
"""

import json
from base64 import b64decode
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7
from django.conf import settings
from django.http import QueryDict

from accounts.actions.vneid_claims import VNeIDClaims
from accounts.vneid import checks
from accounts.vneid.attempts import Attempt
from accounts.vneid.claims import from_answer
from accounts.vneid.errors import LevelTooLow, VNeIDRefused
from accounts.vneid.exchange import redirect_address, short
from accounts.vneid.metadata import Metadata, Provider

SECOND_FACTOR = True


def asked(attempt: Attempt) -> dict[str, Any]:
    """What the authorization request asks beside state and PKCE."""
    return {"acr_values": " ".join(settings.VNEID_ACR_LEVEL2), "max_age": attempt.max_age}


def identify(
    known: Provider, metadata: Metadata, answer: QueryDict, attempt: Attempt, at: datetime
) -> tuple[VNeIDClaims, str, str]:
    """Who logged in; there is no ID token and no name of a session."""
    code, encrypt_key = _given(answer, "code"), _given(answer, "encrypt_key")
    checks.require(bool(code), "code")
    form = {
        "grant_type": "authorization_code",
        "client_id": settings.VNEID_CLIENT_ID,
        "client_secret": settings.VNEID_CLIENT_SECRET,
        "redirect_uri": redirect_address(),
        "code": code,
        "code_verifier": attempt.verifier,
        **({"encrypt_key": encrypt_key} if encrypt_key else {}),
    }
    told = known.post_json(metadata.token_endpoint, at, data=form)
    checks.require("error" not in told, f"token_{short(told.get('error'))}")
    token = opened(told)
    checks.require(checks.is_plain(token.get("access_token")), "access_token")
    checks.require(str(token.get("token_type", "Bearer")).lower() == "bearer", "token_type")
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    person = opened(known.get_json(metadata.userinfo_endpoint, at, headers=bearer))
    subject = person.get(settings.VNEID_CLAIM_SUBJECT)
    checks.require(checks.is_plain(subject) and len(str(subject)) <= 255, "sub")
    check_level(person)
    return from_answer(person, subject=str(subject)), "", ""


def check_level(person: dict[str, Any]) -> None:
    """The account's level is exactly one of the values in VNEID_ACR_LEVEL2; 2 and "2" are the same."""
    level = person.get(settings.VNEID_CLAIM_LEVEL)
    known = isinstance(level, str) or (isinstance(level, int) and not isinstance(level, bool))
    if not known or str(level) not in settings.VNEID_ACR_LEVEL2:
        raise LevelTooLow("level")


def opened(answer: dict[str, Any]) -> dict[str, Any]:
    """The JSON object inside a wrapped answer. Raises VNeIDRefused for whatever does not open."""
    try:
        aes_key = _private_key().decrypt(b64decode(str(answer["key"]), validate=True), PKCS1v15())
        # The provider chose the mode: equal blocks look equal. TLS hides them, and the answers are never kept.
        decryptor = Cipher(AES(aes_key), ECB()).decryptor()  # noqa: S305
        padded = decryptor.update(b64decode(str(answer["data"]), validate=True)) + decryptor.finalize()
        unpadder = PKCS7(128).unpadder()
        found = json.loads(unpadder.update(padded) + unpadder.finalize())
    except (KeyError, ValueError, RecursionError) as error:
        raise VNeIDRefused("wrapping") from error
    checks.require(isinstance(found, dict), "wrapping")
    return dict(found)


def _given(answer: QueryDict, name: str) -> str:
    """The one value of this name. It is base64 and may come with a bare `+`, which a form reads as a blank."""
    values = answer.getlist(name)
    checks.require(len(values) < 2, name)
    return values[0].replace(" ", "+") if values else ""


def _private_key() -> RSAPrivateKey:
    key = serialization.load_pem_private_key(settings.VNEID_CLIENT_KEY.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise VNeIDRefused("client_key")
    return key
