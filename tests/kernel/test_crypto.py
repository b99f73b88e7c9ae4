"""Encrypted columns, keys that rotate, hashes to look up by."""

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from django.db.migrations.writer import MigrationWriter
from hypothesis import given
from hypothesis import strategies as st

from vssid import crypto
from vssid.sms.models import Message

OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)


@pytest.fixture
def keys(settings):
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    return settings


@pytest.fixture
def message(db, keys, now):
    return Message.objects.create(to="+84912345678", body="Ma la 123456", ref="ABCDEF", dedupe_key="a", created_at=now)


def stored(field="body"):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{field}" FROM sms_message ORDER BY id')
        return [bytes(value) for (value,) in cursor.fetchall()]


@given(data=st.binary(max_size=500), context=st.text(max_size=20))
def test_what_was_sealed_opens_under_its_context(data, context):
    assert crypto.decrypt(crypto.encrypt(data, context=context), context=context) == data


def test_equal_values_look_different():
    assert crypto.encrypt(b"a", context="x") != crypto.encrypt(b"a", context="x")


@pytest.mark.parametrize("blob", [b"", b"\x01", b"plain text", b"\x01\x03old", b"\x02\x03old" + b"0" * 40])
def test_what_is_no_sealed_value_is_refused(keys, blob):
    with pytest.raises(crypto.DecryptionFailed):
        crypto.decrypt(blob, context="x")


def test_every_changed_byte_is_noticed(keys):
    blob = crypto.encrypt(b"secret", context="x")

    for place in range(len(blob)):
        changed = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        with pytest.raises(crypto.DecryptionFailed):
            crypto.decrypt(changed, context="x")


def test_values_of_an_old_key_open_after_rotation_and_new_ones_use_the_new_key(keys):
    sealed = crypto.encrypt(b"secret", context="x")

    keys.FIELD_ENCRYPTION_KEYS = [NEW, OLD]

    assert crypto.decrypt(sealed, context="x") == b"secret"
    assert crypto.encrypt(b"secret", context="x").startswith(b"\x01\x03new")


def test_a_missing_key_is_named(keys):
    sealed = crypto.encrypt(b"secret", context="x")
    keys.FIELD_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(crypto.UnknownKey, match="'old'"):
        crypto.decrypt(sealed, context="x")


def test_a_column_holds_no_plain_text(message):
    assert Message.objects.get().body == "Ma la 123456"
    assert b"123456" not in stored()[0]
    assert stored()[0].startswith(b"\x01\x03old")


def test_a_value_moved_to_another_column_does_not_open(message):
    with connection.cursor() as cursor:
        cursor.execute('UPDATE sms_message SET body = "to"')

    with pytest.raises(crypto.DecryptionFailed):
        Message.objects.get()


def test_an_encrypted_column_cannot_be_searched(message):
    for lookup in ("body", "body__contains", "body__in"):
        with pytest.raises(FieldError):
            Message.objects.filter(**{lookup: "Ma"}).exists()
    assert Message.objects.filter(body__isnull=False).exists()


def test_the_field_is_written_plainly_into_migrations(english):
    text, _ = MigrationWriter.serialize(Message._meta.get_field("body"))

    assert text == "vssid.crypto.fields.EncryptedTextField(null=True, verbose_name='text')"


def test_reencrypting_frees_the_old_key(message, keys, now, capsys):
    for number in range(5):
        Message.objects.create(
            to="+84912345678", body=f"Tin {number}", ref=f"R{number}", dedupe_key=f"{number}", created_at=now
        )
    keys.FIELD_ENCRYPTION_KEYS = [NEW, OLD]

    call_command("reencrypt_fields", batch=2)
    first = stored()
    call_command("reencrypt_fields", batch=2)

    assert "sms.message.body: 6 sealed anew" in capsys.readouterr().out
    assert stored() == first, "the second run found nothing to do"
    keys.FIELD_ENCRYPTION_KEYS = [NEW]
    assert [m.body for m in Message.objects.order_by("pk")] == ["Ma la 123456", *(f"Tin {n}" for n in range(5))]


def test_hashes_depend_on_value_kind_and_key(settings):
    known = crypto.keyed_hash("001199000107", kind="citizen_id")

    assert len(known) == 32
    assert known == crypto.keyed_hash("001199000107", kind="citizen_id")
    assert known != crypto.keyed_hash("001199000108", kind="citizen_id")
    assert known != crypto.keyed_hash("001199000107", kind="phone")
    assert known != crypto.code_hash("001199000107", context="citizen_id")
    settings.LOOKUP_KEY = b"x" * 32
    assert known != crypto.keyed_hash("001199000107", kind="citizen_id")
