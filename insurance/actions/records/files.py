"""Files of records as a stream of rows: CSV (UTF-8, header row), JSON Lines, Parquet. No file is read whole."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, AnyStr, BinaryIO

import pyarrow.parquet
from django.utils.translation import gettext as _

from insurance.actions.records.fields import Row, RowRefused
from vssid.errors import DomainError

Line = tuple[int, Row | RowRefused]
"""The number of the line (Parquet: row) in the file, from 1, and its columns as text, or why it is none."""
READ_ROWS = 5_000
LONGEST_LINE = 65_536
"""A line with more signs is no record, and is passed over without being held."""


class UnknownFormat(DomainError):
    """The name of the file ends in nothing that can be read, or its header is none."""

    code = "unknown_format"


@dataclass(frozen=True, slots=True)
class RecordFile:
    """An open file: `columns` None where each row has its own; `position` of `size` tells how far the reading is."""

    columns: frozenset[str] | None
    lines: Iterator[Line]
    size: int
    position: Callable[[], int]


@contextmanager
def open_records(path: Path) -> Iterator[RecordFile]:
    """Open a file by the ending of its name: .csv, .jsonl (.ndjson), .parquet.

    Raises UnknownFormat, OSError, pyarrow.ArrowException; so does reading on.
    """
    opening = {".csv": _csv, ".jsonl": _jsonl, ".ndjson": _jsonl, ".parquet": _parquet}.get(path.suffix.lower())
    if opening is None:
        raise UnknownFormat(_("The file must end in .csv, .jsonl or .parquet."))
    with path.open("rb") as raw:
        yield opening(raw, path.stat().st_size)


def _csv(raw: BinaryIO, size: int) -> RecordFile:
    # What is not UTF-8 is refused with its row, not with the file: such signs belong to no field.
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
    names = _header(text.readline(LONGEST_LINE))

    def lines() -> Iterator[Line]:
        for number, line in enumerate(_short(text), start=2):
            if isinstance(line, RowRefused):
                yield number, line
            elif line.strip():
                yield number, _csv_row(line, names)

    return RecordFile(frozenset(names), lines(), size, lambda: text.buffer.tell())


def _header(line: str) -> list[str]:
    if len(line) == LONGEST_LINE:
        raise UnknownFormat(_("This line is too long to be a record."))
    names = next(csv.reader((line,)), [])
    if len(names) == 1 and any(sign in line for sign in ";\t|"):
        raise UnknownFormat(_("The columns must be separated by commas."))
    if not line.rstrip("\r\n").isprintable():
        raise UnknownFormat(_("The header is not UTF-8 text."))
    if len(set(names)) < len(names):
        raise UnknownFormat(_("The header names a column twice."))
    return names


def _short(file: IO[AnyStr]) -> Iterator[AnyStr | RowRefused]:
    """The lines of a file, from where it stands; of one that is too long only a part is ever in memory."""
    while line := file.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE:
            yield line
            continue
        while len(line) == LONGEST_LINE and line[-1:] not in ("\n", "\r", b"\n"):
            line = file.readline(LONGEST_LINE)
        yield RowRefused("", _("This line is too long to be a record."))


def _csv_row(line: str, names: list[str]) -> Row | RowRefused:
    """A row is a line: a quotation mark that is never closed spoils its own line and swallows no other."""
    try:
        (values,) = csv.reader((line,), strict=True)
    except csv.Error:
        return RowRefused("", _("This line is no CSV."))
    if len(values) > len(names):
        return RowRefused("", _("This line has more columns than the header."))
    return dict(zip(names, values, strict=False))  # a shorter one leaves its last columns out


def _jsonl(raw: BinaryIO, size: int) -> RecordFile:

    def lines() -> Iterator[Line]:
        for number, line in enumerate(_short(raw), start=1):
            if isinstance(line, RowRefused):
                yield number, line
            elif line.strip():
                yield number, _json_row(line)

    return RecordFile(None, lines(), size, raw.tell)


def _json_row(line: bytes) -> Row | RowRefused:
    try:
        row = json.loads(line)
        return {str(name): as_text(value) for name, value in row.items()}
    except (ValueError, AttributeError, RecursionError):
        return RowRefused("", _("This line is no JSON object of plain values."))


def _parquet(raw: BinaryIO, _size: int) -> RecordFile:
    file = pyarrow.parquet.ParquetFile(raw)
    done = 0

    def lines() -> Iterator[Line]:
        nonlocal done
        for batch in file.iter_batches(batch_size=READ_ROWS):
            for row in _parquet_rows(batch):
                done += 1
                yield done, row

    return RecordFile(frozenset(file.schema_arrow.names), lines(), file.metadata.num_rows, lambda: done)


def _parquet_rows(batch: pyarrow.RecordBatch) -> Iterator[Row | RowRefused]:
    try:
        yield from [{name: as_text(value) for name, value in row.items()} for row in batch.to_pylist()]
    except (ValueError, OverflowError):  # text that is no UTF-8, a day of no calendar, a list
        if len(batch) == 1:
            yield RowRefused("", _("A column of this row holds no plain value."))
        else:
            for place in range(len(batch)):
                yield from _parquet_rows(batch.slice(place, 1))


def as_text(value: Any) -> str:
    """A plain value as the columns of a CSV file have it; None is empty. Raises ValueError for lists and the like."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float | Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, int | date):
        return str(value)
    raise ValueError("not a plain value")
