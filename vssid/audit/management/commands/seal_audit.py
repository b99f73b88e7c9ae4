"""Chain every audit event that has no seal yet."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from vssid.audit.chain import seal_events


class Command(BaseCommand):
    """The sweeper does this each minute for recent events; this looks through all of them."""

    help = "Seals all audit events that have no seal."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        while sealed := seal_events(at=timezone.now(), everything=True):
            count += sealed
        self.stdout.write(f"{count} events sealed")
