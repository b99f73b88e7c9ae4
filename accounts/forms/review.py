"""The forms of a decision."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.registration import PhotoSlot
from accounts.rules.refusals import REFUSALS

RETURNABLE = {
    "bhxh_code": _("BHXH code"),
    "full_name": _("Full name"),
    "date_of_birth": _("Date of birth"),
    "gender": _("Gender"),
    "id_number": _("Identity number"),
    "phone": _("Phone"),
    "address": _("Address"),
    **{str(slot.value): slot.label for slot in PhotoSlot},
}


class ReturnForm(forms.Form):
    """Which field or photo the citizen must mend, and why."""

    field = forms.ChoiceField(label=_("What must be corrected"), choices=RETURNABLE.items())
    text = forms.CharField(label=_("What the citizen reads"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class RejectForm(forms.Form):
    """A reason of the catalogue, and words of one's own."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "–"), *((code, refusal.title) for code, refusal in REFUSALS.items())]
    )
    text = forms.CharField(
        label=_("Words added to it"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
