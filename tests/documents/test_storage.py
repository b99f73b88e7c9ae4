"""The encrypted store for photos and attachments, in a folder and in a bucket."""

import errno
import os
import stat
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import override_settings

from tests.documents.bucket import Bucket
from vssid import crypto
from vssid.documents import storage
from vssid.documents.storage import StorageFull, StorageUnavailable
from vssid.errors import NotFound

CONTEXT = "id-photo"
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 50  # made up
OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)


@pytest.fixture
def folder(tmp_path):
    with override_settings(MEDIA_STORAGE_URL=f"file://{tmp_path}/m%20edia"):
        _forget()
        yield tmp_path / "m edia"
    _forget()


@pytest.fixture
def bucket():
    with Bucket() as server:
        with override_settings(MEDIA_STORAGE_URL=f"s3://key:se%2Fcret@photos?endpoint={server.url}"):
            _forget()
            call_command("prepare_storage", verbosity=0)
            yield server
        _forget()


@pytest.fixture(params=["folder", "bucket"])
def store(request):
    """Each kind of store in turn: `kept()` gives the bytes that lie there by name."""
    return request.getfixturevalue(request.param)


def _forget() -> None:
    storages._storages.pop("private", None)


def kept(store) -> dict[str, bytes]:
    if isinstance(store, Bucket):
        return dict(store.objects)
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}


@pytest.mark.django_db
def test_a_file_comes_back_and_lies_encrypted_under_a_random_name(store):
    name = storage.save(PICTURE, context=CONTEXT)
    assert storage.open(name, context=CONTEXT) == PICTURE
    context, first, second, key = name.split("/")
    assert (context, first, second) == (CONTEXT, key[:2], key[2:4])
    [(lies, blob)] = kept(store).items()
    assert lies == name
    assert PICTURE[:40] not in blob
    storage.delete(name)
    storage.delete(name)
    assert kept(store) == {}
    with pytest.raises(NotFound):
        storage.open(name, context=CONTEXT)


@pytest.mark.django_db
def test_a_file_is_opened_only_as_what_it_is_and_under_its_name(folder):
    name = storage.save(PICTURE, context=CONTEXT)
    with pytest.raises(NotFound):
        storage.open(name, context="attachment")
    other = storage.save(b"other", context=CONTEXT)
    (folder / other).write_bytes((folder / name).read_bytes())
    with pytest.raises(crypto.DecryptionFailed):
        storage.open(other, context=CONTEXT)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "id-photo/../x", "id-photo/aa/bb/" + "A" * 32, "id-photo/aa/bb/", ""]
)
def test_a_name_that_was_not_given_out_is_not_found(folder, name):
    with pytest.raises(NotFound):
        storage.open(name, context=CONTEXT)


@pytest.mark.django_db
def test_only_this_account_may_read_the_folder(folder):
    name = storage.save(PICTURE, context=CONTEXT)
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / name).parent.stat().st_mode) == 0o700


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "error"), [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EIO, StorageUnavailable)]
)
def test_a_full_disk_leaves_nothing_behind_and_is_told(folder, monkeypatch, code, error):
    def full(handle):
        raise OSError(code, "made up")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(error) as raised:
        storage.save(PICTURE, context=CONTEXT)
    assert raised.value.status == 503
    assert kept(folder) == {}


@pytest.mark.django_db
def test_a_bucket_that_is_full_or_away_is_told(bucket):
    bucket.refuse = (507, "InsufficientStorage")
    with pytest.raises(StorageFull):
        storage.save(PICTURE, context=CONTEXT)
    bucket.refuse = (403, "AccessDenied")
    with pytest.raises(StorageUnavailable) as raised:
        storage.save(PICTURE, context=CONTEXT)
    assert "secret" not in repr(raised.value.__cause__)
    bucket.stop()
    with pytest.raises(StorageUnavailable):
        storage.save(PICTURE, context=CONTEXT)
    assert bucket.objects == {}


@pytest.mark.django_db
def test_after_rotation_every_file_opens_with_the_new_key_alone(store, capsys):
    with override_settings(FIELD_ENCRYPTION_KEYS=[OLD]):
        names = [storage.save(PICTURE + bytes([number]), context=CONTEXT) for number in range(3)]
        names.append(storage.save(b"paper", context="attachment"))
    with override_settings(FIELD_ENCRYPTION_KEYS=[NEW, OLD]):
        call_command("reencrypt_files")
        assert "4 files, 4 written anew" in capsys.readouterr().out
        call_command("reencrypt_files")
        assert "4 files, 0 written anew" in capsys.readouterr().out
    with override_settings(FIELD_ENCRYPTION_KEYS=[NEW]):
        assert storage.open(names[1], context=CONTEXT) == PICTURE + b"\x01"
        assert storage.open(names[3], context="attachment") == b"paper"


@pytest.mark.django_db
def test_a_file_erased_meanwhile_does_not_come_back(folder):
    with override_settings(FIELD_ENCRYPTION_KEYS=[OLD]):
        name = storage.save(PICTURE, context=CONTEXT)
    storage.delete(name)
    with override_settings(FIELD_ENCRYPTION_KEYS=[NEW, OLD]):
        assert storage.reencrypt(name) is False
    assert kept(folder) == {}


@pytest.mark.django_db
def test_an_empty_store_has_no_names(folder, bucket):
    assert list(storage.names()) == []


@pytest.mark.parametrize("url", ["file://host/x", "ftp://x/y", "s3://", "var/media"])
def test_an_unknown_kind_of_store_is_refused_by_name(url):
    with override_settings(MEDIA_STORAGE_URL=url):
        _forget()
        with pytest.raises(Exception, match="MEDIA_STORAGE_URL"):
            storages["private"]


def test_half_written_parts_are_no_files(folder):
    place = Path(folder) / CONTEXT / "aa" / "bb"
    place.mkdir(parents=True)
    (place / ".x.part").write_bytes(b"half")
    assert list(storage.names()) == []
