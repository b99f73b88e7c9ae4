"""An operator backs the portal up and puts it back, into an empty database or over a used one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connections

from tests.harness import servers
from vssid.ops.sealed import FRAME, SealedReader, SealedWriter, SealError

EMPTY = f"empty_{servers.WORKER}"


@pytest.fixture
def media(tmp_path: Path, settings: LazySettings) -> Path:
    """A file store with one file in it."""
    folder = tmp_path / "media"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "photo").write_bytes(b"sealed pixels" * 1000)
    settings.MEDIA_STORAGE_URL = f"file://{folder}"
    return folder


@pytest.fixture
def archive(tmp_path: Path, media: Path, transactional_db: None) -> Path:
    """A backup of a portal with one committed row and one file."""
    Group.objects.create(name="kept")
    path = tmp_path / "portal.archive"
    call_command("backup", to=path, stdout=io.StringIO())
    return path


@pytest.fixture
def empty_database() -> Iterator[None]:
    """The default connection leads to a database without a single table."""
    default = connections["default"]
    servers.postgres().create_database(EMPTY)
    default.close()
    kept, default.settings_dict["NAME"] = default.settings_dict["NAME"], EMPTY
    yield
    default.close()
    default.settings_dict["NAME"] = kept
    servers.postgres().drop_database(EMPTY)


def test_a_backup_fills_an_empty_database_and_an_empty_store(
    archive: Path, empty_database: None, tmp_path: Path, settings: LazySettings
) -> None:
    settings.MEDIA_STORAGE_URL = f"file://{tmp_path / 'other'}"
    call_command("restore", archive, stdout=io.StringIO())
    assert Group.objects.filter(name="kept").exists()
    assert (tmp_path / "other" / "ab" / "photo").read_bytes() == b"sealed pixels" * 1000
    assert archive.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob(".backup-*"))


def test_what_is_in_use_is_replaced_only_by_force(archive: Path, media: Path) -> None:
    Group.objects.create(name="later")
    (media / "later").write_bytes(b"")
    with pytest.raises(CommandError, match=r"not empty.*Nothing was restored"):
        call_command("restore", archive)
    assert Group.objects.filter(name="later").exists()
    call_command("restore", archive, force=True, stdout=io.StringIO())
    assert set(Group.objects.filter(name__in=["kept", "later"]).values_list("name", flat=True)) == {"kept"}
    assert not (media / "later").exists()


@pytest.mark.parametrize("damage", ["changed", "cut", "no archive"])
def test_a_damaged_archive_is_refused_before_anything_is_touched(archive: Path, media: Path, damage: str) -> None:
    data = bytearray(archive.read_bytes())
    if damage == "changed":
        data[len(data) // 2] ^= 1
    archive.write_bytes({"changed": data, "cut": data[:-100], "no archive": b"hello"}[damage])
    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", archive, force=True)
    assert Group.objects.filter(name="kept").exists()
    assert (media / "ab" / "photo").exists()


def test_other_keys_do_not_open_it(archive: Path, settings: LazySettings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [("k2", b"2" * 32)]
    with pytest.raises(CommandError, match="written with the key 'k1'"):
        call_command("restore", archive, force=True)


@pytest.mark.parametrize("size", [0, 1, FRAME, FRAME + 1, 2 * FRAME])
def test_a_seal_shows_a_frame_left_out_at_the_end(size: int) -> None:
    file = io.BytesIO()
    writer = SealedWriter(file, "k", b"1" * 32)
    writer.write(b"x" * size)
    whole_frames = len(file.getvalue())
    writer.close()
    file.seek(0)
    assert SealedReader(file, {"k": b"1" * 32}).read() == b"x" * size
    with pytest.raises(SealError):
        SealedReader(io.BytesIO(file.getvalue()[:whole_frames]), {"k": b"1" * 32}).read()
