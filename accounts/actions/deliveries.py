"""Notices on their way: a row for each notice, account and channel, written with the notice and handed over later.

Security leaves at once, everything else outside of the hours of rest that the account chose. Handing over may happen
twice only where a worker dies between the call and its record: an e-mail keeps its Message-ID then.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import delivery_ways
from accounts.actions.delivery_ways import Letter
from accounts.models import NoticeDelivery, User
from accounts.models.channels import ALWAYS_SMS, OWN_SMS, QUIET_FROM, QUIET_TO, Channel, usual
from accounts.rules.quiet import rests_until
from vssid.notices.models import Notice
from vssid.notices.topics import Topic, topic_of

LEASE = timedelta(minutes=5)  # longer than a batch of any channel can take
RETRIES = (60, 600, 3600, 6 * 3600)  # seconds after the first, second … try; then it is given up
KEPT = timedelta(days=30)
Outcome = NoticeDelivery.Outcome


@dataclass(frozen=True, slots=True)
class Way:
    """How one channel hands over: so many rows at once, by a function that returns what became of each letter."""

    rows: int
    send: Callable[[Sequence[Letter], datetime], dict[int, delivery_ways.Fate]]


WAYS = {
    Channel.SMS: Way(500, delivery_ways.by_sms),
    Channel.EMAIL: Way(50, delivery_ways.by_email),
    Channel.PUSH: Way(32, delivery_ways.by_push),
}

_SPREAD = """
INSERT INTO accounts_noticedelivery (notice_id, user_id, channel, urgent, due_at, attempts, outcome, created_at)
SELECT reader.notice_id, u.id, way.channel, reader.topic = %(security)s, %(at)s, 0, '', %(at)s
FROM (
    SELECT n.id AS notice_id, n.kind, new.topic, own.id AS user_id
    FROM unnest(%(ids)s::uuid[], %(topics)s::text[]) AS new (id, topic)
    JOIN notices_notice n ON n.id = new.id
    JOIN accounts_user own ON own.person_id = n.person_id
    UNION
    SELECT n.id, n.kind, new.topic, g.parent_id
    FROM unnest(%(ids)s::uuid[], %(topics)s::text[]) AS new (id, topic)
    JOIN notices_notice n ON n.id = new.id AND NOT n.private
    JOIN accounts_guardianship g ON g.child_id = n.person_id AND g.ended_at IS NULL AND g.ends_on > %(today)s
) reader
JOIN accounts_user u ON u.id = reader.user_id AND u.is_active
LEFT JOIN accounts_noticechoices chosen ON chosen.user_id = u.id
CROSS JOIN LATERAL (
    SELECT 'sms' WHERE u.phone IS NOT NULL AND (reader.kind = ANY(%(always_sms)s)
        OR reader.topic <> ALL(%(own_sms)s) AND reader.topic = ANY(coalesce(chosen.sms, %(sms)s)))
    UNION ALL
    SELECT 'email' WHERE %(mails)s AND u.email IS NOT NULL
        AND (reader.topic = %(security)s OR reader.topic = ANY(coalesce(chosen.email, %(email)s)))
    UNION ALL
    SELECT 'push' WHERE %(pushes)s
        AND (reader.topic = %(security)s OR reader.topic = ANY(coalesce(chosen.push, %(push)s)))
        AND EXISTS (SELECT FROM accounts_pushsubscription s WHERE s.user_id = u.id)
) way (channel)
ON CONFLICT DO NOTHING
"""

_DUE = """
SELECT d.id, d.notice_id, d.user_id, d.attempts, d.urgent,
       coalesce(chosen.quiet_from, %(quiet_from)s), coalesce(chosen.quiet_to, %(quiet_to)s)
FROM accounts_noticedelivery d LEFT JOIN accounts_noticechoices chosen ON chosen.user_id = d.user_id
WHERE d.channel = %(channel)s AND d.due_at <= %(at)s
ORDER BY d.due_at, d.user_id LIMIT %(rows)s FOR UPDATE OF d SKIP LOCKED
"""

_MOVE = """
UPDATE accounts_noticedelivery d SET due_at = new.due_at, attempts = new.attempts
FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[]) AS new (id, due_at, attempts) WHERE d.id = new.id
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    notice_id: UUID
    user_id: int
    attempts: int
    urgent: bool


