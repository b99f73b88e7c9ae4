"""The forms of the back office's door, and of those who work behind it."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.staff import Role

# A letter first: digits alone are citizens' codes, and blanks are taken out of codes before anybody is looked for.
STAFF_NAME = RegexValidator(
    r"^[a-z][a-z0-9._-]{2,39}\Z",
    _("A staff user name begins with a letter and has small letters, digits, dots and hyphens, at least 3."),
)


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


class RoleField(forms.ModelMultipleChoiceField):
    """The roles by their words."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the role's word."""
        return str(Role(obj.name).label) if obj.name in Role.values else str(obj.name)


class StaffForm(forms.ModelForm):
    """A member of staff; a password typed here is replaced by themselves at the first login."""

    groups = RoleField(
        label=_("Roles"), queryset=Group.objects.order_by("pk"), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("For the first login within 24 hours: they choose an own one then. Leave it empty to keep theirs."),
    )
    forget_authenticator = forms.BooleanField(
        label=_("Forget the authenticator"),
        required=False,
        help_text=_("For somebody who lost the phone: the next login sets up another one. Be sure who is asking."),
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "is_active", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields:
            self.fields["username"].validators.append(STAFF_NAME)

    def clean_new_password(self) -> str:
        """Hold a typed password to the rules of everybody's."""
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        return password
