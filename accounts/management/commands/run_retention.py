"""Erase what the scheduler would erase, now; or list it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import tasks
from accounts.actions import drafts, retention
from accounts.models import OneTimeCode, RegistrationDossier


class Command(BaseCommand):
    """Old photos, unfinished declarations, used codes and ended sessions; twice does no harm."""

    help = "Erases photos of old dossiers, unfinished declarations and used codes; --dry-run lists them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="erase nothing, print what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, or print."""
        if options["dry_run"]:
            return self._list()
        self.stdout.write(f"photos of {retention.erase_photos(at=timezone.now())} dossiers erased")
        self.stdout.write(f"{tasks.erase_old_drafts()} unfinished declarations erased")
        tasks.clear_sessions()

    def _list(self) -> None:
        now = timezone.now()
        for one in retention.due(at=now):
            self.stdout.write(f"{one.number} {one.outcome} {one.ended_at:%Y-%m-%d} photos {one.photos}")
        old = RegistrationDossier.objects.filter(status="draft", created_at__lt=now - drafts.LIFE)
        codes = OneTimeCode.objects.filter(created_at__lt=now - tasks.CODES_KEPT)
        self.stdout.write(f"unfinished declarations {old.count()}, codes {codes.count()}")
