import csv
import hashlib
import resource
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from pyarrow import ArrowException
from tqdm import tqdm

from insurance.actions.imports import STRETCH_ROWS, Refused, import_lines
from insurance.actions.records import IMPORT_KINDS
from insurance.actions.records.files import RecordFile, UnknownFormat, open_records
from insurance.models.imports import ImportRun

MOST_MEMORY = 4 * 1024**3
"""Bytes. Far above what an import takes; a value in a compressed file may claim to be as large as it likes."""
Write = Callable[[tuple[object, ...]], object]
LOCK = 0x696D70  # "imp"; one import at a time, so that a run is never resumed beside itself
PATIENCE = 10  # seconds


class Command(BaseCommand):
    help = (
        "Import records from a CSV (UTF-8, header row, a line a row), JSON Lines or Parquet file. Running it"
        " again changes nothing; a killed run goes on where it was. Refused rows go to standard error as"
        " file:line: column: reason; then the exit code is 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", required=True, choices=IMPORT_KINDS)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, keep nothing")
        parser.add_argument(
            "--stretch", type=int, default=STRETCH_ROWS, metavar="ROWS",
            help="rows read before any is written (%(default)s); fewer take less memory and spoil the table's order",
        )  # fmt: skip
        parser.add_argument(
            "--report", type=Path, help="write refused rows there too, as CSV: file, line, column, reason"
        )
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with open_records(path) as file, _alone(), _bounded():
                self._check(path, file, options["kind"])
                run = _run(path, options["kind"], go_on=not options["dry_run"])
                if run.rows:
                    self.stdout.write(f"going on after {run.rows} rows of {run.started_at:%Y-%m-%d %H:%M}")
                with _report(options["report"], anew=not run.rows) as write:
                    self._import(path, file, run, write, dry_run=options["dry_run"], stretch_rows=options["stretch"])
        except (OSError, ArrowException, UnknownFormat) as error:
            raise CommandError(f"{path}: {error}") from error
        except MemoryError as error:
            raise CommandError(f"{path}: a value in it is too large for any record, or --stretch is") from error
        if run.refused:
            sys.exit(1)

    def _check(self, path: Path, file: RecordFile, kind: str) -> None:
        missing = IMPORT_KINDS[kind].required - (file.columns or frozenset())
        if file.columns is not None and missing:
            raise CommandError(f"{path}: the header lacks {', '.join(sorted(missing))}")
        unknown = (file.columns or frozenset()) - IMPORT_KINDS[kind].required - IMPORT_KINDS[kind].optional
        if unknown:
            self.stdout.write(f"passing over columns that {kind} do not have: {', '.join(sorted(unknown))}")

    def _import(self, path: Path, file: RecordFile, run: ImportRun, report: Write, **options: Any) -> None:
        def refuse(refused: Refused) -> None:
            for column, reason in refused.errors.items():
                self.stderr.write(f"{path}:{refused.row}: {column or '-'}: {reason}")
                report((path, refused.row, column, reason))

        began, before = time.monotonic(), run.rows
        with tqdm(total=file.size, unit="B", unit_scale=True, disable=not sys.stderr.isatty()) as bar:
            for _taken in import_lines(
                run.kind, file.lines, at=run.started_at, by="system", refuse=refuse, run=run, **options
            ):
                bar.update(file.position() - bar.n)
        if not options["dry_run"]:
            run.finished_at = timezone.now()
            run.save()
        speed = (run.rows - before) / (time.monotonic() - began)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.stdout.write(
            f"{run.accepted} rows taken, {run.refused} refused;"
            f" {speed:,.0f} rows a second, at most {memory} MB of memory"
        )


def _run(path: Path, kind: str, *, go_on: bool) -> ImportRun:
    """The run of this very file that was cut short when it is to `go_on`, or a new one."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    cut = ImportRun.objects.filter(kind=kind, digest=digest, finished_at__isnull=True).first() if go_on else None
    return cut or ImportRun(kind=kind, digest=digest, file=path.name[:200], started_at=timezone.now())


@contextmanager
def _report(path: Path | None, *, anew: bool) -> Iterator[Write]:
    """Write rows of a report; a run that goes on adds to it. What was told when a run is killed may be told twice."""
    if path is None:
        yield lambda _row: None
        return
    with path.open("w" if anew else "a", encoding="utf-8-sig" if anew else "utf-8", newline="", buffering=1) as file:
        writer = csv.writer(file)
        if anew:
            writer.writerow(("file", "line", "column", "reason"))
        yield writer.writerow


@contextmanager
def _bounded() -> Iterator[None]:
    """Have what asks for too much memory fail in this process instead of ending others on the machine."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY if hard == resource.RLIM_INFINITY else hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def _alone() -> Iterator[None]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # The server needs a moment to see that a killed run is gone.
            cursor.execute("SET LOCAL lock_timeout = %s", [f"{PATIENCE}s"])
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    except OperationalError as error:
        raise CommandError("another import is running") from error
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
