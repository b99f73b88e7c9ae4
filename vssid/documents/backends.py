"""Where private files lie: a folder, or an S3 bucket. Both write a file whole or not at all.

Errors of the outside are told as `OSError`, full storage as `OSError(ENOSPC)`; `storage.py` translates them.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.deconstruct import deconstructible


@deconstructible(path="vssid.documents.backends.AtomicFileStorage")
class AtomicFileStorage(FileSystemStorage):
    """A folder only this user may read. A file appears under its name after its last byte is on the disk."""

    def _save(self, name: str, content: File[Any]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(part)
            raise
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return `name`: names are random already, and re-encryption writes over the old file."""
        return name


def private_storage() -> Storage:
    """Return the storage that `settings.MEDIA_STORAGE_URL` names (Django's `STORAGES["private"]`)."""
    url = settings.MEDIA_STORAGE_URL
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return AtomicFileStorage(location=unquote(parts.path), base_url=None)
    if parts.scheme == "s3" and parts.hostname:
        from vssid.documents.s3 import PrivateS3Storage

        return PrivateS3Storage(**s3_options(url))
    raise ImproperlyConfigured("MEDIA_STORAGE_URL must look like file:///folder or s3://bucket?endpoint=https://host")


def s3_options(url: str) -> dict[str, Any]:
    """Return django-storages' options for `s3://[key:secret@]bucket[/prefix]?endpoint=…&region=…`.

    Without key and secret boto3 finds credentials its usual way (variables, instance role).
    """
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {
        "bucket_name": parts.netloc.rpartition("@")[2],
        "location": parts.path.strip("/"),
        "endpoint_url": query.get("endpoint"),
        "region_name": query.get("region", "us-east-1"),
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": True,
    }
    if parts.username and parts.password:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password)}
    return options
