"""`manage.py prepare`: brings database, translations and static files to the state of the code."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from vssid.translations import compile_all

# Large files of packages that no page asks for: compressing them takes longer than everything else.
UNUSED = ["htmax*", "htmx-4*", "xregexp.js", "jquery.js", "select2.full.js"]


class Command(BaseCommand):
    """Says each step on a line of its own; safe to run again."""

    help = "Migrate, load reference data, compile translations, collect static files, seed the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the steps in order; the first failure ends it."""
        compile_all()
        self._say("migrating the database")
        call_command("migrate", verbosity=0, interactive=False)
        self._say("loading provinces, wards, offices and tariffs")
        call_command("load_reference", verbosity=0)
        call_command("load_help", verbosity=0)
        if not settings.WHITENOISE_USE_FINDERS:
            self._say("collecting static files")
            call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=UNUSED)
        if settings.DEMO:
            self._say("making up the demonstration's people")
            call_command("demo_seed", verbosity=0)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
