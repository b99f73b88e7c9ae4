"""`manage.py backup`: database and stored files as one encrypted, checked archive."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from vssid.ops import backup


class Command(BaseCommand):
    """Prints where the archive lies."""

    help = __doc__
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Reads `--to`."""
        parser.add_argument("--to", type=Path, help="the archive's path; else a new one in var/backup")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the archive."""
        now = timezone.now()
        folder = Path(os.environ.get("VAR_DIR") or settings.BASE_DIR / "var") / "backup"
        target: Path = options["to"] or folder / f"portal-{now:%Y%m%dT%H%M%SZ}.archive"
        if target.exists():
            raise CommandError(f"{target} exists already")
        try:
            backup.write(target, at=now)
        except backup.BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")
        if backup.media_folder() is None:
            self.stdout.write(f"Files in {settings.MEDIA_STORAGE_URL} are not in it: keep versions of that bucket.")
        self.stdout.write("The keys are not in it: keep FIELD_ENCRYPTION_KEYS and the others (var/keys.env) elsewhere.")
