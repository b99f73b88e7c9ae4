"""`manage.py demo_seed`: make the demonstration's cast."""

from typing import Any

from django.core.management.base import BaseCommand

from vssid.demo.seed import seed


class Command(BaseCommand):
    """Make what is missing of the cast."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        seed()
