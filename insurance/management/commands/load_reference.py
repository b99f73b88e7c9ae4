from typing import Any

from django.core.management.base import BaseCommand

from insurance.actions.reference import load_reference


class Command(BaseCommand):
    help = "Load places, offices, card codes and tariffs from insurance/data. May run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load_reference()
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
