"""The forms of registration: they draw fields and hand what was typed to the rules, which judge it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.registration import Gender, IdType, PhotoSlot, RegistrationDossier
from accounts.rules.declaration import ID_TYPES, Declaration, DeclarationInvalid, Places, read_declaration
from insurance.models import Office, Province, Ward
from vssid.sms.texts import fold

Choices = list[tuple[Any, Any]]


class Typed(forms.CharField):
    """Whatever was typed, without blanks around it; the rules judge it. `required` only changes how it is drawn."""

    def validate(self, value: str) -> None:
        """Leave it to the rules."""


def _text(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs=attrs)


class DeclarationForm(forms.Form):
    """The declaration; after `is_valid()` it is in `declaration`. `asked`: what an officer wants changed, by field."""

    use_required_attribute = False

    bhxh_code = Typed(
        label=_("Social insurance code or personal ID number"),
        help_text=_(
            "10 digits: on your insurance book, or the last 10 on your health insurance card. Or the 12 of your ID"
            " card."
        ),
        widget=_text(inputmode="numeric", autocomplete="off", maxlength="20", **{"class": "num w10"}),
    )
    full_name = Typed(
        label=_("Full name"),
        help_text=_("With all accents, as on your ID card."),
        widget=_text(autocomplete="name", maxlength="120", autocapitalize="characters"),
    )
    date_of_birth = Typed(
        label=_("Date of birth"),
        help_text=_("For example 09/02/1985. If your papers have the year only, enter the year."),
        widget=_text(inputmode="numeric", autocomplete="bday", maxlength="14", **{"class": "num w10"}),
    )
    gender = Typed(label=_("Sex"), widget=forms.RadioSelect(choices=Gender.choices))
    id_type = Typed(
        label=_("Type of document"),
        widget=forms.RadioSelect(choices=[choice for choice in IdType.choices if choice[0] in ID_TYPES]),
    )
    id_number = Typed(
        label=_("Document number"),
        help_text=_("12 digits on the front of an ID card; letter and digits of a passport."),
        widget=_text(autocomplete="off", maxlength="20", **{"class": "num w10"}),
    )
    old_id_number = Typed(
        label=_("Old ID card number (CMND)"),
        help_text=_("9 digits, if you had one."),
        required=False,
        widget=_text(inputmode="numeric", autocomplete="off", maxlength="14", **{"class": "num w10"}),
    )
    phone = Typed(
        label=_("Mobile phone"),
        help_text=_("The confirmation code and your password are sent to this number."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "maxlength": "20", "class": "num w10"}),
    )
    email = Typed(
        label=_("Email"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "maxlength": "254"}),
    )
    province = Typed(
        label=_("Province or city"),
        widget=forms.Select(
            attrs={
                "autocomplete": "address-level1",
                "hx-get": reverse_lazy("accounts:wards"),
                "hx-target": "#places",
                "hx-swap": "outerHTML",
                # What is chosen from the lists of the province before would be lost with them.
                "hx-disabled-elt": "#id_ward, #id_office",
                "hx-sync": "#places:replace",
            }
        ),
    )
    ward = Typed(
        label=_("Ward or commune"),
        widget=forms.Select(
            attrs={
                "autocomplete": "address-level2",
                "hx-get": reverse_lazy("accounts:wards"),
                "hx-include": "#id_province",
                "hx-target": "#places",
                "hx-swap": "outerHTML",
                "hx-sync": "#places:replace",
            }
        ),
    )
    address = Typed(
        label=_("House number, street or hamlet"),
        help_text=_("You can also write the old address here."),
        widget=_text(autocomplete="street-address", maxlength="200"),
    )
    office = Typed(
        label=_("Social insurance office"),
        help_text=_("Choose the nearest one. You go there once, to show your ID card."),
        widget=forms.Select(
            attrs={
                "hx-get": reverse_lazy("accounts:wards"),
                "hx-include": "#id_province, #id_ward",
                "hx-target": "#office-facts",
                "hx-select": "#office-facts",
                "hx-swap": "outerHTML",
            }
        ),
    )

    declaration: Declaration

    def __init__(self, *args: Any, asked: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (asked or {}).items():
            if name in self.fields:
                said = gettext("An officer writes: %(words)s") % {"words": words}
                help_text = self.fields[name].help_text
                self.fields[name].help_text = format_html('<span class="note warn">{}</span> {}', said, help_text)
        province, ward, office = (self._now(name) for name in ("province", "ward", "office"))
        self.fields["province"].widget.choices = province_choices()
        self.fields["ward"].widget.choices = ward_choices(province)
        self.fields["office"].widget.choices = office_choices(province, ward, office)
        if not office:
            self.initial["office"] = suggested_office(ward)

    def clean(self) -> dict[str, Any]:
        """Judge the whole declaration by the rules."""
        typed = self.typed()
        try:
            self.declaration = read_declaration(typed, places=places_of(typed), today=timezone.localdate())
        except DeclarationInvalid as invalid:
            for name, error in invalid.errors.items():
                self.add_error(name, str(error))
        return self.cleaned_data

    @property
    def chosen_office(self) -> Office | None:
        """The office that is chosen now, or suggested."""
        return Office.objects.filter(code=self._now("office") or self.initial.get("office")).first()

    def typed(self) -> dict[str, str]:
        """Return what was typed into each field."""
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}

    def _now(self, name: str) -> str:
        value = str((self.data if self.is_bound else self.initial).get(name) or "").strip()
        return value if value.isascii() and value.isdigit() else ""


class PhotosForm(forms.Form):
    """Carries what is wrong with each photo to the page; files are read by the view, one after the other."""

    portrait = forms.FileField(label=PhotoSlot.PORTRAIT.label, required=False)
    id_front = forms.FileField(label=PhotoSlot.ID_FRONT.label, required=False)
    id_back = forms.FileField(label=PhotoSlot.ID_BACK.label, required=False)

    def clean(self) -> dict[str, Any]:
        """Forget Django's opinion of files (empty ones, long names): they are judged as photos."""
        self.errors.clear()
        return self.cleaned_data


