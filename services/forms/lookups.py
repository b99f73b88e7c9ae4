"""Forms of the look-ups. Places are asked for in the address; what is about a person never is."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from insurance.models import Facility
from insurance.reads.places import provinces
from insurance.rules.words import LONGEST
from vssid import identifiers
from vssid.errors import DomainError


class PlaceForm(forms.Form):
    """Words and a province."""

    use_required_attribute = False
    hint: Any = _("Part of the name or the address; accents are not needed.")

    q = forms.CharField(
        label=_("What are you looking for?"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )
    province = forms.ChoiceField(label=_("Province or city"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].help_text = self.hint
        self.fields["province"].choices = _province_choices(_("All of Vietnam"))  # type: ignore[attr-defined]


class OfficeForm(PlaceForm):
    hint = _("Name of the office, or of the ward or commune where you live; accents are not needed.")


class FacilityForm(PlaceForm):
    hint = _("Name, code or address; accents are not needed.")

    level = forms.ChoiceField(
        label=_("Level of the facility"), required=False, choices=[("", _("All levels")), *Facility.Level.choices]
    )
    contracted = forms.BooleanField(label=_("Treats people with health insurance"), required=False)
    registers = forms.BooleanField(label=_("Takes registrations for first care"), required=False)
    certifies_leave = forms.BooleanField(label=_("May issue papers for leave paid by social insurance"), required=False)


class CollectingPointForm(PlaceForm):
    hint = _("Name, address, ward or commune; accents are not needed.")


class EmployerForm(PlaceForm):
    hint = _("Name, unit code or tax code; accents are not needed.")


class HolderForm(forms.Form):
    """Who somebody is, exactly as in the record but for accents."""

    use_required_attribute = False

    full_name = forms.CharField(
        label=_("Full name"),
        help_text=_("With or without accents."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "characters"}),
    )
    date_of_birth = forms.CharField(
        label=_("Date of birth"),
        help_text=_("For example 05/12/1990. Enter the year alone if your papers have no day."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "bday", "inputmode": "numeric", "class": "w10"}),
    )

    def clean_full_name(self) -> str:
        return parsed(self.cleaned_data["full_name"], identifiers.parse_full_name)

    def clean_date_of_birth(self) -> identifiers.BirthDate:
        return parsed(self.cleaned_data["date_of_birth"], identifiers.parse_date_of_birth)


class CodeForm(HolderForm):
    """All four must agree with the record."""

    citizen_id = forms.CharField(
        label=_("Personal ID number"),
        help_text=_("The 12 digits on your ID card."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "w20"}),
    )
    province = forms.ChoiceField(label=_("Province or city where you live"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["province"].choices = _province_choices(_("Choose"))  # type: ignore[attr-defined]

    def clean_citizen_id(self) -> str:
        return parsed(self.cleaned_data["citizen_id"], identifiers.parse_personal_id)


class CardForm(HolderForm):
    """The number on the card, or its last ten digits, and whose it is."""

    number = forms.CharField(
        label=_("Health insurance card number"),
        help_text=_("15 characters, or the last 10 digits: the social insurance code."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "w20"}),
    )
    field_order = ("number", "full_name", "date_of_birth")

    def clean_number(self) -> str:
        """Return 15 signs, or 10 digits."""
        typed = self.cleaned_data["number"]
        letters = any(sign.isalpha() for sign in typed)
        return parsed(typed, _card_number if letters else identifiers.parse_bhxh_code)


class DossierForm(forms.Form):
    """The number of a dossier."""

    use_required_attribute = False

    number = forms.CharField(
        label=_("Dossier number"),
        help_text=_("It is in the message and on the receipt, for example 00108GD/2026/00107."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "w20"}),
    )


def parsed(typed: str, parse: Callable[[str], Any]) -> Any:
    """Return the canonical form; what is wrong with it becomes the field's error."""
    try:
        return parse(typed)
    except DomainError as error:
        raise ValidationError(str(error)) from error


def _card_number(typed: str) -> str:
    return str(identifiers.parse_bhyt_card(typed))


def _province_choices(first: Any) -> list[tuple[str, Any]]:
    return [("", first), *provinces().values_list("code", "name")]
