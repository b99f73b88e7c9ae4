"""Asking about a reading of one's records."""

from django import forms
from django.utils.translation import gettext_lazy as _


class QuestionForm(forms.Form):
    """What one wants to know; nothing need be said."""

    text = forms.CharField(
        label=_("What do you want to know?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
    )
