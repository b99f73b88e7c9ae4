"""Searching the help; a visitor's question and its reference."""

from django import forms
from django.utils.translation import gettext_lazy as _

from insurance.rules.words import LONGEST
from services.actions.help import REFERENCE_LENGTH, tidy
from services.models import VisitorQuestion


class SearchForm(forms.Form):
    use_required_attribute = False

    q = forms.CharField(
        label=_("Search help, news and services"),
        help_text=_("Accents are not needed."),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )


class QuestionForm(forms.Form):
    """What a visitor asks; nothing asks who it is."""

    use_required_attribute = False

    topic = forms.ChoiceField(
        label=_("What is it about?"), choices=VisitorQuestion.Topic.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Your question, complaint or idea"),
        help_text=_("Leave out passwords and codes. You need not say who you are."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )


class ReferenceForm(forms.Form):
    """The reference of a question."""

    use_required_attribute = False

    reference = forms.CharField(
        label=_("Reference of your question"),
        help_text=_("12 letters and digits; you were shown them when you asked."),
        max_length=30,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "w20"}
        ),
    )

    def clean_reference(self) -> str:
        """Return the signs as we keep them."""
        reference = tidy(self.cleaned_data["reference"])
        if len(reference) != REFERENCE_LENGTH:
            raise forms.ValidationError(_("A reference has 12 letters and digits."))
        return reference