def spread(*, notices: Sequence[Notice], at: datetime, **_signal: Any) -> None:
    """Write down by which channels these notices go to whom: one statement, in the transaction that posted them.

    Receives notices_posted. A notice on a child goes to the parents' accounts too, unless it is private.
    """
    facts: dict[str, Any] = {
        "ids": [str(notice.pk) for notice in notices],
        "topics": [topic_of(notice.kind).value for notice in notices],
        "security": Topic.SECURITY.value,
        "own_sms": [topic.value for topic in OWN_SMS],
        "always_sms": [kind.value for kind in ALWAYS_SMS],
        "mails": bool(settings.EMAIL_URL),
        "pushes": bool(settings.VAPID_PRIVATE_KEY),
        "at": at,
        "today": timezone.localdate(at),
        **{channel.value: usual(channel) for channel in Channel},
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, facts)


def hand_over(channel: Channel, *, at: datetime) -> int:
    """Hand over what is due by a channel, one batch; return how many rows were looked at, 0 when none is due."""
    seen, rows = _claim(channel, at)
    if rows:
        letters = _letters(rows)
        fates = WAYS[channel].send(letters, at) if letters else {}
        _settle(rows, fates, at)
    return seen


def forget(*, before: datetime, limit: int) -> int:
    """Delete at most `limit` rows that are over and from before a moment; return how many."""
    old = NoticeDelivery.objects.filter(due_at=None, created_at__lt=before).values("pk")[:limit]
    return NoticeDelivery.objects.filter(pk__in=old).delete()[0]


def _claim(channel: Channel, at: datetime) -> tuple[int, list[_Row]]:
    """Take due rows that no other worker holds; those whose account rests now are put off until it does not."""
    going, moved = [], []
    facts: dict[str, Any] = {"channel": channel.value, "at": at, "rows": WAYS[channel].rows}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DUE, {**facts, "quiet_from": QUIET_FROM, "quiet_to": QUIET_TO})
        for pk, notice_id, user_id, attempts, urgent, quiet_from, quiet_to in cursor.fetchall():
            until = None if urgent else rests_until(at, quiet_from=quiet_from, quiet_to=quiet_to)
            if until is None:
                going.append(_Row(pk, notice_id, user_id, attempts + 1, urgent))
            moved.append((pk, until or at + LEASE, attempts if until else attempts + 1))
        if moved:
            cursor.execute(_MOVE, [list(column) for column in zip(*moved, strict=True)])
    return len(moved), going


def _letters(rows: Iterable[_Row]) -> list[Letter]:
    """Bring together what goes to one account; what was read or forgotten meanwhile, or has no reader, is left out."""
    rows = sorted(rows, key=lambda row: (row.user_id, row.id))
    notices = Notice.objects.in_bulk({row.notice_id for row in rows})
    readers = {row.user_id for row in rows}
    users = User.objects.filter(is_active=True).select_related("notice_choices").in_bulk(readers)
    letters = []
    for user_id, group in groupby(rows, key=lambda row: row.user_id):
        wanted = [row for row in group if (found := notices.get(row.notice_id)) and (row.urgent or not found.read_at)]
        if wanted and user_id in users:
            told = [notices[row.notice_id] for row in wanted]
            letters.append(Letter(users[user_id], tuple(row.id for row in wanted), told))
    return letters


def _settle(rows: Sequence[_Row], fates: dict[int, delivery_ways.Fate], at: datetime) -> None:
    """Write down what became of each row; one without a fate is needed no more."""
    over: dict[str, list[int]] = {Outcome.HANDED: [], Outcome.NEEDLESS: [], Outcome.FAILED: []}
    again = []
    for row in rows:
        fate = fates.get(row.id, delivery_ways.Fate.NEEDLESS)
        if fate == delivery_ways.Fate.UNTOUCHED:
            again.append((row.id, at, row.attempts - 1))
        elif fate == delivery_ways.Fate.LATER and row.attempts <= len(RETRIES):
            again.append((row.id, at + timedelta(seconds=RETRIES[row.attempts - 1]), row.attempts))
        else:
            outcomes = {delivery_ways.Fate.HANDED: Outcome.HANDED, delivery_ways.Fate.NEEDLESS: Outcome.NEEDLESS}
            over[outcomes.get(fate, Outcome.FAILED)].append(row.id)
    for outcome, ids in over.items():
        if ids:
            NoticeDelivery.objects.filter(pk__in=ids).update(outcome=outcome, due_at=None)
    if again:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [list(column) for column in zip(*again, strict=True)])
