"""Importing records from the agency's sources, in batches."""

import csv
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from insurance.actions.records import IMPORT_KINDS
from insurance.actions.records.fields import Row, RowRefused, Value
from insurance.actions.records.files import Line
from insurance.actions.records.kind import Kind
from insurance.models.imports import ImportRun
from insurance.signals import records_arrived
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import DomainError

BATCH_ROWS = 1_000
SPREAD = 64
"""Batches that are made of the same stretch of rows; why, is in docs/decisions/0003."""


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


def import_rows(kind: str, rows: Iterable[Row], *, at: datetime, by: str, dry_run: bool = False) -> ImportReport:
    """As `import_lines`, for rows that are at hand: they are numbered from 1, and the report holds all refused ones."""
    report = ImportReport()
    for accepted in import_lines(
        kind, enumerate(rows, start=1), at=at, by=by, dry_run=dry_run, refuse=report.refused.append
    ):
        report.accepted += accepted
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
) -> Iterator[int]:
    """The records are as the rows say, each batch in a transaction of its own; gives the rows taken of each stretch.

    `kind` is a key of IMPORT_KINDS, a row maps the columns of its kind to text. A row is known by its source's key, so
    the same rows again change nothing. `refuse` is called for each row that cannot be, before its batch is committed.
    Rows that `run` has counted are passed over, the others are counted there. `dry_run` keeps nothing. Memory does
    not grow with the number of rows. Raises UnknownKind.
    """
    if kind not in IMPORT_KINDS:
        raise UnknownKind(_("There is no such kind of records: %(kind)s."), kind=kind)
    for stretch in _stretches(IMPORT_KINDS[kind], lines, skip=run.rows if run else 0):
        accepted = refused = 0
        for batch in _batches(IMPORT_KINDS[kind], stretch):
            taken, not_taken = _in_transaction(kind, batch, at=at, by=by, refuse=refuse, dry_run=dry_run)
            accepted, refused = accepted + taken, refused + not_taken
        if run:
            run.rows, run.accepted, run.refused = (
                run.rows + len(stretch),
                run.accepted + accepted,
                run.refused + refused,
            )
            if not dry_run:
                run.save()
        yield accepted


def _stretches(kind: Kind, lines: Iterable[Line], *, skip: int) -> Iterator[list[Line]]:
    """Rows that belong together, a person's, are never cut apart: they are checked against each other."""
    stretch: list[Line] = []
    for count, line in enumerate(lines):
        if count < skip:
            continue
        if len(stretch) >= BATCH_ROWS * SPREAD and _key(kind, line) != _key(kind, stretch[-1]):
            yield stretch
            stretch = []
        stretch.append(line)
    if stretch:
        yield stretch


def _batches(kind: Kind, stretch: list[Line]) -> Iterator[list[Line]]:
    """A stretch is dealt out by persons, so that one batch writes few rows of any page (docs/decisions/0003)."""
    count = -(-len(stretch) // BATCH_ROWS)
    batches: list[list[Line]] = [[] for _number in range(count)]
    for line in stretch:
        batches[zlib.crc32(_key(kind, line).encode(errors="surrogateescape")) % count].append(line)
    return filter(None, batches)


def _key(kind: Kind, line: Line) -> str:
    row = line[1]
    return "" if isinstance(row, RowRefused) else row.get(kind.together) or ""


def _in_transaction(
    kind: str, batch: list[Line], *, at: datetime, by: str, refuse: Callable[[Refused], None], dry_run: bool
) -> tuple[int, int]:
    with transaction.atomic():
        refused = _import_batch(kind, batch, at, tell=not dry_run)
        accepted = len(batch) - len(refused)
        for row in sorted(refused, key=lambda row: row.row):
            refuse(row)
        if dry_run:
            transaction.set_rollback(True)
        else:
            record(Event.RECORDS_IMPORTED, actor=by, at=at, kind=kind, accepted=accepted, refused=len(refused))
    return accepted, len(refused)


def _import_batch(name: str, batch: list[Line], at: datetime, *, tell: bool) -> list[Refused]:
    kind = IMPORT_KINDS[name]
    readable, refused = _read(kind, batch)
    with connection.cursor() as cursor:
        _copy(cursor, kind, readable)
        for check in kind.checks:
            cursor.execute(f"DELETE FROM incoming WHERE line IN ({check.sql}) RETURNING line")  # noqa: S608 - our own text
            refused += [Refused(line, {check.field: str(check.message)}) for (line,) in cursor.fetchall()]
        persons = merge(cursor, kind, at)
        cursor.execute("DROP TABLE incoming")
    if persons and tell:
        records_arrived.send(None, kind=name, person_ids=persons, at=at)
    return refused


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


def _read(kind: Kind, batch: list[Line]) -> tuple[list[tuple[Value, ...]], list[Refused]]:
    readable: list[tuple[Value, ...]] = []
    refused: list[Refused] = []
    for number, row in batch:
        try:
            if isinstance(row, RowRefused):
                raise row
            readable.append((number, *kind.read(row)))
        except RowRefused as error:
            refused.append(Refused(number, {error.field: str(error)}))
    return readable, refused


def _copy(cursor: CursorWrapper, kind: Kind, rows: list[tuple[Value, ...]]) -> None:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)  # None is written as nothing, which COPY reads as NULL
    lines.seek(0)
    cursor.execute(f"CREATE TEMPORARY TABLE incoming (line bigint, {kind.table}) ON COMMIT DROP")
    cursor.cursor.copy_expert(f"COPY incoming (line, {', '.join(kind.columns)}) FROM STDIN (FORMAT csv)", lines)
    cursor.execute("ANALYZE incoming")
