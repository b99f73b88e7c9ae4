"""What the home page shows beside card and history: one SELECT for all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from vssid.notices.models import Notice

MOST_NOTICES = 3

_CORNER = """
SELECT (SELECT max(decided_on) FROM insurance_benefit WHERE person_id = %s),
       (SELECT count(*) FROM insurance_visit WHERE person_id = %s AND admitted_on >= %s),
       (SELECT coalesce(json_object_agg(person_id, valid_to), '{{}}') FROM (
           SELECT person_id, max(valid_to) AS valid_to FROM insurance_healthcard
           WHERE person_id = ANY(%s) AND revoked_at IS NULL GROUP BY person_id) last_cards),
       (SELECT coalesce(json_agg(unread), '[]') FROM ({notices}) unread)
"""


@dataclass(frozen=True, slots=True)
class Corner:
    """Facts of the tiles, the newest unread notices, and until when each child has a card."""

    last_benefit: date | None
    visits_this_year: int
    children_cards: dict[int, date]
    notices: list[Notice]


def corner_of(person_id: int, children: Sequence[int], on: date) -> Corner:
    """Read it for a person and the children under the account; `on` decides which year is this one."""
    unread = Notice.objects.of_family(person_id, children).unread().order_by("-created_at", "pk")
    shown = unread.values("id", "kind", "facts", "url")[:MOST_NOTICES]
    sql, params = shown.query.sql_with_params()
    own: list[Any] = [person_id, person_id, date(on.year, 1, 1), list(children)]
    with connection.cursor() as cursor:
        cursor.execute(_CORNER.format(notices=sql), [*own, *params])
        last_benefit, visits, cards, notices = cursor.fetchone()
    return Corner(
        last_benefit=last_benefit,
        visits_this_year=visits,
        children_cards={int(child): date.fromisoformat(last) for child, last in cards.items()},
        notices=[Notice(**row) for row in notices],
    )
