"""What an officer says when a request is returned or refused."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.review import BeginRadio, begin_at_first
from services.actions import review
from services.models import ServiceRequest


class ReturnForm(forms.Form):
    """Words beside the answers and papers that are to be changed."""

    def __init__(self, request: ServiceRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in (*request.procedure.fields, *request.procedure.papers):
            self.fields[item.name] = forms.CharField(label=str(item.label), required=False, max_length=300)
        begin_at_first(self)

    def clean(self) -> dict[str, Any]:
        """At least one is said."""
        self.reasons = [{"field": name, "text": text} for name, text in self.cleaned_data.items() if text]
        if not self.reasons:
            raise forms.ValidationError(_("Say what is to be changed."))
        return self.cleaned_data


class RejectForm(forms.Form):
    """A reason of the catalogue and words of one's own."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), widget=BeginRadio)
    text = forms.CharField(
        label=gettext_lazy("Explanation"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, request: ServiceRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, refusal.title) for key, refusal in review.catalogue(request).items()]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.initial["reason"] = choices[0][0]
