"""`manage.py messages`: bring the Vietnamese catalogues up to date, or check that they are complete."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vssid import translations


class Command(BaseCommand):
    """Update and compile the catalogues; `--check` changes nothing and fails on an incomplete one."""

    help = __doc__
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a message is missing or unused")
        parser.add_argument("--compile", action="store_true", help="only compile")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            found = [problem for package in translations.CATALOGUES for problem in translations.problems(package)]
            if found:
                raise CommandError("\n".join([*found, f"{len(found)} problems"]))
            return
        if not options["compile"]:
            for package in translations.CATALOGUES:
                translations.save(package, translations.updated(package))
        translations.compile_all()
