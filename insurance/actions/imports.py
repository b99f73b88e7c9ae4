"""Importing records from the agency's sources, in batches."""

import csv
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from insurance.actions.records import IMPORT_KINDS
from insurance.actions.records.fields import Row, RowRefused
from insurance.actions.records.files import Line
from insurance.actions.records.kind import Check, Kind
from insurance.models.imports import ImportRun
from insurance.signals import records_arrived
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError

BATCH_ROWS = 4_000
SPREAD = 64
"""Parts into which a stretch of rows is dealt; why, is in docs/decisions/0003."""
STRETCH_ROWS = BATCH_ROWS * SPREAD

Item = TypeVar("Item")


class UnknownKind(DomainError):
    """There is nothing of this kind to import."""

    code = "unknown_kind"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken, by its number from 1, and why, by column."""

    row: int
    errors: dict[str, str]


@dataclass(slots=True)
class ImportReport:
    """How many rows were taken, and which were not."""

    accepted: int = 0
    refused: list[Refused] = field(default_factory=list)


Batch = list[str | Refused]
"""Rows as lines for COPY, and those that could not be read."""


@dataclass(slots=True)
class Stretch:
    """Rows in a row of a file, dealt into parts by whom they are about: a person's are never cut apart."""

    rows: int = 0
    parts: list[Batch] = field(default_factory=lambda: [[] for _part in range(SPREAD)])

    def batches(self) -> Iterator[Batch]:
        """The parts, put together until they are worth a transaction."""
        wanted = min(SPREAD, -(-self.rows // BATCH_ROWS))
        together = -(-SPREAD // wanted)
        for first in range(0, SPREAD, together):
            if batch := list(chain.from_iterable(self.parts[first : first + together])):
                yield batch


def import_rows(kind: str, rows: Iterable[Row], *, at: datetime, by: str, dry_run: bool = False) -> ImportReport:
    """As `import_lines`, for rows that are at hand: they are numbered from 1, and the report holds all refused ones."""
    report, known = ImportReport(), _known(kind)
    for stretch in _stretches(known, enumerate(rows, start=1), rows=STRETCH_ROWS):
        taken, _not_taken = _import_stretch(kind, stretch, at=at, by=by, dry_run=dry_run, refuse=report.refused.append)
        report.accepted += taken
    report.refused.sort(key=lambda refused: refused.row)
    return report


def import_lines(
    kind: str,
    lines: Iterable[Line],
    *,
    at: datetime,
    by: str,
    refuse: Callable[[Refused], None],
    dry_run: bool = False,
    run: ImportRun | None = None,
    stretch_rows: int = STRETCH_ROWS,
) -> Iterator[int]:
    """The records are as the rows say, each batch in a transaction of its own; gives the rows taken of each stretch.

    `kind` is a key of IMPORT_KINDS, a row maps the columns of its kind to text. A row is known by its source's key, so
    the same rows again change nothing. `refuse` is called for each row that cannot be, before its batch is committed.
    Rows that `run` has counted are passed over, the others are counted there. `dry_run` keeps nothing. Memory does
    not grow with the number of rows: while the database takes one stretch, another thread reads the next. Raises
    UnknownKind.
    """
    known = _known(kind)
    for stretch in _ahead(_stretches(known, islice(lines, run.rows if run else 0, None), rows=stretch_rows)):
        accepted, refused = _import_stretch(kind, stretch, at=at, by=by, refuse=refuse, dry_run=dry_run)
        if run:
            run.rows, run.accepted, run.refused = (
                run.rows + stretch.rows,
                run.accepted + accepted,
                run.refused + refused,
            )
            if not dry_run:
                run.save()
        yield accepted


def _known(kind: str) -> Kind:
    if kind not in IMPORT_KINDS:
        raise UnknownKind(_("There is no such kind of records: %(kind)s."), kind=kind)
    return IMPORT_KINDS[kind]


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items; the next one is made while this one is used."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = reader.submit(next, items, None)
            yield item


class _Same:
    """Gives back what is written, so that csv.writer makes a line and nothing else."""

    @staticmethod
    def write(line: str) -> str:
        return line


def _stretches(kind: Kind, lines: Iterable[Line], *, rows: int) -> Iterator[Stretch]:
    write: Any = csv.writer(_Same()).writerow
    stretch, last = Stretch(), ""
    for number, row in lines:
        whose = "" if isinstance(row, RowRefused) else row.get(kind.together) or ""
        if stretch.rows >= rows and whose != last:
            yield stretch
            stretch = Stretch()
        stretch.rows, last = stretch.rows + 1, whose
        stretch.parts[zlib.crc32(whose.encode(errors="surrogatepass")) % SPREAD].append(_read(kind, number, row, write))
    if stretch.rows:
        yield stretch


def _read(kind: Kind, number: int, row: Row | RowRefused, write: Callable[[tuple[Any, ...]], str]) -> str | Refused:
    try:
        if isinstance(row, RowRefused):
            raise row
        return write((number, *kind.read(row)))  # None is written as nothing, which COPY reads as NULL
    except RowRefused as error:
        return Refused(number, {error.field: str(error)})


def _import_stretch(
    kind: str, stretch: Stretch, *, at: datetime, by: str, refuse: Callable[[Refused], None], dry_run: bool
) -> tuple[int, int]:
    """How many rows were taken, and how many were not."""
    taken = not_taken = 0
    for batch in stretch.batches():
        with transaction.atomic():
            refused = _import_batch(kind, batch, at, tell=not dry_run)
            for row in sorted(refused, key=lambda row: row.row):
                refuse(row)
            accepted = len(batch) - len(refused)
            if dry_run:
                transaction.set_rollback(True)
            else:
                record(Event.RECORDS_IMPORTED, actor=by, at=at, kind=kind, accepted=accepted, refused=len(refused))
        taken, not_taken = taken + accepted, not_taken + len(refused)
    return taken, not_taken


def _import_batch(name: str, batch: Batch, at: datetime, *, tell: bool) -> list[Refused]:
    kind = IMPORT_KINDS[name]
    refused = [row for row in batch if isinstance(row, Refused)]
    with connection.cursor() as cursor:
        _copy(cursor, kind, "".join(row for row in batch if isinstance(row, str)))
        for check in kind.checks:
            refused += _refused_by(cursor, check)
        try:
            with transaction.atomic():
                persons = merge(cursor, kind, at)
        except IntegrityError:
            if kind.clash is None:
                raise
            refused += _refused_by(cursor, kind.clash)
            persons = merge(cursor, kind, at)
        cursor.execute("DROP TABLE incoming")
    if persons and tell:
        records_arrived.send(None, kind=name, person_ids=persons, at=at)
    return refused


def _copy(cursor: CursorWrapper, kind: Kind, lines: str) -> None:
    cursor.execute(f"CREATE TEMPORARY TABLE incoming (line bigint, {kind.table}) ON COMMIT DROP")
    columns = ", ".join(kind.columns)
    cursor.cursor.copy_expert(f"COPY incoming (line, {columns}) FROM STDIN (FORMAT csv)", io.StringIO(lines))
    cursor.execute("ANALYZE incoming")


def _refused_by(cursor: CursorWrapper, check: Check) -> list[Refused]:
    cursor.execute(f"DELETE FROM incoming WHERE line IN ({check.sql}) RETURNING line")  # noqa: S608 - our own text
    return [Refused(line, {check.field: str(check.message)}) for (line,) in cursor.fetchall()]


def merge(cursor: CursorWrapper, kind: Kind, at: datetime) -> list[int]:
    """Write what lies in the table `incoming`; returns the persons for whom that is news."""
    *before, last = kind.merge
    for statement in before:
        cursor.execute(statement, {"at": at})
    if not kind.news:
        cursor.execute(last, {"at": at})
        return []
    cursor.execute(
        f"WITH written AS ({last} RETURNING target.person_id, {kind.news} AS is_news)"  # noqa: S608 - our own text
        " SELECT DISTINCT person_id FROM written WHERE is_news",
        {"at": at},
    )
    return [person for (person,) in cursor.fetchall()]
