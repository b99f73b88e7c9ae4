"""How passwords are kept, and which are refused."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password, make_password, verify_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings

from tests.login.conftest import CITIZEN_ID, CODE, PASSWORD

LONG = " ".join(f"muc {number * number}" for number in range(20))[:128].ljust(128, "z")
NEW_PEPPER, OLD_PEPPER = ("p2", b"n" * 32), ("p1", b"o" * 32)


@override_settings(ARGON2_MEMORY_KIB=19456, ARGON2_TIME=2)
def test_a_password_is_kept_by_argon2id_with_the_parameters_of_the_specification():
    kept = make_password(PASSWORD)
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(kept) <= 128
    assert check_password(PASSWORD, kept)
    assert not check_password(PASSWORD + "x", kept)


def test_the_database_alone_verifies_nothing_without_the_pepper():
    with override_settings(PASSWORD_PEPPERS=[OLD_PEPPER]):
        kept = make_password(PASSWORD)
    assert kept.endswith("$p1")
    with override_settings(PASSWORD_PEPPERS=[("p1", b"x" * 32)]):
        assert not check_password(PASSWORD, kept)
    with override_settings(PASSWORD_PEPPERS=[NEW_PEPPER]):
        assert not check_password(PASSWORD, kept)


@pytest.mark.parametrize("change", [{"PASSWORD_PEPPERS": [NEW_PEPPER, OLD_PEPPER]}, {"ARGON2_TIME": 2}])
def test_an_old_pepper_or_parameter_still_verifies_and_asks_for_a_new_hash(change):
    with override_settings(PASSWORD_PEPPERS=[OLD_PEPPER]):
        kept = make_password(PASSWORD)
        assert verify_password(PASSWORD, kept) == (True, False)
        with override_settings(**change):
            assert verify_password(PASSWORD, kept) == (True, True)


def test_two_spellings_of_one_vietnamese_password_are_the_same():
    composed, decomposed = "m\u1eadt kh\u1ea9u ri\u00eang", "ma\u0323\u0302t kha\u0302\u0309u rie\u0302ng"
    assert composed != decomposed
    assert check_password(decomposed, make_password(composed))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngan qua nhe", None),
        ("ngan qua nh", "too_short"),
        (LONG, None),
        (LONG + "x", "too_long"),
        ("Mẹ tôi trồng 3 luống rau cải 🌱 sau nhà, mỗi sáng tưới hai lần!", None),
        ("matkhau123456", "common"),
        ("MatKhau123456", "common"),
        ("mật khẩu 2026", "common"),
        ("123456789012", "common"),
        ("aaaaaaaaaaaaa", "common"),
        ("abcabcabcabc", "common"),
        ("qwertyuiopas", None),
        ("qwertyuiopasdf", "common"),
        (f"x{CODE}y", "own_data"),
        (f"{CODE[:4]} {CODE[4:7]} {CODE[7:]}", "own_data"),
        (f"cua toi {CITIZEN_ID}", "own_data"),
        ("0900000107 la so", "own_data"),
        ("toi sinh 05/01/1990", "own_data"),
        ("19900105 la ngay", "own_data"),
        ("VssID-BHXH-2026", "context"),
        ("nguyễn thị thử nghiệm 1", "context"),
        ("bhxh con ngua van", None),
        (PASSWORD, None),
    ],
)
def test_a_password_is_refused_for_a_reason_or_taken(citizen, password, code):
    if code is None:
        validate_password(password, citizen)
        return
    with pytest.raises(ValidationError) as refused:
        validate_password(password, citizen)
    assert code in [error.code for error in refused.value.error_list]
