"""Importing records from the agency's sources, in batches."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from insurance.actions.records import IMPORT_KINDS
from insurance.actions.records.fields import Row, RowRefused, Value
from insurance.actions.records.kind import Kind
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError

BATCH_ROWS = 5_000


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


Numbered = tuple[int, Row]


def import_rows(kind: str, rows: Iterable[Row], *, at: datetime, by: str, dry_run: bool = False) -> ImportReport:
    """The records are as the rows say, each batch in a transaction of its own; rows that cannot be are reported.

    `kind` is a key of IMPORT_KINDS, a row maps the columns of its kind to text. A row is known by its source's key, so
    the same rows again change nothing. `dry_run` reports what would happen and keeps nothing. Raises UnknownKind.
    """
    if kind not in IMPORT_KINDS:
        raise UnknownKind(_("There is no such kind of records: %(kind)s."), kind=kind)
    report = ImportReport()
    for batch in _batches(IMPORT_KINDS[kind], rows):
        with transaction.atomic():
            accepted, refused = _import_batch(IMPORT_KINDS[kind], batch, at)
            if dry_run:
                transaction.set_rollback(True)
            else:
                record(Event.RECORDS_IMPORTED, actor=by, at=at, kind=kind, accepted=accepted, refused=len(refused))
        report.accepted += accepted
        report.refused += sorted(refused, key=lambda row: row.row)
    return report


def _batches(kind: Kind, rows: Iterable[Row]) -> Iterator[list[Numbered]]:
    """Rows that belong together, a person's, are never cut apart: they are checked against each other."""
    batch: list[Numbered] = []
    for number, row in enumerate(rows, start=1):
        if len(batch) >= BATCH_ROWS and row.get(kind.together) != batch[-1][1].get(kind.together):
            yield batch
            batch = []
        batch.append((number, row))
    if batch:
        yield batch


def _import_batch(kind: Kind, batch: list[Numbered], at: datetime) -> tuple[int, list[Refused]]:
    readable, refused = _read(kind, batch)
    with connection.cursor() as cursor:
        _copy(cursor, kind, readable)
        for check in kind.checks:
            cursor.execute(f"DELETE FROM incoming WHERE line IN ({check.sql}) RETURNING line")  # noqa: S608 - our own text
            refused += [Refused(line, {check.field: str(check.message)}) for (line,) in cursor.fetchall()]
        for statement in kind.merge:
            cursor.execute(statement, {"at": at})
        cursor.execute("DROP TABLE incoming")
    return len(batch) - len(refused), refused


def _read(kind: Kind, batch: list[Numbered]) -> tuple[list[tuple[Value, ...]], list[Refused]]:
    readable: list[tuple[Value, ...]] = []
    refused: list[Refused] = []
    for number, row in batch:
        try:
            readable.append((number, *kind.read(row)))
        except RowRefused as error:
            refused.append(Refused(number, {error.field: str(error)}))
    return readable, refused


def _copy(cursor: CursorWrapper, kind: Kind, rows: list[tuple[Value, ...]]) -> None:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)  # None is written as nothing, which COPY reads as NULL
    lines.seek(0)
    cursor.execute(f"CREATE TEMPORARY TABLE incoming (line integer, {kind.table}) ON COMMIT DROP")
    cursor.cursor.copy_expert(f"COPY incoming (line, {', '.join(kind.columns)}) FROM STDIN (FORMAT csv)", lines)
    cursor.execute("ANALYZE incoming")
