"""A small task in place of a refusal, where many people share one address: a proof of work, without a puzzle.

The browser's script solves it in about a second (the altcha library's PBKDF2 task, verified by one HMAC). Without a
script the same page is sent again after WAIT_SECONDS. Either is good once, for one purpose, for ten minutes.
"""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import altcha
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from vssid.errors import DomainError

WORK_FIELD, WAIT_FIELD = "altcha", "challenge_wait"
# Programs have no form.
WORK_HEADER = "Altcha"
LIFE_SECONDS = 600
WAIT_SECONDS = 20
# Rounds of PBKDF2 a try, and how many tries: 200 on average, about a second on a cheap phone.
ROUNDS = 2000
TRIES = (100, 300)
MOST_PAYLOAD = 4000


class ChallengeRequired(DomainError):
    """The request must be sent again with a solution; `request.challenge` holds the task for the page."""

    code = "challenge_required"
    status = 403
    message = _("Many requests come from this connection. A short check is needed: see below, then press again.")


@dataclass(frozen=True)
class Task:
    """What the page's component needs: the work as JSON, the token for waiting, how long to wait."""

    work: str
    wait: str
    wait_seconds: int = WAIT_SECONDS


def fresh(purpose: str) -> Task:
    """Return a new task for `purpose`."""
    made = altcha.create_challenge(
        "PBKDF2/SHA-256",
        ROUNDS,
        counter=TRIES[0] + secrets.randbelow(TRIES[1] - TRIES[0]),
        expires_at=int(time.time()) + LIFE_SECONDS,
        hmac_secret=_secret("work", purpose),
        hmac_key_secret=_secret("key", purpose),
    )
    wait = signing.TimestampSigner(salt=f"vssid.challenge.{purpose}").sign(secrets.token_urlsafe(12))
    return Task(work=json.dumps(made.to_dict()), wait=wait)


def is_solved(request: HttpRequest, purpose: str) -> bool:
    """Tell whether the form, or a program's header, brought a solution, and use it up: a second time it is none."""
    work = request.POST.get(WORK_FIELD) or request.headers.get(WORK_HEADER, "")
    name = _worked(work, purpose) or _waited(request.POST.get(WAIT_FIELD, ""), purpose)
    return bool(name) and cache.add(f"challenge:{name}", 1, LIFE_SECONDS + 60)


def _worked(payload: str, purpose: str) -> str:
    """Return the name of a task whose work was done, "" for anything else."""
    if not payload or len(payload) > MOST_PAYLOAD:
        return ""
    secret, key_secret = _secret("work", purpose), _secret("key", purpose)
    if not altcha.verify_solution(payload, secret, hmac_key_secret=key_secret).verified:
        return ""
    parameters: Any = altcha.Payload.from_base64(payload).challenge.parameters
    return str(parameters.nonce)


def _waited(token: str, purpose: str) -> str:
    """Return the name of a token that is old enough, "" for anything else."""
    signer = signing.TimestampSigner(salt=f"vssid.challenge.{purpose}")
    try:
        name = signer.unsign(token, max_age=LIFE_SECONDS)
    except signing.BadSignature:
        return ""
    since = signing.b62_decode(token.rsplit(":", 2)[1])
    return name if time.time() - since >= WAIT_SECONDS else ""


def _secret(part: str, purpose: str) -> bytes:
    return salted_hmac(f"vssid.challenge.{part}", purpose, algorithm="sha256").digest()
