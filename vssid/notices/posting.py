"""Putting notices on a person's list, marking them as read, forgetting old ones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vssid.notices.kinds import SECURITY, Kind
from vssid.notices.models import Notice
from vssid.notices.signals import notices_posted
from vssid.notices.texts import Fact

LONGEST_FACT = 200
LONG_NUMBER = re.compile(r"\d{9,}")
BATCH = 2000


@dataclass(frozen=True)
class NewNotice:
    """A notice to post: `person_id` is InsuredPerson's key, `url` a path of this portal."""

    person_id: int
    kind: Kind
    dedupe_key: str
    url: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


def post(*, person_id: int, kind: Kind, dedupe_key: str, at: datetime, url: str = "", **facts: Fact) -> Notice:
    """Tell a person something, in the caller's transaction; the same `dedupe_key` returns the earlier notice.

    Dates among the facts are ISO texts (names ending in `_on`, `_at`, `_month`). Raises ValueError for a fact that is
    long or may be a personal number, for a fact that the text wants and is not there, and for an address elsewhere.
    """
    post_many([NewNotice(person_id, kind, dedupe_key, url, facts)], at=at)
    return Notice.objects.get(dedupe_key=dedupe_key)


def post_many(rows: Iterable[NewNotice], *, at: datetime) -> None:
    """Tell many persons something; rows whose `dedupe_key` is there already change nothing. Raises as `post`."""
    notices = [_made(row, at) for row in rows]
    if notices:
        Notice.objects.bulk_create(notices, batch_size=BATCH, ignore_conflicts=True)
        notices_posted.send(None, notices=notices, at=at)


def mark_read(
    notices: Sequence[str] | None = None, *, person_id: int, children: Sequence[int] = (), at: datetime
) -> int:
    """Mark notices of this person and the children under the account as read, all of them without ids; count them."""
    mine = Notice.objects.of_family(person_id, children).unread()
    if notices is not None:
        mine = mine.filter(pk__in=notices)
    return mine.update(read_at=at)


def forget(*, before: datetime, limit: int) -> int:
    """Delete at most `limit` notices from before a moment; return how many."""
    old = Notice.objects.filter(created_at__lt=before).values("pk")[:limit]
    return Notice.objects.filter(pk__in=old).delete()[0]


def _made(row: NewNotice, at: datetime) -> Notice:
    for name, fact in row.facts.items():
        if isinstance(fact, str) and (len(fact) > LONGEST_FACT or LONG_NUMBER.search(fact)):
            raise ValueError(f"notices: the fact {name} is long or may be a personal number")
    if row.url and (not row.url.startswith("/") or row.url.startswith("//")):
        raise ValueError("notices: the address is a path of this portal")
    notice = Notice(
        person_id=row.person_id,
        kind=Kind(row.kind),
        private=row.kind.startswith(SECURITY),
        facts=dict(row.facts),
        url=row.url,
        created_at=at,
        dedupe_key=row.dedupe_key,
    )
    try:
        _words = notice.title, notice.body
    except KeyError as missing:
        raise ValueError(f"notices: {row.kind} wants the fact {missing}") from missing
    return notice
