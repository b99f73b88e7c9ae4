"""The name of a passkey, with what the browser says of it."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class PasskeyForm(forms.Form):
    """Both halves: `credential` is filled in by passkeys.js."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("So that you recognise it, such as “My phone”."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w20"}),
    )
    credential = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)

    def clean_name(self) -> str:
        """A name is shown in notices, where no long numbers belong."""
        name: str = " ".join(self.cleaned_data["name"].split())
        if re.search(r"\d{6,}", name):
            raise ValidationError(_("A name without long numbers, please: it is shown in notices."), code="numbers")
        return name
