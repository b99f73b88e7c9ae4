"""Telling people that new records of theirs came in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.models.family import Guardianship
from vssid.notices import posting
from vssid.notices.kinds import Kind
from vssid.notices.posting import NewNotice

NEWS = {
    "cards": (Kind.CARD_NEW, "/the-bhyt/"),
    "periods": (Kind.CONTRIBUTION_NEW, "/qua-trinh-tham-gia/"),
    "benefits": (Kind.BENEFIT_NEW, "/thong-tin-huong/"),
    "visits": (Kind.VISIT_NEW, "/so-kham-chua-benh/"),
}


def tell_of_records(*, kind: str, person_ids: Sequence[int], at: datetime, **_signal: Any) -> None:
    """Post a notice to each of these persons who has an account or is a child under one: one an import and kind.

    Receives insurance.signals.records_arrived, in the transaction that wrote the records.
    """
    if kind not in NEWS:
        return
    notice, page = NEWS[kind]
    readers = set(User.objects.filter(person_id__in=person_ids).values_list("person_id", flat=True))
    children = Guardianship.objects.active(timezone.localdate(at)).filter(child_id__in=person_ids)
    readers |= set(children.values_list("child_id", flat=True))
    posting.post_many(
        (NewNotice(person, notice, f"{notice}:{person}:{at.isoformat()}", page) for person in sorted(readers)), at=at
    )
