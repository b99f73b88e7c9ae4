"""The archive of a citizen's data: asked for, made by a task, downloaded for a day, erased.

The row is first and the task second: `tend` finds what a killed worker or a lost broker left. A try holds the row for
a while and writes under a name of its own, which the row knows before the file is there; the next try erases it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actions.archive_contents import FILES, TABLES
from accounts.actions.archive_file import packed
from accounts.models import DataArchive, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.documents import storage
from vssid.errors import NotFound, TooMany
from vssid.notices import posting
from vssid.notices.kinds import Kind
from vssid.sms.wakeup import publish

State = DataArchive.State
LIFE = timedelta(hours=24)
HOLD = timedelta(minutes=2)
"""Longer than a task may run (CELERY_TASK_TIME_LIMIT)."""
MOST_A_DAY = 2
MOST_TRIES = 5
CONTEXT = "archive"
TASK = "accounts.tasks.make_archive"


class TooManyArchives(TooMany):
    """Two archives of one citizen within a day."""

    message = _("You asked for two archives within a day. Download one of them, or ask again tomorrow.")


@transaction.atomic
def ask_for_archive(*, user: User, language: str, at: datetime) -> DataArchive:
    """Ask for an archive in a language; while one is in work that one is returned. Raises `TooManyArchives`."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    archives = DataArchive.objects.filter(user=user)
    if (open_one := archives.filter(state__in=[State.REQUESTED, State.MAKING]).first()) is not None:
        return open_one
    # One that could not be made takes nobody's turn.
    made = archives.filter(requested_at__gt=at - timedelta(days=1), made_at__isnull=False)
    if made.count() >= MOST_A_DAY:
        raise TooManyArchives(retry_after=86_400)
    archive = DataArchive.objects.create(user=user, language=language, requested_at=at, steps=len(TABLES) + 1)
    record(Event.ARCHIVE_REQUESTED, actor=user.actor, subject=user.actor, at=at, archive=archive.pk)
    transaction.on_commit(partial(wake, archive.pk))
    return archive


def wake(pk: int) -> None:
    """Ask a worker to make an archive."""
    publish(TASK, queue="default", args=[pk])


def make_archive(*, pk: int, at: datetime) -> bool:
    """Make one archive; return False when there is nothing to make: it is made, gone, or held by another worker.

    Raises StorageUnavailable and PdfUnavailable; the row waits for the next try then.
    """
    archive = _hold(pk, at)
    if archive is None:
        return False
    name, user = archive.stored_name, archive.user
    with translation.override(archive.language):
        tables = {}
        for done, (table, part) in enumerate(TABLES.items(), 1):
            tables[table] = part.read(user)
            DataArchive.objects.filter(pk=pk, stored_name=name).update(done=done)
        attached = dict(file for read in FILES for file in read(user))
        file = packed(user=user, tables=tables, attached=attached, language=archive.language, at=at)
    storage.save_as(name, file)
    if not _finish(archive, size=len(file), at=at):
        storage.delete(name)
        return False
    return True


def open_archive(*, user: User, pk: int, at: datetime) -> bytes:
    """Return the archive's file to its owner and write that down. Raises `NotFound`: another's, or past its day."""
    archive = DataArchive.objects.filter(user=user, pk=pk, state=State.READY, expires_at__gt=at).first()
    if archive is None:
        raise NotFound
    file = storage.open(archive.stored_name, context=CONTEXT)
    record(Event.ARCHIVE_DOWNLOADED, actor=user.actor, subject=user.actor, at=at, archive=pk)
    return file


def tend(*, at: datetime) -> int:
    """Erase archives past their day, give up those that fail again and again, announce what was left; count the erased.

    Raises StorageUnavailable; the rest waits for the next run.
    """
    over = Q(state=State.READY, expires_at__lte=at)
    over |= Q(state=State.MAKING, held_until__lte=at, tries__gte=MOST_TRIES)
    erased = sum(_erase(pk, over, at) for pk in DataArchive.objects.filter(over).values_list("pk", flat=True))
    left = Q(state=State.REQUESTED) | Q(state=State.MAKING, held_until__lte=at)
    for pk in DataArchive.objects.filter(left).values_list("pk", flat=True):
        wake(pk)
    return erased


@transaction.atomic
def _hold(pk: int, at: datetime) -> DataArchive | None:
    """Take the archive for one try, under a new name; what an earlier try wrote goes."""
    free = Q(state=State.REQUESTED) | Q(state=State.MAKING, held_until__lte=at, tries__lt=MOST_TRIES)
    archive = (
        DataArchive.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("user__person__ward__province")
        .filter(free, pk=pk)
        .first()
    )
    if archive is None:
        return None
    if archive.stored_name:
        storage.delete(archive.stored_name)
    archive.state, archive.done, archive.tries = State.MAKING, 0, archive.tries + 1
    archive.stored_name, archive.held_until = storage.new_name(context=CONTEXT), at + HOLD
    archive.save(update_fields=["state", "done", "tries", "stored_name", "held_until"])
    return archive


@transaction.atomic
def _finish(archive: DataArchive, *, size: int, at: datetime) -> bool:
    """Say that the file is there; False when another try has taken over."""
    user, until = archive.user, at + LIFE
    mine = DataArchive.objects.filter(pk=archive.pk, state=State.MAKING, stored_name=archive.stored_name)
    if not mine.update(state=State.READY, done=F("steps"), held_until=None, size=size, made_at=at, expires_at=until):
        return False
    record(Event.ARCHIVE_MADE, actor="system", subject=user.actor, at=at, archive=archive.pk)
    assert user.person_id is not None
    posting.post(
        person_id=user.person_id,
        kind=Kind.SECURITY_ARCHIVE_READY,
        dedupe_key=f"archive:{archive.pk}",
        at=at,
        url=reverse("accounts:archives"),
        until_at=until.isoformat(),
    )
    return True


@transaction.atomic
def _erase(pk: int, over: Q, at: datetime) -> bool:
    """Erase one file before the commit: the entry is true when it is written, and a run cut off is repeated."""
    archive = DataArchive.objects.select_for_update(of=("self",)).select_related("user").filter(over, pk=pk).first()
    if archive is None:
        return False
    storage.delete(archive.stored_name)
    archive.state, archive.stored_name, archive.held_until, archive.erased_at = State.GONE, "", None, at
    archive.save(update_fields=["state", "stored_name", "held_until", "erased_at"])
    record(Event.ARCHIVE_ERASED, actor="system", subject=archive.user.actor, at=at, archive=pk)
    return True
