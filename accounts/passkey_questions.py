"""The question that a browser was given for a passkey, kept in its session for five minutes and one answer."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.actions.passkeys import PasskeyRefused, Question

ASKED = "passkey_asked"
SECONDS = 300


def give_question(request: HttpRequest, question: Question) -> HttpResponse:
    """Answer with the question for passkeys.js, and remember it."""
    at = int(timezone.now().timestamp())
    request.session[ASKED] = {"challenge": question.challenge, "handle": question.handle, "at": at}
    return HttpResponse(question.options, content_type="application/json", headers={"Cache-Control": "no-store"})


def take_question(request: HttpRequest, *, at: datetime) -> Question:
    """Return the question this browser was given within five minutes, once. Raises PasskeyRefused."""
    asked = request.session.pop(ASKED, None)
    if asked is None or at.timestamp() - asked["at"] > SECONDS:
        raise PasskeyRefused
    return Question("", asked["challenge"], asked["handle"])
