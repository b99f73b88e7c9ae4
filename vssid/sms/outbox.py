"""Putting a message into the outbox, in the transaction of the act that it tells about."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from vssid.crypto import EncryptedTextField
from vssid.identifiers import parse_mobile
from vssid.sms import budget, texts, wakeup
from vssid.sms.models import Message, Purpose

REF_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without 0 O 1 I L
REF_LENGTH = 6
TO, BODY = Message._meta.get_field("to"), Message._meta.get_field("body")
assert isinstance(TO, EncryptedTextField)
assert isinstance(BODY, EncryptedTextField)


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
    Raises ValueError for another text or number, TransactionManagementError outside of a transaction, and for a code
    BudgetSpent when no more may be sent.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a message is enqueued in the transaction of its cause")
    _check(to, body)
    if purpose == Purpose.OTP:
        budget.check(at)
    kept = None
    while kept is None:  # a second time only if the reference was taken: the next one is drawn
        message = _new(to, body, purpose, dedupe_key, at, expires_at)
        kept = _insert(message, not_before) or Message.objects.defer("to", "body").filter(dedupe_key=dedupe_key).first()
    if kept is message and not_before is None:
        transaction.on_commit(partial(wakeup.wake, kept.pk, Purpose(purpose)))
    return kept


@dataclass(frozen=True)
class NewMessage:
    """A message among many: `to`, `body` and `dedupe_key` as in `enqueue`."""

    to: str
    body: str
    dedupe_key: str


def enqueue_many(rows: Iterable[NewMessage], *, purpose: Purpose, at: datetime) -> set[str]:
    """Add many messages in two statements and return the keys that are in the outbox now.

    A key that is missing met a reference already drawn: it is asked for again. Raises as `enqueue`; codes are enqueued
    one by one.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a message is enqueued in the transaction of its cause")
    messages = []
    for row in rows:
        _check(row.to, row.body)
        message = _new(row.to, row.body, purpose, row.dedupe_key, at, None)
        message.next_attempt_at = at
        messages.append(message)
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    kept = Message.objects.filter(dedupe_key__in=[message.dedupe_key for message in messages])
    found = dict(kept.values_list("dedupe_key", "pk"))
    if found:
        transaction.on_commit(partial(wakeup.wake, min(found.values()), purpose))
    return set(found)


def _check(to: str, body: str) -> None:
    if parse_mobile(to) != to:
        raise ValueError("sms: the number is not in E.164")
    if "{ref}" not in body:
        raise ValueError("sms: a text has a place for its reference")


def _insert(message: Message, not_before: datetime | None) -> Message | None:
    """One statement, for every request that sends something pays for it; None if the key or reference is there.

    A message for now is due by the database's clock at the latest, however wrong this machine's may be.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sms_message (purpose, status, \"to\", body, ref, dedupe_key, created_at, expires_at, "
            "next_attempt_at, attempt_count, provider, provider_id, error_code) "
            "VALUES (%s, 'pending', %s, %s, %s, %s, %s, %s, COALESCE(%s, LEAST(%s, clock_timestamp())), 0, '', '', '') "
            "ON CONFLICT DO NOTHING RETURNING id, next_attempt_at",
            [
                message.purpose, TO.seal(message.to), BODY.seal(message.body or ""), message.ref, message.dedupe_key,
                message.created_at, message.expires_at, not_before, message.created_at,
            ],
        )  # fmt: skip
        row = cursor.fetchone()
    if row is None:
        return None
    message.pk, message.next_attempt_at = row
    message._state.adding = False
    return message


def cancel(dedupe_key: str, *, at: datetime) -> bool:
    """Take back a message that no worker has begun to send; tell whether there was one."""
    waiting = Message.objects.filter(dedupe_key=dedupe_key, status=Message.Status.PENDING, attempt_count=0)
    return bool(waiting.update(status=Message.Status.CANCELLED, body=None, next_attempt_at=None, finished_at=at))


def _new(to: str, body: str, purpose: Purpose, dedupe_key: str, at: datetime, expires_at: datetime | None) -> Message:
    drawn = secrets.randbelow(len(REF_ALPHABET) ** REF_LENGTH)
    ref = "".join(REF_ALPHABET[drawn // len(REF_ALPHABET) ** place % len(REF_ALPHABET)] for place in range(REF_LENGTH))
    text = body.replace("{ref}", ref)
    texts.check(text)
    return Message(
        to=to,
        body=text,
        ref=ref,
        purpose=Purpose(purpose),
        dedupe_key=dedupe_key,
        created_at=at,
        expires_at=expires_at,
    )