def _code_field(help_text: Any = "") -> Typed:
    return Typed(
        label=_("Confirmation code"),
        help_text=help_text,
        widget=_text(inputmode="numeric", autocomplete="one-time-code", maxlength="12"),
    )


class ConfirmForm(forms.Form):
    """Consent and code. What the boxes say belongs to the version of the consent (accounts.rules.consent)."""

    use_required_attribute = False

    otp = _code_field()
    consent = forms.BooleanField(
        required=False,
        label=_(
            "I declare that what I wrote is true, and I agree that the social insurance agency processes these data "
            "and photos to check who I am and to open my account."
        ),
    )

    def leave_photos_out(self) -> None:
        """Speak to somebody who sends no photos."""
        self.fields["consent"].label = _(
            "I declare that what I wrote is true, and I agree that the social insurance agency processes these data "
            "to check who I am and to open my account."
        )

    def check_sending(self, *, sending: bool) -> bool:
        """Tell whether everything is there to send the declaration, and say at each field what is missing."""
        if self.is_valid() and sending:
            if not self.cleaned_data["otp"]:
                self.add_error("otp", _("Enter the code from the message."))
            if not self.cleaned_data["consent"]:
                self.add_error("consent", _("Tick this box to send the declaration."))
        return not self.errors


class TrackingForm(forms.Form):
    """A dossier's number, the phone of its declaration, and the code sent to it."""

    use_required_attribute = False

    number = Typed(
        label=_("Dossier number"),
        help_text=_("It is in the message with the receipt, for example 00108GD/2026/00107."),
        widget=_text(autocomplete="off", maxlength="30", **{"class": "num w20"}),
    )
    phone = Typed(
        label=_("Mobile phone"),
        help_text=_("The number in the declaration."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "maxlength": "20", "class": "num w10"}),
    )
    otp = _code_field()


class ResumeForm(forms.Form):
    """The phone that an unfinished declaration names, and the code sent to it."""

    use_required_attribute = False

    phone = Typed(
        label=_("Mobile phone"),
        help_text=_("The number in the declaration."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "maxlength": "20", "class": "num w10"}),
    )
    otp = _code_field()


def typed_of(dossier: RegistrationDossier) -> dict[str, str]:
    """Return a draft as it would be typed, to be changed."""
    born = dossier.date_of_birth
    return {
        "bhxh_code": dossier.bhxh_code or dossier.id_number,
        "full_name": dossier.full_name,
        "date_of_birth": str(born.year) if dossier.birth_year_only else f"{born:%d/%m/%Y}",
        "gender": dossier.gender,
        "id_type": dossier.id_type,
        "id_number": dossier.id_number,
        "old_id_number": dossier.old_id_number or "",
        "phone": dossier.phone.replace("+84", "0", 1),
        "email": dossier.email or "",
        "province": dossier.province_id,
        "ward": dossier.ward_id,
        "address": dossier.address,
        "office": dossier.office_id,
    }


def places_of(typed: dict[str, str]) -> Places:
    """Look the three codes up."""
    ward = Ward.objects.filter(code=typed["ward"].strip()).values_list("province_id", flat=True).first()
    return Places(
        province=Province.objects.filter(code=typed["province"].strip()).exists(),
        ward_province=ward,
        office=Office.objects.filter(code=typed["office"].strip()).exists(),
    )


def province_choices() -> Choices:
    """Return all provinces, after an empty first line."""
    return [("", _("Choose the province or city")), *Province.objects.values_list("code", "name")]


def ward_choices(province: str) -> Choices:
    """Return one province's wards in the order of the alphabet; there are too many to list all."""
    wards = list(Ward.objects.filter(province=province).values_list("code", "name")) if province else []
    wards.sort(key=lambda ward: (fold(ward[1]), ward[1]))
    first = _("Choose the ward or commune") if wards else _("Choose the province first")
    return [("", first), *wards]


def office_choices(province: str, ward: str, office: str) -> Choices:
    """Return the offices of a province, those that serve the ward first; `office` is there even from another one."""
    names = dict(Office.objects.filter(province=province).values_list("code", "name")) if province else {}
    near = dict(Office.objects.filter(serves=ward).values_list("code", "name")) if ward else {}
    other = dict(Office.objects.filter(code=office).values_list("code", "name")) if office else {}
    rest = {code: name for code, name in {**names, **other}.items() if code not in near}
    groups: Choices = [("", _("Choose the office") if names or near else _("Choose the province first"))]
    if near:
        groups.append((_("Serves your ward"), list(near.items())))
    if rest:
        groups.append((_("Other offices") if near else _("Offices of the province"), list(rest.items())))
    return groups


def suggested_office(ward: str) -> str:
    """Return the code of the office that serves the ward, "" when none is known."""
    code = Office.objects.filter(serves=ward).order_by("-code").values_list("code", flat=True).first() if ward else None
    return code or ""
