"""The store for photos and attachments: encrypted before they leave the process, under names that say nothing.

A name is `<context>/<aa>/<bb>/<uuid>`. Context and name are bound into the encryption: a file moved under another name
does not open. Delete after commit (`transaction.on_commit`): a row must not outlive its file through a rollback.
"""

import errno
import re
import uuid
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from vssid import crypto
from vssid.errors import DomainError, NotFound

_NAME = re.compile(r"(?P<context>[a-z0-9][a-z0-9._-]{0,63})/[0-9a-f]{2}/[0-9a-f]{2}/(?P<uuid>[0-9a-f]{32})")


class StorageUnavailable(DomainError):
    """The folder or bucket cannot be reached."""

    code = "storage_unavailable"
    status = 503
    message = _("Files cannot be kept at the moment, and nothing was lost. Try again in a few minutes.")


class StorageFull(StorageUnavailable):
    """There is no room for another file."""

    code = "storage_full"


def save(data: bytes, *, context: str) -> str:
    """Encrypt and keep `data`; return its name. `context` is a lower-case word for the kind of file.

    Raises `StorageFull` or `StorageUnavailable`; then nothing is left behind.
    """
    name = new_name(context=context)
    save_as(name, data)
    return name


def new_name(*, context: str) -> str:
    """Return the name of a file to come, for a row that must know of it before it is there."""
    key = uuid.uuid4().hex
    name = f"{context}/{key[:2]}/{key[2:4]}/{key}"
    _check(name, context)
    return name


def save_as(name: str, data: bytes) -> None:
    """Encrypt and keep `data` under a name of `new_name`. Raises as `save`."""
    _check(name, name.partition("/")[0])
    _write(name, data)


def open(name: str, *, context: str) -> bytes:
    """Return the clear bytes of a file.

    Raises `NotFound`, `StorageUnavailable`, or `crypto.DecryptionFailed` for a spoiled file.
    """
    _check(name, context)
    return crypto.decrypt(_read(name), context=name)


def delete(name: str) -> None:
    """Erase a file; a file that is gone already is no error. Takes part in the caller's transaction, if any."""
    _check(name, name.partition("/")[0])
    with transaction.atomic():
        _lock(name)
        try:
            _private().delete(name)
        except OSError as error:
            raise _translated(error) from error


def names() -> Iterator[str]:
    """Yield the name of every kept file, folder by folder."""
    storage = _private()
    try:
        for context in sorted(storage.listdir("")[0]):
            yield from _names_below(storage, context, depth=2)
    except FileNotFoundError:
        return


def reencrypt(name: str) -> bool:
    """Write one file anew under the first of FIELD_ENCRYPTION_KEYS; return False if it was already, or is gone.

    The lock keeps a file that is erased at the same moment from coming back.
    """
    with transaction.atomic():
        _lock(name)
        try:
            blob = _read(name)
        except NotFound:
            return False
        if blob.startswith(crypto.current_header()):
            return False
        _write(name, crypto.decrypt(blob, context=name))
        return True


def _private() -> Storage:
    return storages["private"]


def _check(name: str, context: str) -> None:
    match = _NAME.fullmatch(name)
    if match is None or match["context"] != context:
        raise NotFound


def _lock(name: str) -> None:
    """Hold this file's advisory lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(name[-15:], 16)])


def _write(name: str, data: bytes) -> None:
    try:
        _private().save(name, ContentFile(crypto.encrypt(data, context=name)))
    except OSError as error:
        raise _translated(error) from error


def _read(name: str) -> bytes:
    try:
        with _private().open(name) as file:
            return bytes(file.read())
    except FileNotFoundError as missing:
        raise NotFound from missing
    except OSError as error:
        raise _translated(error) from error


def _translated(error: OSError) -> StorageUnavailable:
    return StorageFull() if error.errno in {errno.ENOSPC, errno.EDQUOT} else StorageUnavailable()


def _names_below(storage: Storage, folder: str, *, depth: int) -> Iterator[str]:
    folders, files = storage.listdir(folder)
    if depth:
        for inner in sorted(folders):
            yield from _names_below(storage, f"{folder}/{inner}", depth=depth - 1)
    else:
        yield from (f"{folder}/{file}" for file in sorted(files) if _NAME.fullmatch(f"{folder}/{file}"))
