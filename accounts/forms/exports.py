"""The form that must be filled in before data leaves the portal as a file."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SHORTEST_REASON = 10
FILES = (
    ("dossiers.csv", _("List of dossiers, CSV")),
    ("dossiers.xlsx", _("List of dossiers, Excel")),
    ("figures.csv", _("The figures of the page, CSV")),
)
PERIODS = (7, 30, 90)


def _periods() -> list[tuple[int, str]]:
    return [(days, gettext("The last %(days)d days") % {"days": days}) for days in PERIODS]


class ExportForm(forms.Form):
    """Which file, of which days, and what for."""

    file = forms.ChoiceField(label=_("File"), choices=FILES, initial="dossiers.csv", widget=forms.RadioSelect)
    days = forms.TypedChoiceField(label=_("Period"), coerce=int, choices=_periods)
    reason = forms.CharField(
        label=_("What the file is for"),
        help_text=_("At least 10 letters. Do not write names or numbers of citizens."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_reason(self) -> str:
        """A reason has words: signs and spaces do not count."""
        reason: str = self.cleaned_data["reason"]
        if sum(letter.isalpha() for letter in reason) < SHORTEST_REASON:
            raise forms.ValidationError(_("Say what the file is for, in at least 10 letters."))
        return reason
