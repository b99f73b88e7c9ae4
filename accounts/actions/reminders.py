"""Reminders of what ends soon, each once: BHYT cards, voluntary social insurance, the years under a parent's account.

People with an account, and children under one, are gone through in order of their record's key, so many at a time
that a step stays short at any size. Who was told is known by the notice's `dedupe_key`, which names what ends and
when: a day that was missed is made up for by the next, and a second run finds nobody.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Guardianship
from insurance.models import ContributionPeriod
from vssid.notices import posting
from vssid.notices.kinds import Kind
from vssid.notices.models import Notice
from vssid.notices.posting import NewNotice

BEFORE = timedelta(days=30)
HOUSEHOLD = "GD"
PEOPLE_AT_ONCE = 20_000

_READERS = """
(SELECT person_id FROM accounts_user WHERE person_id > %(after)s AND is_active ORDER BY person_id LIMIT %(most)s)
UNION
(SELECT child_id FROM accounts_guardianship WHERE child_id > %(after)s AND ended_at IS NULL
 ORDER BY child_id LIMIT %(most)s)
ORDER BY 1 LIMIT %(most)s
"""

# The last card of each, if it ends in these days; one that was renewed already has a later card.
_CARDS = """
SELECT reader.person_id, last.object_code, last.valid_to
FROM unnest(%(readers)s::bigint[]) AS reader (person_id) CROSS JOIN LATERAL (
    SELECT object_code, valid_to FROM insurance_healthcard
    WHERE person_id = reader.person_id AND revoked_at IS NULL ORDER BY valid_to DESC LIMIT 1
) last
WHERE last.valid_to BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
    SELECT FROM notices_notice told
    WHERE told.dedupe_key = 'reminder.card:' || reader.person_id || ':' || last.valid_to
)
"""

# The last month that was paid, if it was paid voluntarily and ends in these days.
_VOLUNTARY = """
SELECT reader.person_id, last.to_month
FROM unnest(%(readers)s::bigint[]) AS reader (person_id) CROSS JOIN LATERAL (
    SELECT to_month, voluntary FROM insurance_contributionperiod
    WHERE person_id = reader.person_id AND kind = %(bhxh)s AND status = %(paid)s ORDER BY to_month DESC LIMIT 1
) last
WHERE last.voluntary AND (last.to_month + interval '1 month - 1 day')::date BETWEEN %(first)s AND %(last)s
    AND NOT EXISTS (
        SELECT FROM notices_notice told
        WHERE told.dedupe_key = 'reminder.voluntary:' || reader.person_id || ':' || last.to_month
    )
"""


@transaction.atomic
def remind_some(*, after: int, at: datetime) -> int | None:
    """Remind the next people behind the key `after`; return the last one's key, None when there is nobody further."""
    today = timezone.localdate(at)
    facts: dict[str, Any] = {
        "first": today,
        "last": today + BEFORE,
        "bhxh": ContributionPeriod.Kind.BHXH.value,
        "paid": ContributionPeriod.Status.PAID.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READERS, {"after": after, "most": PEOPLE_AT_ONCE})
        readers = [person for (person,) in cursor.fetchall()]
        cursor.execute(_CARDS, {**facts, "readers": readers})
        cards = cursor.fetchall()
        cursor.execute(_VOLUNTARY, {**facts, "readers": readers})
        months = cursor.fetchall()
    posting.post_many([*_of_cards(cards), *_of_months(months)], at=at)
    return readers[-1] if len(readers) == PEOPLE_AT_ONCE else None


@transaction.atomic
def remind_of_age(*, at: datetime) -> None:
    """Tell children who come of age in thirty days, and their parents."""
    today = timezone.localdate(at)
    soon = Guardianship.objects.active(today).filter(ends_on__lte=today + BEFORE)
    ends = {f"{Kind.REMINDER_OF_AGE}:{child}": (child, day) for child, day in soon.values_list("child_id", "ends_on")}
    told = set(Notice.objects.filter(dedupe_key__in=ends).values_list("dedupe_key", flat=True))
    posting.post_many(
        (
            NewNotice(child, Kind.REMINDER_OF_AGE, key, "/tai-khoan/", {"birthday_on": day.isoformat()})
            for key, (child, day) in ends.items()
            if key not in told
        ),
        at=at,
    )


def _of_cards(rows: list[tuple[int, str, date]]) -> Iterator[NewNotice]:
    for person, group, day in rows:
        kind = Kind.REMINDER_HOUSEHOLD if group == HOUSEHOLD else Kind.REMINDER_CARD
        yield NewNotice(person, kind, f"reminder.card:{person}:{day}", "/the-bhyt/", {"last_on": day.isoformat()})


def _of_months(rows: list[tuple[int, date]]) -> Iterator[NewNotice]:
    for person, month in rows:
        key = f"{Kind.REMINDER_VOLUNTARY}:{person}:{month}"
        facts = {"last_month": f"{month:%Y-%m}"}
        yield NewNotice(person, Kind.REMINDER_VOLUNTARY, key, "/qua-trinh-tham-gia/", facts)
