"""The forms of a decision."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions.review import DOCUMENTS
from accounts.models import RegistrationDossier
from accounts.models.registration import IdType, Kind, PhotoSlot
from accounts.rules.refusals import REFUSALS
from insurance.models import InsuredPerson
from vssid.identifiers import InvalidIdentifier, parse_bhxh_code
from vssid.templatetags.portal import grouped

RETURNABLE = {
    **{str(slot.value): slot.label for slot in PhotoSlot},
    "bhxh_code": _("Social insurance code"),
    "full_name": _("Full name"),
    "date_of_birth": _("Date of birth"),
    "gender": _("Sex"),
    "id_number": _("Identity number"),
    "phone": _("Phone"),
    "relation": _("Relation to the child"),
    "address": _("Address"),
}
# A child has no number of its own yet, and its phone is that of the parent's account.
NOT_OF = {Kind.CHILD: {"id_number", "phone"}, Kind.ADULT: {"relation"}}
# What is often wrong with a photo, offered while typing.
_ANY_PHOTO = (
    _("The photo is blurred. Take it again in good light."),
    _("There is glare on the photo. Tilt the paper a little and take it again."),
    _("Part of the paper is cut off. Take all four corners into the picture."),
)
PHOTO_WORDS = {
    Kind.ADULT: (*_ANY_PHOTO, _("This is another document. Take a photo of your identity card.")),
    Kind.CHILD: (*_ANY_PHOTO, _("This is another document. Take a photo of the child's birth certificate.")),
}


def returnable(dossier: RegistrationDossier) -> dict[str, Any]:
    """Return what an officer can ask to have corrected, with its label: what a dossier has not, nobody could mend."""
    without = {*PhotoSlot.values} - {*dossier.slots} | NOT_OF[Kind(dossier.kind)]
    return {name: label for name, label in RETURNABLE.items() if name not in without}


def begin_at_first(form: forms.Form) -> None:
    """Let a page begin in its first field; one with errors begins at their summary."""
    if not form.is_bound:
        next(iter(form.fields.values())).widget.attrs["autofocus"] = True


class BeginRadio(forms.RadioSelect):
    """Choices at which a page begins: in the chosen one, else in the first."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Mark one of them for the browser."""
        groups = super().optgroups(name, value, attrs)
        options = [option for _name, some, _index in groups for option in some]
        next((option for option in options if option["selected"]), options[0])["attrs"]["autofocus"] = True
        return groups


class IdentityForm(forms.Form):
    """The applicant was at the office: which document was shown, and that it is the person."""

    identity_document = forms.ChoiceField(label=_("Document that was shown"), choices=IdType.choices)
    identity_checked = forms.BooleanField()

    def __init__(self, *args: Any, dossier: RegistrationDossier | None = None, **kwargs: Any) -> None:
        if dossier is not None:
            kwargs["initial"] = {"identity_document": dossier.id_type}
        super().__init__(*args, **kwargs)
        if dossier is not None:
            shown = [(kind.value, kind.label) for kind in DOCUMENTS[Kind(dossier.kind)]]
            self.fields["identity_document"].choices = shown  # type: ignore[attr-defined]

    @property
    def document(self) -> str:
        """The document that was shown, empty while nobody confirmed the person."""
        return str(self.cleaned_data["identity_document"]) if self.is_valid() else ""


class ReturnForm(forms.Form):
    """What the citizen must mend: words beside each photo or field that is wrong."""

    def __init__(self, *args: Any, dossier: RegistrationDossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in returnable(dossier).items():
            hints = {"list": "photo_words"} if name in PhotoSlot.values else {}
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=500,
                widget=forms.TextInput(attrs={"autocomplete": "off", **hints}),
            )
        begin_at_first(self)

    def clean(self) -> dict[str, Any]:
        """Keep what was written as `reasons`; something must be."""
        written = {name: self.cleaned_data.get(name, "") for name in self.fields}
        reasons = [{"field": name, "text": text} for name, text in written.items() if text]
        if not reasons and not self.errors:
            raise forms.ValidationError(_("Write beside at least one photo or item what must be corrected."))
        return {"reasons": reasons}


class RejectForm(forms.Form):
    """A reason of the catalogue, and words of one's own."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(code, refusal.title) for code, refusal in REFUSALS.items()],
        widget=BeginRadio,
    )
    text = forms.CharField(
        label=_("Words added to it"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AccountForm(forms.Form):
    """Which account: the BHXH code, which is never part of an address."""

    bhxh_code = forms.CharField(
        label=_("Social insurance code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "w10"}),
    )

    def clean_bhxh_code(self) -> str:
        """Return the ten digits."""
        try:
            return parse_bhxh_code(self.cleaned_data["bhxh_code"])
        except InvalidIdentifier as error:
            raise forms.ValidationError(str(error)) from error


class FreezeForm(forms.Form):
    """Why an account is frozen; staff read it, the citizen asks the office."""

    reason = forms.CharField(
        label=_("Why the account is frozen"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class MergeForm(forms.Form):
    """Which code stays when two records are one person, and why; after `is_valid()` as `merging.propose` takes it."""

    pair = forms.ChoiceField(label=_("What is so"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why they are one person"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(
        self, *args: Any, choices: Sequence[tuple[InsuredPerson, InsuredPerson | None]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pairs = {f"{kept.pk}-{other.pk if other else ''}": (kept, other) for kept, other in choices}
        self.fields["pair"].choices = [(key, self._words(*pair)) for key, pair in self.pairs.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return the keys of the two records instead of the choice."""
        if self.errors:
            return self.cleaned_data
        kept, other = self.pairs[self.cleaned_data["pair"]]
        return {"kept": kept.pk, "duplicate": other and other.pk, "reason": self.cleaned_data["reason"]}

    def _words(self, kept: InsuredPerson, other: InsuredPerson | None) -> str:
        words = {"kept": grouped(kept.bhxh_code), "duplicate": grouped(other.bhxh_code) if other else ""}
        if other is None:
            return gettext("This dossier is about %(kept)s.") % words
        return gettext("%(kept)s stays, %(duplicate)s is the same person.") % words


class VNeIDCaseForm(forms.Form):
    """What an officer saw and did about a link with VNeID."""

    note = forms.CharField(
        label=_("What you saw and did; other staff read it, the citizen does not"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NoteForm(forms.Form):
    """Words for the other officers."""

    text = forms.CharField(
        label=_("Note for the other officers"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
