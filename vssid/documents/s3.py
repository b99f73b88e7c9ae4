"""Private files in an S3-compatible bucket; imported only when MEDIA_STORAGE_URL says `s3://` (extra `deploy`)."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

_MISSING = {"404", "NoSuchKey"}
_FULL = {"507", "InsufficientStorage", "XMinioStorageFull", "QuotaExceeded"}


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """Tell the bucket's errors as `OSError`, without the request in the message."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in _MISSING:
            raise FileNotFoundError(errno.ENOENT, "no such object") from None
        raise OSError(errno.ENOSPC if code in _FULL else errno.EIO, "object storage refused") from None
    except BotoCoreError:
        raise OSError(errno.EIO, "object storage out of reach") from None


class PrivateS3Storage(S3Storage):
    """A bucket with short time limits; one request a file, so a file is there whole or not at all."""

    def __init__(self, **options: Any) -> None:
        config = Config(
            connect_timeout=2,
            read_timeout=10,
            retries={"total_max_attempts": 2, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            # Newer checksums only where the operation demands one: compatible servers differ.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, **options)

    def _save(self, name: str, content: File[Any]) -> str:
        with _as_os_errors():
            self._object(name).put(Body=content.read(), ContentType="application/octet-stream")
        return name

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with _as_os_errors():
            return ContentFile(self._object(name).get()["Body"].read())

    def delete(self, name: str) -> None:
        with _as_os_errors():
            self._object(name).delete()

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _as_os_errors():
            folders, files = super().listdir(name)
            return folders, files

    def _object(self, name: str) -> Any:
        return self.bucket.Object(self._normalize_name(name))

    def make_bucket(self) -> None:
        """Make the bucket unless it is there already. Raises `OSError` when the server cannot be reached."""
        client = self.connection.meta.client
        with _as_os_errors():
            try:
                client.head_bucket(Bucket=self.bucket_name)
            except ClientError:
                client.create_bucket(Bucket=self.bucket_name)
