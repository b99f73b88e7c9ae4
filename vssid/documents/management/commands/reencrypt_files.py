from typing import Any

from django.core.management.base import BaseCommand

from vssid.documents import storage


class Command(BaseCommand):
    help = "Writes every kept file anew under the first of FIELD_ENCRYPTION_KEYS; may run beside the portal, and again."

    def handle(self, *args: Any, **options: Any) -> None:
        seen = written = 0
        for name in storage.names():
            seen += 1
            written += storage.reencrypt(name)
            if seen % 1000 == 0:
                self.stdout.write(f"{seen} files seen, {written} written anew")
        self.stdout.write(self.style.SUCCESS(f"{seen} files, {written} written anew"))
