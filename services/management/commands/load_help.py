from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from services.actions.help import load_articles


class Command(BaseCommand):
    help = "Load guides and frequent questions from services/data/help. May run again: what staff edited stays."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_articles(at=timezone.now())} articles")
