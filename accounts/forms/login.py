"""Forms of login and passwords. A password is taken as typed: no trimming, pasting allowed."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vssid.identifiers import InvalidIdentifier, parse_bhxh_or_personal_id

CODE_HINT = _("The code has 10 digits: the last 10 on your health insurance card.")
# An old or mistyped password may be longer than a new one can be; beyond this nobody types.
TYPED_LENGTH = 512


def username_field() -> forms.CharField:
    """BHXH code or personal number, as typed."""
    return forms.CharField(
        label=_("Social insurance code or personal ID number"),
        help_text=CODE_HINT,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "username", "class": "num"}),
    )


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    """A password: untrimmed, hidden, never shown again."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=TYPED_LENGTH, widget=widget, help_text=help_text)


def code_field(digits: int) -> forms.CharField:
    """A one-time code: one field; the phone's suggestion and pasting work."""
    return forms.CharField(
        label=_("Code from the message"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": digits}),
    )


class CodeNameMixin:
    """Forms whose `username` is a BHXH code or a personal number."""

    cleaned_data: dict[str, Any]

    def clean_username(self) -> str:
        try:
            return parse_bhxh_or_personal_id(self.cleaned_data["username"])
        except InvalidIdentifier as error:
            raise ValidationError(str(error), code=error.code) from error


class LoginForm(CodeNameMixin, forms.Form):
    """User name and password."""

    username = username_field()
    password = password_field(_("Password"), "current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.CREDENTIALS == "activation":
            self.fields["password"].label = _("Password or activation code")


class LoginCodeForm(forms.Form):
    """The code that a new browser is asked for."""

    otp = code_field(6)


class PasswordForm(forms.Form):
    """The password alone, of somebody who is logged in."""

    password = password_field(_("Password"), "current-password")


class NewPasswordMixin:
    """Forms with a new password, typed twice, held against what is the same for everybody."""

    cleaned_data: dict[str, Any]

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        validate_password(password)
        return password

    def clean_new_password2(self) -> str:
        again: str = self.cleaned_data["new_password2"]
        first = self.cleaned_data.get("new_password")
        if first is not None and unicodedata.normalize("NFC", first) != unicodedata.normalize("NFC", again):
            raise ValidationError(_("The two new passwords differ. Enter the same one twice."), code="mismatch")
        return again


def new_password_field() -> forms.CharField:
    """The new password with the rule beside it."""
    hint = _("At least 12 characters. Several words in a row are easy to remember and hard to guess.")
    return password_field(_("New password"), "new-password", hint)


class PasswordChangeForm(NewPasswordMixin, forms.Form):
    """Old and new password of somebody who is logged in."""

    old_password = password_field(_("Present password"), "current-password")
    new_password = new_password_field()
    new_password2 = password_field(_("New password again"), "new-password")


class ResetStartForm(CodeNameMixin, forms.Form):
    """What is known about the account, before a code is sent."""

    username = username_field()
    id_last6 = forms.CharField(
        label=_("Last 6 digits of your ID card number"),
        help_text=_("The 12-digit number on your ID card or in VNeID."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num w6"}),
    )

    def clean_id_last6(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["id_last6"])
        digits = "".join(sign for sign in typed if sign.isalnum())
        if not (len(digits) == 6 and digits.isdecimal() and digits.isascii()):
            raise ValidationError(_("Enter exactly the last 6 digits of the number."), code="six_digits")
        return digits


class ResetForm(NewPasswordMixin, ResetStartForm):
    """The same, with the code and the new password."""

    otp = code_field(8)
    new_password = new_password_field()
    new_password2 = password_field(_("New password again"), "new-password")
