"""Who works on a dossier: an officer holds it for a while, extended by activity, ended by a decision or by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import Dossier, DossierStatus
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict

if TYPE_CHECKING:
    from accounts.models.user import User

LEASE = timedelta(minutes=15)

D = TypeVar("D", bound=Dossier)


class HeldBy(Conflict):
    """Another officer holds the dossier and the lease has not ended."""

    code = "held"
    message = _("%(by)s is working on this dossier until %(until)s. Nothing was done.")


class NothingToDecide(Conflict):
    """Only what waits for a decision can be taken."""

    code = "nothing_to_decide"
    message = _("This dossier does not wait for a decision any more.")


def holder_of(dossier: Dossier, at: datetime) -> User | None:
    """Return who holds the dossier at this moment."""
    held = dossier.held_until is not None and dossier.held_until > at
    return dossier.holder if held else None


def check(dossier: Dossier, by: User, at: datetime) -> None:
    """Raise HeldBy when somebody else holds the dossier, which the caller has locked.

    What nobody holds may be decided without taking it first: the caller's lock keeps others away.
    """
    holder = holder_of(dossier, at)
    if holder is not None and holder.pk != by.pk:
        assert dossier.held_until is not None
        raise HeldBy(by=str(holder), until=f"{timezone.localtime(dossier.held_until):%H:%M}")


@transaction.atomic
def take(*, dossier: D, by: User, at: datetime, over: bool = False) -> D:
    """Hold a dossier that waits for a decision; `over` takes it from its holder, which is a supervisor's right.

    Raises NothingToDecide, HeldBy. Taking what one holds already only extends it.
    """
    dossier = _locked(dossier)
    if dossier.status != DossierStatus.SUBMITTED:
        raise NothingToDecide
    before = holder_of(dossier, at)
    if not over:
        check(dossier, by, at)
    dossier.holder, dossier.held_until = by, at + LEASE
    dossier.save(update_fields=["holder", "held_until"])
    if before is None or before.pk != by.pk:
        came_from = before.actor if before is not None else None
        _record(Event.DOSSIER_TAKEN, dossier, by, at, came_from)
    return dossier


@transaction.atomic
def release(*, dossier: D, by: User, at: datetime) -> D:
    """Give a dossier up for the others. Does nothing when `by` does not hold it."""
    dossier = _locked(dossier)
    if dossier.holder_id != by.pk:
        return dossier
    dossier.holder = dossier.held_until = None
    dossier.save(update_fields=["holder", "held_until"])
    _record(Event.DOSSIER_RELEASED, dossier, by, at)
    return dossier


def extend(*, dossier: Dossier, by: User, at: datetime) -> None:
    """Let activity prolong a lease that has not ended; in the database and in `dossier`."""
    mine = type(dossier)._default_manager.filter(pk=dossier.pk, holder=by, held_until__gt=at)
    if mine.update(held_until=at + LEASE):
        dossier.held_until = at + LEASE


def _locked(dossier: D) -> D:
    return type(dossier)._default_manager.select_for_update(of=("self",)).get(pk=dossier.pk)


def _record(event: Event, dossier: Dossier, by: User, at: datetime, came_from: str | None = None) -> None:
    record(event, actor=by.actor, subject=dossier.subject, at=at, office=dossier.office_id, came_from=came_from)
