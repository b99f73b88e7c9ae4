"""Telling the owner of an account that its protection changed: a notice always, a message to the phone where asked."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from vssid.notices import posting
from vssid.notices.kinds import Kind
from vssid.notices.texts import Fact
from vssid.sms.models import Purpose
from vssid.sms.outbox import enqueue

ACCOUNT = "/tai-khoan/"


def tell(
    user: User,
    kind: Kind,
    *,
    key: str,
    at: datetime,
    sms: str = "",
    to: str | None = None,
    url: str = ACCOUNT,
    **facts: Fact,
) -> None:
    """Post a notice, and send `sms` (a text of accounts/messages.py) to the account's phone, or to `to`.

    Once for each `key`. Staff have no list of notices. Call it in the transaction of the change.
    """
    if user.person_id is not None:
        posting.post(person_id=user.person_id, kind=kind, dedupe_key=key, at=at, url=url, **facts)
    if sms and (phone := to or user.phone):
        enqueue(to=phone, body=sms, purpose=Purpose.NOTICE, dedupe_key=key, at=at)
