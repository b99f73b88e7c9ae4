"""The two ways to confirm a first link."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LinkCodeForm(forms.Form):
    """By the code sent to the account's phone."""

    otp = forms.CharField(
        label=_("Confirmation code"),
        max_length=20,
        error_messages={"required": _("Enter the 6 digits of the message.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 6}),
    )


class LinkPasswordForm(forms.Form):
    """By the account's password."""

    password = forms.CharField(
        label=_("Password of your account here"),
        max_length=128,
        strip=False,
        error_messages={"required": _("Enter the password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "maxlength": 128}),
    )
