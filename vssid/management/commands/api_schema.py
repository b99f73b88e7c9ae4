"""`manage.py api_schema`: write docs/api/openapi.json anew from the code, unless that would break a client."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from vssid.api.compatibility import breaking_changes
from vssid.api.schema import document

PATH = Path("docs/api/openapi.json")


class Command(BaseCommand):
    """Write the API's description.

    A change that breaks clients is refused until the first figure of the version (`SPECTACULAR_SETTINGS["VERSION"]`)
    is raised and docs/api/changes.md says what to do about it.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is not as the code")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / PATH
        before = json.loads(path.read_text()) if path.exists() else None
        after = document()
        broken = breaking_changes(before, after) if before else []
        if broken and _major(before) == _major(after):
            lines = "\n".join(f"  {line}" for line in broken)
            raise CommandError(f"this would break clients of version {_major(after)}:\n{lines}")
        if options["check"]:
            if before != after:
                raise CommandError(f"{PATH} is not as the code: run make schema")
        else:
            path.write_text(json.dumps(after, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _major(document: Any) -> str:
    return str(document["info"]["version"]).split(".")[0]
