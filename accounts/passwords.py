"""Which passwords are refused: short, long, well known, or made of the person's own data. Any signs may be used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import CommonPasswordValidator as DjangoCommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User

MIN_LENGTH = 12
MAX_LENGTH = 128
CONTEXT_WORDS = ("vssid", "bhxh", "bhyt", "bhtn", "vneid", "baohiemxahoi", "baohiemyte", "baohiem")
COMMON_WORDS = Path(__file__).parent / "data" / "common_passwords.txt"
ROWS = ("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def plain(text: str) -> str:
    """Return letters and figures only, small and without marks: what two spellings of one word have in common."""
    unmarked = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return re.sub(r"[^a-z0-9]", "", unmarked)


class LengthValidator:
    """From 12 to 128 signs, counted after NFC so that a marked letter is one sign."""

    def validate(self, password: str, user: User | None = None) -> None:
        length = len(unicodedata.normalize("NFC", password))
        if length < MIN_LENGTH:
            message = _("A password has at least %(least)d characters. You entered %(entered)d.")
            raise ValidationError(message, code="too_short", params={"least": MIN_LENGTH, "entered": length})
        if length > MAX_LENGTH:
            message = _("A password has at most %(most)d characters. You entered %(entered)d.")
            raise ValidationError(message, code="too_long", params={"most": MAX_LENGTH, "entered": length})

    def get_help_text(self) -> str | Promise:
        return _("At least 12 characters. Several words in a row are easy to remember and hard to guess.")


class OwnDataValidator:
    """No number or date that is known about the person, and not mainly the portal's words or the person's name."""

    def validate(self, password: str, user: User | None = None) -> None:
        text = plain(password)
        if any(number in text for number in _own_numbers(user)):
            message = _("Do not use your own numbers: social insurance code, identity number, phone or date of birth.")
            raise ValidationError(message, code="own_data")
        name = plain(user.full_name) if user else ""
        rest = text
        for word in (name, plain(user.username) if user else "", *CONTEXT_WORDS):
            rest = rest.replace(word, "") if len(word) > 3 else rest
        if rest != text and (len(rest) < 6 or is_common(rest)):
            raise ValidationError(_("Do not use mainly your name or words such as BHXH and VssID."), code="context")

    def get_help_text(self) -> str | Promise:
        return _("Not your name, your numbers or your date of birth.")


class CommonPasswordValidator:
    """Not in Django's list of common passwords nor in the portal's own of Vietnamese ones, figures aside."""

    def validate(self, password: str, user: User | None = None) -> None:
        if is_common(password):
            raise ValidationError(_("Many people use this password, so it is easy to guess."), code="common")

    def get_help_text(self) -> str | Promise:
        return _("Not a password that many people use.")


def is_common(password: str) -> bool:
    """Tell whether the text is a well-known password, a sequence, or one short piece repeated."""
    text = plain(password)
    core = re.sub(r"^[0-9]+|[0-9]+$", "", text)
    known = common_passwords()
    if password.lower().strip() in known or text in known or (core and core in known):
        return True
    if any(text and text in row * 3 for row in ROWS):
        return True
    # A piece of at most six signs, written again and again: 123123123123, abcabcabcabc.
    return bool(re.fullmatch(r"(.{1,6}?)\1{1,}.{0,5}", text)) and len(set(text)) <= 6


@cache
def common_passwords() -> frozenset[str]:
    """Both lists in one set, in small letters."""
    own = (line.strip() for line in COMMON_WORDS.read_text(encoding="utf-8").splitlines())
    return frozenset(word for word in own if word and not word.startswith("#")) | frozenset(
        DjangoCommonPasswordValidator().passwords
    )


def _own_numbers(user: User | None) -> Iterator[str]:
    """Numbers that must not occur: code, phone without its prefix, identity number, date of birth in both orders."""
    if user is None:
        return
    if user.username.isdigit():
        yield user.username
    if user.phone:
        yield user.phone.removeprefix("+84")
    if user.person is not None:
        yield user.person.bhxh_code
        if user.person.citizen_id:
            yield user.person.citizen_id
        if not user.person.birth_year_only:
            yield f"{user.person.date_of_birth:%d%m%Y}"
            yield f"{user.person.date_of_birth:%Y%m%d}"
