"""`manage.py restore ARCHIVE`: puts database and stored files back from an archive of `manage.py backup`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from vssid.ops import backup


class Command(BaseCommand):
    """Touches nothing unless the whole archive is sound."""

    help = __doc__
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Reads the archive's path and `--force`."""
        parser.add_argument("archive", type=Path)
        parser.add_argument("--force", action="store_true", help="replace a database and files that are in use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restores, or says why not."""
        try:
            manifest = backup.restore(options["archive"], force=options["force"])
        except backup.BackupError as error:
            raise CommandError(f"{error}. Nothing was restored.") from None
        self.stdout.write(f"restored the state of {manifest['made_at']}")
        if backup.media_folder() is None:
            self.stdout.write(f"Files are taken from {settings.MEDIA_STORAGE_URL} as they are.")
