"""Check the audit log's chain."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from vssid.audit.chain import problems


class Command(BaseCommand):
    """Names each row that was altered or removed and ends with 1 if there is one."""

    help = "Verifies the hash chain of the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, help="check seals of this day (yyyy-mm-dd) and later only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for problem in problems(at=timezone.now(), since=options["since"]):
            count += 1
            self.stdout.write(problem)
        if count:
            raise CommandError(f"the audit log does not verify: {count} problems")
        self.stdout.write("the audit log verifies")
