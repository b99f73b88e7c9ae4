"""Forms of changing phone and e-mail."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.login import CodeNameMixin, code_field, username_field
from vssid.identifiers import InvalidIdentifier, parse_mobile


class PhoneForm(forms.Form):
    """The new mobile number."""

    new = forms.CharField(
        label=_("New mobile number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "class": "num w20"}),
    )

    def clean_new(self) -> str:
        try:
            return parse_mobile(self.cleaned_data["new"])
        except InvalidIdentifier as error:
            raise ValidationError(str(error), code=error.code) from error


class EmailForm(forms.Form):
    """The new e-mail address."""

    new = forms.EmailField(
        label=_("New email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class ContactCodeForm(forms.Form):
    """The code that went to the new phone or address."""

    otp = code_field(6)


class UndoForm(CodeNameMixin, forms.Form):
    """Whose account, and the code that the old phone got."""

    username = username_field()
    code = forms.CharField(
        label=_("Cancel code from the message"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "w20"}),
    )
