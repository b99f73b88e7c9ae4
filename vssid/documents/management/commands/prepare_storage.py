from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Makes the bucket of MEDIA_STORAGE_URL if it is missing; a folder is made at the first file. May run again."

    def handle(self, *args: Any, **options: Any) -> None:
        prepare = getattr(storages["private"], "make_bucket", None)
        if prepare is not None:
            prepare()
        self.stdout.write(self.style.SUCCESS("The file store is there."))
