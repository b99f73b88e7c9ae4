"""A new LOOKUP_KEY: everything is found again by the hashes that `manage.py rekey_lookups` makes."""

from __future__ import annotations

import base64
import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import BinaryField
from django.utils import timezone

from accounts.actions import otp
from accounts.management.commands.rekey_lookups import COLUMNS, FORGOTTEN
from accounts.models import (
    IdentityNumber,
    LoginThrottle,
    OneTimeCode,
    PartialDeclaration,
    TrustedBrowser,
    User,
    VNeIDCase,
    VNeIDLink,
)
from insurance.models import InsuredPerson
from tests.harness.stage import new_browser
from tests.login.conftest import CITIZEN_ID, CODE, PASSWORD, PHONE, give_password, log_in
from vssid.crypto import keyed_hash

NEW_KEY = b"n" * 32
# Hashes under OTP_KEY, which is another key, and keys of the columns' own.
OTHERS = {"ContactChange.undo_hash", "OfficeRecovery.code_hash", "ServiceRequest.stop_hash"}


@pytest.fixture
def changed(settings, monkeypatch):
    """Call it to replace LOOKUP_KEY; the old one is then in the environment."""

    def change():
        monkeypatch.setenv("OLD_LOOKUP_KEY", base64.urlsafe_b64encode(settings.LOOKUP_KEY).decode())
        settings.LOOKUP_KEY = NEW_KEY

    return change


def test_each_column_of_hashes_is_made_anew_or_forgotten():
    hashes = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, BinaryField) and field.name.endswith("_hash") and model not in FORGOTTEN
    }
    assert hashes - OTHERS == {f"{column.model.__name__}.{column.name}" for column in COLUMNS}


def test_after_the_change_everybody_is_found_by_the_new_key(citizen, person, clock, changed, capsys):
    identity = {"issuer": "https://vneid.example", "subject": "s1", "user": citizen}
    VNeIDLink.objects.create(
        citizen_hash=keyed_hash(CITIZEN_ID, kind="citizen_id"), linked_at=timezone.now(), **identity
    )
    case = VNeIDCase.objects.create(
        kind="mismatch",
        citizen_hash=keyed_hash("001190000999", kind="citizen_id"),
        first_at=timezone.now(),
        last_at=timezone.now(),
        **identity,
    )
    typed = json.dumps({"phone": "0900000107"})
    PartialDeclaration.objects.create(
        typed=typed, phone_hash=keyed_hash(PHONE, kind="phone"), created_at=timezone.now()
    )
    IdentityNumber.objects.create(person=person, kind="cmnd", number_hash=b"?" * 32)
    browser = new_browser()
    log_in(browser)
    give_password(new_browser(), "khong phai mat khau nay")
    changed()

    assert not InsuredPerson.objects.with_citizen_id(CITIZEN_ID).exists()
    call_command("rekey_lookups", batch=1)

    told = capsys.readouterr().out
    assert "insurance.InsuredPerson.citizen_id_hash: 1 made anew, 0 of" in told
    assert "accounts.IdentityNumber.number_hash: 0 made anew, 1 of" in told
    assert InsuredPerson.objects.with_citizen_id(CITIZEN_ID).get() == person
    assert User.objects.filter(phone_hash=keyed_hash(PHONE, kind="phone")).get() == citizen
    assert bytes(VNeIDLink.objects.get().citizen_hash) == keyed_hash(CITIZEN_ID, kind="citizen_id")
    case.refresh_from_db()
    assert bytes(case.citizen_hash) != keyed_hash("001190000999", kind="citizen_id"), "nobody here has that number"
    assert PartialDeclaration.objects.filter(phone_hash=keyed_hash(PHONE, kind="phone")).exists()
    assert not any(model.objects.exists() for model in (OneTimeCode, TrustedBrowser, LoginThrottle))
    assert browser.get("/tai-khoan/").status_code == 200, "sessions go on"
    clock.shift(otp.COOL_DOWN[0])
    assert log_in(new_browser(), PASSWORD, CITIZEN_ID).status_code == 302

    call_command("rekey_lookups")
    assert "insurance.InsuredPerson.citizen_id_hash: 0 made anew, 0 of" in capsys.readouterr().out


def test_an_interrupted_change_goes_on_where_it_was(citizen, changed, capsys):
    other = InsuredPerson(bhxh_code="0099000108", full_name="TRẦN VĂN THỬ", made_up=True)
    other.date_of_birth, other.gender = citizen.person.date_of_birth, "male"
    changed()
    other.set_citizen_id("001090000108")
    other.save()
    call_command("rekey_lookups")
    assert "insurance.InsuredPerson.citizen_id_hash: 1 made anew, 0 of" in capsys.readouterr().out


def test_with_a_wrong_old_key_nothing_changes(citizen, monkeypatch, settings):
    give_password(new_browser(), "khong phai mat khau nay")
    with pytest.raises(CommandError, match="OLD_LOOKUP_KEY is not set"):
        call_command("rekey_lookups")
    settings.LOOKUP_KEY = NEW_KEY
    monkeypatch.setenv("OLD_LOOKUP_KEY", base64.urlsafe_b64encode(b"w" * 32).decode())
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("rekey_lookups")
    assert LoginThrottle.objects.exists()
    assert User.objects.get(username=CODE).phone_hash is not None
