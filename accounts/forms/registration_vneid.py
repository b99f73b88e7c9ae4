"""The declaration of somebody whom VNeID vouches for: the same fields and rules, but for what is certified already."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.registration_vneid import Vouched
from accounts.forms.registration import ConfirmForm, DeclarationForm, typed_of
from accounts.models import RegistrationDossier
from accounts.models.registration import Gender
from vssid.templatetags.portal import code

PLACES = "noi-o"


class VouchedForm(ConfirmForm, DeclarationForm):
    """What VNeID does not tell, and the consent. After `is_valid()` the whole declaration is in `declaration`."""

    def __init__(self, *args: Any, vouched: Vouched, draft: RegistrationDossier | None = None, **kwargs: Any) -> None:
        initial = typed_of(draft) if draft else {"phone": vouched.phone.replace("+84", "0", 1)}
        if draft and not draft.bhxh_code:
            initial["bhxh_code"] = ""
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self.vouched = vouched
        for name in (*vouched.as_typed(), "old_id_number"):
            del self.fields[name]
        self.leave_photos_out()
        entry, office = self.fields["bhxh_code"], self.fields["office"]
        entry.required = False
        entry.label = _("Social insurance code")
        entry.help_text = _("10 digits, if you know it. Without it your record is found by your personal number.")
        office.help_text = _("It looks at your declaration if something does not agree. You need not go there now.")
        for name in ("province", "ward", "office"):
            self.fields[name].widget.attrs["hx-get"] = f"{reverse('accounts:register-vneid')}?{PLACES}"

    def typed(self) -> dict[str, str]:
        """Return the declaration as if all of it had been typed; what VNeID certified stands whatever came in."""
        typed = super().typed() | self.vouched.as_typed()
        return typed | {"bhxh_code": typed["bhxh_code"] or self.vouched.citizen_id, "old_id_number": ""}

    def add_error(self, field: str | None, error: Any) -> None:
        """What the rules refuse of VNeID's words has no field to stand at."""
        super().add_error(field if field in self.fields else None, error)

    def facts(self) -> list[tuple[Any, ...]]:
        """Return label and value of what is certified."""
        fields, typed = DeclarationForm.base_fields, self.vouched.as_typed()
        return [
            (fields["full_name"].label, typed["full_name"], "wide"),
            (fields["date_of_birth"].label, typed["date_of_birth"]),
            (fields["gender"].label, Gender(typed["gender"]).label),
            (_("Personal ID number"), code(typed["id_number"])),
        ]
