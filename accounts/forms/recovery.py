"""Forms of coming back without the phone."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.login import NewPasswordMixin, ResetStartForm, code_field, new_password_field, password_field
from accounts.models.registration import IdType
from vssid.identifiers import InvalidIdentifier, parse_mobile


class RecoveryPhoneForm(forms.Form):
    """The phone in place of the lost one."""

    phone = forms.CharField(
        label=_("New mobile number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "class": "num w20"}),
    )

    def clean_phone(self) -> str:
        try:
            return parse_mobile(self.cleaned_data["phone"])
        except InvalidIdentifier as error:
            raise ValidationError(str(error), code=error.code) from error


class RecoveryForm(NewPasswordMixin, RecoveryPhoneForm):
    """The code that went there, and the new password."""

    phone = forms.CharField(max_length=30, widget=forms.HiddenInput)
    otp = code_field(6)
    new_password = new_password_field()
    new_password2 = password_field(_("New password again"), "new-password")


class OfficeCodeForm(NewPasswordMixin, ResetStartForm):
    """What is known about the account, the code that the office had sent, and the new password."""

    code = forms.CharField(
        label=_("Recovery code from the message"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "class": "w20"}),
    )
    new_password = new_password_field()
    new_password2 = password_field(_("New password again"), "new-password")


class OfficePhoneForm(RecoveryPhoneForm):
    """What an officer enters who saw the person: the new phone, and the paper that was shown."""

    document = forms.ChoiceField(label=_("Document that was shown"), choices=IdType.choices)
