"""Backup and restore: the database and the stored files in one encrypted archive that is checked before it is used.

An archive is a tar stream (`database.dump` in pg_dump's custom format, `media/…`, at last `manifest.json` with the
SHA-256 of each member), sealed by `vssid.ops.sealed` with the first of FIELD_ENCRYPTION_KEYS. The keys are not in it.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection

from vssid.ops.sealed import SealedReader, SealedWriter, SealError
from vssid.up.postgres import Account, PostgresError, binaries

DUMP, MEDIA, MANIFEST = "database.dump", "media/", "manifest.json"


class BackupError(Exception):
    """Backup or restore cannot be done; the text is for the operator."""


def media_folder() -> Path | None:
    """Where files are stored, None when they lie in S3."""
    url = urlsplit(settings.MEDIA_STORAGE_URL)
    return Path(unquote(url.path)) if url.scheme == "file" else None


def write(target: Path, *, at: datetime) -> None:
    """Writes the archive `target` (mode 0600) and reads it back; an unfinished one never bears the name."""
    key_id, key = settings.FIELD_ENCRYPTION_KEYS[0]
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.part")
    half.unlink(missing_ok=True)
    try:
        with _scratch(target.parent) as scratch, _private(half) as file:
            _client("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(scratch / DUMP))
            writer = SealedWriter(file, key_id, key)
            _fill(writer, scratch / DUMP, at)
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        with _scratch(target.parent) as scratch:
            unpack(half, scratch)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)


def _fill(writer: SealedWriter, dump: Path, at: datetime) -> None:
    sums: dict[str, str] = {}
    folder = media_folder()
    with tarfile.open(fileobj=cast(IO[bytes], writer), mode="w|") as archive:
        _add(archive, dump, DUMP, sums)
        for path in sorted(folder.rglob("*")) if folder is not None and folder.exists() else ():
            if path.is_file():
                _add(archive, path, MEDIA + path.relative_to(folder or path).as_posix(), sums)
        manifest = {
            "made_at": at.isoformat(),
            "files": "included" if folder else settings.MEDIA_STORAGE_URL,
            "sha256": sums,
        }
        data = json.dumps(manifest, indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))


def _add(archive: tarfile.TarFile, path: Path, name: str, sums: dict[str, str]) -> None:
    with path.open("rb") as file:
        sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        member = tarfile.TarInfo(name)
        member.size = os.fstat(file.fileno()).st_size
        archive.addfile(member, file)


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Opens and checks the archive `source` into `folder` and gives its manifest; raises BackupError on any fault."""
    try:
        with source.open("rb") as file:
            reader = SealedReader(file, dict(settings.FIELD_ENCRYPTION_KEYS))
            with tarfile.open(fileobj=cast(IO[bytes], reader), mode="r|") as archive:
                archive.extractall(folder, filter="data")
            if reader.read().strip(b"\0"):
                raise BackupError("the archive holds more than it should")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise BackupError(f"the archive cannot be read: {error.strerror or error}") from None
    except (SealError, tarfile.TarError, ValueError) as error:
        raise BackupError(str(error)) from None
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    if found != set(manifest["sha256"]) or any(_sum(folder / name) != manifest["sha256"][name] for name in found):
        raise BackupError("the archive does not hold what its manifest names")
    return manifest


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(source: Path, *, force: bool) -> dict[str, Any]:
    """Puts database and files back from `source` and gives the manifest.

    Everything is checked before anything is touched. Tables and files that are there are only replaced by `force`.
    """
    folder = media_folder()
    with _scratch(folder.parent if folder else source.parent) as scratch:
        manifest = unpack(source, scratch)
        _check_room(folder, force)
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
            # `make run` marks a prepared database; this one has to be prepared again.
            cursor.execute(f"COMMENT ON DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} IS NULL")
        connection.close()
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        _client("pg_restore", *options, "--dbname", connection.settings_dict["NAME"], str(scratch / DUMP))
        if folder is not None:
            _put_files(scratch / MEDIA, folder)
    return manifest


def _check_room(folder: Path | None, force: bool) -> None:
    if force:
        return
    if connection.introspection.table_names():
        raise BackupError("the database is not empty; use another, or replace it with --force")
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty; use another, or replace it with --force")


def _put_files(source: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if source.exists():
        source.chmod(0o700)
        source.rename(folder)
    else:
        folder.mkdir(mode=0o700)


def _client(program: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs against the default database; the password goes by the environment."""
    database = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {name: str(database[key]) for name, key in names.items() if database.get(key)}
    done = subprocess.run(  # noqa: S603 (a program of our own choosing)
        [_program(program), *arguments],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", **environment},
        capture_output=True,
    )
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise BackupError(f"{program} failed: {words[0]}")


def _program(name: str) -> str:
    try:
        return str(binaries(Account()) / name)
    except PostgresError:
        found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is missing: install PostgreSQL's client programs")
    return found


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".backup-") as name:
        yield Path(name)


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
