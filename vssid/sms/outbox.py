"""Putting a message into the outbox, in the transaction of the act that it tells about."""

import secrets
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from vssid.identifiers import parse_mobile
from vssid.sms import texts, wakeup
from vssid.sms.models import Message, Purpose

REF_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without 0 O 1 I L
REF_LENGTH = 6


def enqueue(
    *,
    to: str,
    body: str,
    purpose: Purpose,
    dedupe_key: str,
    at: datetime,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
) -> Message:
    """Add a message to be sent once the current transaction commits; the same `dedupe_key` returns the earlier one.

    `to` is E.164, `body` plain ASCII with the place `{ref}` for the message's reference, one GSM-7 segment when filled.
    With `not_before` it waits until then, and can be taken back meanwhile by `cancel`.
    Raises ValueError for another text or number, TransactionManagementError outside of a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a message is enqueued in the transaction of its cause")
    if parse_mobile(to) != to:
        raise ValueError("sms: the number is not in E.164")
    if "{ref}" not in body:
        raise ValueError("sms: a text has a place for its reference")
    while True:
        message = _new(to, body, purpose, dedupe_key, at, expires_at)
        message.next_attempt_at = not_before or at
        Message.objects.bulk_create([message], ignore_conflicts=True)
        kept = Message.objects.filter(dedupe_key=dedupe_key).first()
        if kept is not None:
            break  # otherwise the reference was taken: the next one is drawn
    if kept.ref == message.ref and not_before is None:
        transaction.on_commit(partial(wakeup.wake, kept.pk, Purpose(purpose)))
    return kept


def cancel(dedupe_key: str, *, at: datetime) -> bool:
    """Take back a message that no worker has begun to send; tell whether there was one."""
    waiting = Message.objects.filter(dedupe_key=dedupe_key, status=Message.Status.PENDING, attempt_count=0)
    return bool(waiting.update(status=Message.Status.CANCELLED, body=None, next_attempt_at=None, finished_at=at))


def _new(to: str, body: str, purpose: Purpose, dedupe_key: str, at: datetime, expires_at: datetime | None) -> Message:
    ref = "".join(secrets.choice(REF_ALPHABET) for _ in range(REF_LENGTH))
    text = body.replace("{ref}", ref)
    texts.check(text)
    return Message(
        to=to,
        body=text,
        ref=ref,
        purpose=Purpose(purpose),
        dedupe_key=dedupe_key,
        created_at=at,
        next_attempt_at=at,
        expires_at=expires_at,
    )
