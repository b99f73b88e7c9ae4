"""The forms of the back office's door."""

from django import forms
from django.utils.translation import gettext_lazy as _


class StaffLoginForm(forms.Form):
    """User name and password of a member of staff."""

    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class StaffCodeForm(forms.Form):
    """The six digits of the authenticator."""

    otp = forms.CharField(
        label=_("Code of your authenticator"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "otp", "autofocus": True}
        ),
    )

    def clean_otp(self) -> str:
        """Return the digits without the blanks people type between them."""
        return "".join(self.cleaned_data["otp"].split())
