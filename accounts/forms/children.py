"""The forms with which a parent registers a child."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.registration import DeclarationForm, Typed, places_of
from accounts.models import RegistrationDossier, User
from accounts.models.registration import Kind, PhotoSlot, Relation
from accounts.rules.children import FIELDS, ChildDeclaration, read_child
from accounts.rules.declaration import DeclarationInvalid


class ChildForm(DeclarationForm):
    """A child's declaration; after `is_valid()` it is in `child`."""

    bhxh_code = Typed(
        label=_("The child's social insurance code"),
        help_text=_(
            "10 digits. Or the whole number on the child's health insurance card, or what a scanner reads from its QR"
            " code."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": "500", "class": "num w20"}),
    )
    full_name = Typed(
        label=_("The child's full name"),
        help_text=_("With all accents, as on the birth certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": "120", "autocapitalize": "characters"}),
    )
    date_of_birth = Typed(
        label=_("Date of birth"),
        help_text=_("For example 09/02/2016."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "14", "class": "num w10"}
        ),
    )
    relation = Typed(label=_("You are the child's"), widget=forms.RadioSelect(choices=Relation.choices))

    child: ChildDeclaration

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(FIELDS):
            del self.fields[name]
        self.fields["office"].help_text = _("It compares the papers. You need not go there.")
        for name in ("province", "ward", "office"):
            self.fields[name].widget.attrs["hx-get"] = reverse_lazy("accounts:child-register")

    def clean(self) -> dict[str, Any]:
        """Judge the whole declaration by the rules."""
        typed = self.typed()
        try:
            self.child = read_child(typed, places=places_of(typed), today=timezone.localdate())
        except DeclarationInvalid as invalid:
            for name, error in invalid.errors.items():
                self.add_error(name, str(error))
        return self.cleaned_data


class ChildPhotosForm(forms.Form):
    """Two photos, which the view reads one after the other, and the parent's consent."""

    use_required_attribute = False

    portrait = forms.FileField(label=PhotoSlot.PORTRAIT.label, required=False)
    birth = forms.FileField(label=PhotoSlot.BIRTH.label, required=False)
    consent = forms.BooleanField(
        required=False,
        label=_(
            "I am the parent or guardian of this child. What I wrote is true, and I agree that the social insurance "
            "agency processes the child's data and photos to check who the child is, to open the child's account and "
            "to show it to me until the child is 18."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Forget Django's opinion of files (empty ones, long names): they are judged as photos."""
        self.errors.clear()
        return self.cleaned_data


class CodeForm(forms.Form):
    """The code that was sent to the parent's phone."""

    use_required_attribute = False

    otp = Typed(
        label=_("Confirmation code"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "12"}),
    )


def typed_of_child(dossier: RegistrationDossier) -> dict[str, str]:
    """Return a child's declaration as it would be typed, to be changed."""
    born = dossier.date_of_birth
    return {
        "bhxh_code": dossier.bhxh_code,
        "full_name": dossier.full_name,
        "date_of_birth": str(born.year) if dossier.birth_year_only else f"{born:%d/%m/%Y}",
        "gender": dossier.gender,
        "relation": dossier.relation,
        "province": dossier.province_id,
        "ward": dossier.ward_id,
        "address": dossier.address,
        "office": dossier.office_id,
    }


def suggested(parent: User) -> dict[str, str]:
    """Return the places of the parent's own last declaration, else those of the insurance record."""
    person = parent.person
    if person is None:
        return {}
    own = RegistrationDossier.objects.filter(person=person, kind=Kind.ADULT, submitted_at__isnull=False)
    last = own.order_by("-submitted_at").first()
    if last is not None:
        return {
            "province": last.province_id,
            "ward": last.ward_id,
            "address": last.address,
            "office": last.office_id,
        }
    if person.ward is None:
        return {}
    return {"province": person.ward.province_id, "ward": person.ward.pk, "address": person.address}
