"""A bank's list counts once two supervisors answer for it: one brings it, another confirms its sum."""

import io
from collections import Counter
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from services.actions import payments
from services.models import BankList
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict


class SameSupervisor(Conflict):
    """Two people answer for money that has arrived."""

    code = "same_officer"
    message = _("You brought this list yourself: another supervisor confirms it.")


class NoListWaits(Conflict):
    """Somebody was faster."""

    code = "no_list_waits"
    message = _("This list has been decided already.")


class WaitsAlready(Conflict):
    """The same file twice."""

    code = "waits_already"
    message = _("This list waits already for another supervisor.")


@transaction.atomic
def bring(*, content: str, by: User, at: datetime) -> BankList:
    """Keep a list, sealed, for another supervisor. Raises ListUnreadable, WaitsAlready."""
    lines = payments.lines_of(io.StringIO(content))
    digest = sha256(content.encode()).hexdigest()
    brought, new = BankList.objects.get_or_create(
        digest=digest,
        decided_at=None,
        defaults={
            "content": content,
            "lines": len(lines),
            "total": sum(line.amount for line in lines),
            "brought_by": by,
            "brought_at": at,
        },
    )
    if not new:
        raise WaitsAlready
    record(Event.BANK_LIST_BROUGHT, actor=by.actor, at=at, lines=len(lines), total=brought.total, file=digest)
    return brought


def confirm(*, list_id: int, by: User, at: datetime) -> Counter[str]:
    """Let a list count that another has brought; return how many of each outcome are new.

    Raises NoListWaits, SameSupervisor. A run that is cut off is finished by `finish`.
    """
    with transaction.atomic():
        waiting = _waiting(list_id)
        if waiting.brought_by_id == by.pk:
            raise SameSupervisor
        waiting.decided_by, waiting.decided_at, waiting.confirmed = by, at, True
        waiting.save(update_fields=["decided_by", "decided_at", "confirmed"])
    return _read(waiting, at=at)


@transaction.atomic
def put_away(*, list_id: int, by: User, at: datetime) -> None:
    """Erase a list that is not to count; who brought it may too. Raises NoListWaits."""
    waiting = _waiting(list_id)
    waiting.decided_by, waiting.decided_at, waiting.content = by, at, None
    waiting.save(update_fields=["decided_by", "decided_at", "content"])
    record(Event.BANK_LIST_PUT_AWAY, actor=by.actor, at=at, file=waiting.digest)


def finish(*, at: datetime) -> None:
    """Read what a killed run left of lists that were confirmed."""
    for left in BankList.objects.filter(confirmed=True, content__isnull=False).order_by("pk"):
        _read(left, at=at)


def _waiting(list_id: int) -> BankList:
    found = BankList.objects.select_for_update().filter(pk=list_id, decided_at=None).first()
    if found is None:
        raise NoListWaits
    return found


def _read(confirmed: BankList, *, at: datetime) -> Counter[str]:
    lines = payments.lines_of(io.StringIO(confirmed.content or ""))
    by = confirmed.decided_by.actor if confirmed.decided_by else "system"
    counted = payments.read_list(lines, file=confirmed.digest, by=by, at=at)
    confirmed.content = None
    confirmed.save(update_fields=["content"])
    return counted
