import csv
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from insurance.actions.imports import import_rows
from insurance.actions.records import IMPORT_KINDS


class Command(BaseCommand):
    help = (
        "Import records from a CSV file (UTF-8, header row). Running it again changes nothing. Refused rows go to"
        " standard error as line, column, reason; then the exit code is 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", required=True, choices=IMPORT_KINDS)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, keep nothing")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(_with_progress(file, path.stat().st_size), restval="", restkey="")
                missing = IMPORT_KINDS[options["kind"]].required - set(reader.fieldnames or ())
                if missing:
                    raise CommandError(f"{path}: the header lacks {', '.join(sorted(missing))}")
                report = import_rows(
                    options["kind"], reader, at=timezone.now(), by="system", dry_run=options["dry_run"]
                )
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"{path}: {error}") from error
        for refused in report.refused:
            for column, reason in refused.errors.items():
                self.stderr.write(f"{path}:{refused.row + 1}: {column}: {reason}")
        self.stdout.write(f"{report.accepted} rows taken, {len(report.refused)} refused")
        if report.refused:
            sys.exit(1)


def _with_progress(lines: Iterator[str], size: int) -> Iterator[str]:
    with tqdm(total=size, unit="B", unit_scale=True, disable=not sys.stderr.isatty()) as bar:
        for line in lines:
            bar.update(len(line.encode()))
            yield line
